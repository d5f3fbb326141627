package device

import (
	"context"
	"os"
	"path/filepath"
	"time"
)

// attachment is a partition as a block device of the kernel's own: a loop device, and for
// what is encrypted a mapping on it. Whoever has it open or mounted holds the lock of the
// disk; it goes away by itself with its last user.
type attachment struct {
	disks *Disks
	held  *held
	loop  *os.File
	plain *os.File // the decrypted mapping; nil: there is none
}

// attach makes a partition such a device. A disk is written past the kernel's memory,
// because what is mounted has one of its own.
func (d *Disks) attach(h *held, p Partition) (*attachment, error) {
	loop, err := attachLoop(h.f, loopRange{offset: p.Start, size: p.Size, block: h.sector, write: true, direct: h.kind == Block})
	if err != nil {
		return nil, err
	}
	return &attachment{disks: d, held: h, loop: loop}, nil
}

// device is what is to be mounted.
func (a *attachment) device() *os.File {
	if a.plain != nil {
		return a.plain
	}
	return a.loop
}

// close gives the devices up, and waits until the kernel has.
func (a *attachment) close() {
	if a.plain != nil {
		name := filepath.Base(a.plain.Name())
		_ = a.plain.Close()
		a.plain = nil
		a.disks.until(func() bool { return a.disks.attribute(name, "dm/name") == "" })
	}
	name := filepath.Base(a.loop.Name())
	_ = a.loop.Close()
	a.disks.until(func() bool { return a.disks.attribute(name, "loop/backing_file") == "" })
}

// until waits until something is so, as long as for a lock, and reports whether it is.
func (d *Disks) until(so func() bool) bool {
	tick, end := time.NewTicker(lockPause), time.NewTimer(d.wait)
	defer tick.Stop()
	defer end.Stop()
	for !so() {
		select {
		case <-tick.C:
		case <-end.C:
			return so()
		}
	}
	return true
}

// content says what file system is on the device, read from the medium.
func (a *attachment) content(ctx context.Context) (*FileSystem, error) {
	f := a.device()
	if err := dropCaches(f, Block); err != nil {
		return nil, err
	}
	size, _, err := blockSize(f)
	if err != nil {
		return nil, err
	}
	fs, err := readFileSystem(ctx, f, size)
	if fs != nil {
		fs.Length = size
	}
	return fs, err
}
