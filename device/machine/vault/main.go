// Command vault makes an encrypted drive on the machine of device/machine and fills it,
// as the program does when the host copies objects itself.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/cargomedia/s3export/device"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		_, _ = fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run does what it is told: "format SERIAL PASSWORD…", "add SERIAL PASSWORD NAME", or
// "hold SERIAL PASSWORD NAME", which writes again and again until it is
// killed or fails.
func run(ctx context.Context, args []string) error {
	if len(args) < 3 {
		return errors.New("vault: too few words")
	}
	what, s, args := args[0], device.Selector{Serial: args[1]}, args[2:]
	d := device.New(device.Options{WeakKeys: true})
	if what == "format" {
		return format(ctx, d, s, args)
	}
	return fill(ctx, d, s, args, what == "hold")
}

// id is the volume that is made.
func id() device.VolumeID { return device.NewVolumeID("vault", "1") }

func format(ctx context.Context, d *device.Disks, s device.Selector, passwords []string) error {
	st, err := d.Inspect(ctx, s)
	if err != nil {
		return err
	}
	c, refusal := st.Claim(id())
	if refusal != nil {
		return refusal
	}
	var keys []device.Key
	for _, p := range passwords {
		keys = append(keys, device.PasswordKey(p, ""))
	}
	return d.FormatEncrypted(ctx, c, id(), keys)
}

func fill(ctx context.Context, d *device.Disks, s device.Selector, args []string, hold bool) error {
	m, err := d.Mount(ctx, s, id(), device.PasswordKey(args[0], ""))
	if err != nil {
		return err
	}
	err = write(m, args[1])
	if err == nil {
		fmt.Println("written")
	}
	for hold && err == nil {
		time.Sleep(pause)
		err = write(m, args[1])
	}
	return errors.Join(m.Explain(err), m.Close())
}

// pause is the time between two writes, so that the machine is not kept busy.
const pause = 100 * time.Millisecond

func write(m *device.Mounted, name string) error {
	if err := m.Root().WriteFile(name, []byte("content of "+name), 0o600); err != nil {
		return err
	}
	return m.Sync()
}
