package device

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// loopTries bounds how often a free loop device is lost to somebody else.
const loopTries = 16

// loopRange says what a loop device is of a file, in bytes, and how. The zero block is
// that of 512 bytes.
type loopRange struct {
	offset, size int64
	block        int64 // logical sector
	write        bool
	direct       bool // past the kernel's memory of the file
}

// attachLoop makes a loop device of a range of a file (linux/loop.h). It goes away by
// itself with its last user, and holds the open file, with its lock, until then. What is
// returned is open for reading, so that it does not count as somebody who writes to what
// is mounted.
func attachLoop(f *os.File, r loopRange) (*os.File, error) {
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = control.Close() }()
	for range loopTries {
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return nil, os.NewSyscallError("LOOP_CTL_GET_FREE", err)
		}
		loop, err := configureLoop(fmt.Sprintf("/dev/loop%d", n), f, r)
		if !errors.Is(err, unix.EBUSY) {
			return loop, err
		}
	}
	return nil, errors.New("no loop device is free")
}

// configureLoop makes the loop device of a node; unix.EBUSY: somebody else has done so.
func configureLoop(node string, f *os.File, r loopRange) (*os.File, error) {
	mode := os.O_RDONLY
	c := unix.LoopConfig{Fd: uint32(f.Fd()), Size: uint32(r.block)}
	c.Info.Offset, c.Info.Sizelimit = uint64(r.offset), uint64(r.size)
	c.Info.Flags = unix.LO_FLAGS_AUTOCLEAR
	if r.write {
		mode = os.O_RDWR
	} else {
		c.Info.Flags |= unix.LO_FLAGS_READ_ONLY
	}
	if r.direct {
		c.Info.Flags |= unix.LO_FLAGS_DIRECT_IO
	}
	loop, err := os.OpenFile(node, mode, 0)
	if err != nil {
		return nil, err
	}
	if err := unix.IoctlLoopConfigure(int(loop.Fd()), &c); err != nil {
		_ = loop.Close()
		return nil, os.NewSyscallError("LOOP_CONFIGURE", err)
	}
	if !r.write {
		return loop, nil
	}
	reader, err := os.Open(node)
	_ = loop.Close()
	return reader, err
}
