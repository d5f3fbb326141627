package main

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func main() {
	err := boot()
	if err == nil {
		err = answer()
	}
	_, _ = fmt.Fprintln(os.Stderr, "guest: turning off:", err) // the console, of which the host keeps the text
	unix.Sync()
	_ = unix.Reboot(unix.LINUX_REBOOT_CMD_POWER_OFF)
}

func answer() error {
	port, err := openPort()
	if err != nil {
		return err
	}
	return serve(port)
}
