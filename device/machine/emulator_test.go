package machine_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device/machine"
)

// emulator is a running machine.
type emulator struct {
	cmd     *exec.Cmd
	console string // file with the text of the kernel's console
	qmp     *qmp
	guest   *guest
	ended   chan error
	disks   int // made so far
}

// boot starts a machine with no drives. It ends with this process, whatever happens to
// that.
func boot(program, kernel, initramfs, dir string) (*emulator, error) {
	port, guestEnd, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer guestEnd.Close()
	monitor, qmpEnd, err := socketPair()
	if err != nil {
		return nil, err
	}
	defer qmpEnd.Close()
	e := &emulator{console: filepath.Join(dir, "console.log"), ended: make(chan error, 1)}
	e.cmd = exec.Command(program, "-nodefaults", "-no-user-config", "-display", "none", "-no-reboot",
		"-machine", "q35", "-accel", "tcg", "-cpu", "max", "-smp", "2", "-m", "1024",
		"-kernel", kernel, "-initrd", initramfs,
		"-append", "console=ttyS0 quiet loglevel=4 panic=-1 tsc=unstable rdinit=/init",
		"-serial", "file:"+e.console,
		"-chardev", "socket,id=guest,fd=3", "-device", "virtio-serial-pci", "-device", "virtserialport,chardev=guest,name="+machine.Port,
		"-chardev", "socket,id=qmp,fd=4", "-mon", "chardev=qmp,mode=control",
		"-device", "qemu-xhci,id=usb,p2=8,p3=8", "-device", "virtio-scsi-pci,id=scsi")
	e.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	e.cmd.ExtraFiles = []*os.File{guestEnd, qmpEnd}
	words, err := os.Create(filepath.Join(dir, "qemu.log"))
	if err != nil {
		return nil, err
	}
	defer words.Close()
	e.cmd.Stdout, e.cmd.Stderr = words, words
	if err := e.cmd.Start(); err != nil {
		return nil, err
	}
	go func() { e.ended <- e.cmd.Wait() }()
	if e.qmp, err = newQMP(monitor); err != nil {
		return e, e.explain(err)
	}
	e.guest = newGuest(port)
	if err := e.guest.awaitReady(); err != nil {
		return e, e.explain(err)
	}
	return e, nil
}

// explain adds what the machine has said.
func (e *emulator) explain(err error) error {
	console, _ := os.ReadFile(e.console)
	words, _ := os.ReadFile(filepath.Join(filepath.Dir(e.console), "qemu.log"))
	return fmt.Errorf("%w\n%s\n%s", err, words, console)
}

// off ends the machine, and kills it if it does not.
func (e *emulator) off() error {
	if e.qmp != nil {
		_ = e.qmp.do("quit", nil, nil) // it may end before it answers
	}
	select {
	case err := <-e.ended:
		return err
	case <-time.After(answerTime):
		return errors.Join(errors.New("QEMU was killed, as it did not end"), e.cmd.Process.Kill())
	}
}

// socketPair returns a connection, and the other end of it as a file for another
// program.
func socketPair() (net.Conn, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, os.NewSyscallError("socketpair", err)
	}
	ours := os.NewFile(uintptr(fds[0]), "ours")
	defer ours.Close()
	theirs := os.NewFile(uintptr(fds[1]), "theirs")
	conn, err := net.FileConn(ours)
	if err != nil {
		theirs.Close()
	}
	return conn, theirs, err
}
