package device

import (
	"context"
	"errors"
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// held is a device that is open and locked with flock. Children that inherit f
// inherit the lock, which ends when the last of them has ended; so nothing ever
// unlocks explicitly.
type held struct {
	f      *os.File
	direct *os.File // f once more, see eager; nil: it cannot be had
	sole   *os.File // a block device, opened once more with O_EXCL: no mount, no holder
	path   string
	kind   Kind
	size   int64
	sector int64
	busy   bool // with openShared: somebody else has the exclusive lock
}

// lockPause is the time between two tries to get a lock.
const lockPause = 20 * time.Millisecond

// openShared opens a device for reading, under a shared lock if it can be had soon.
func (d *Disks) openShared(ctx context.Context, path string, k Kind) (*held, error) {
	h, err := open(path, k, os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	err = h.lock(ctx, unix.LOCK_SH, d.wait)
	h.busy = errors.Is(err, unix.EWOULDBLOCK)
	if err != nil && !h.busy {
		h.close()
		return nil, err
	}
	h.direct = openDirect(h.f)
	return h, nil
}

// openSole opens a device for writing under an exclusive lock. For a block device
// it also takes the kernel's own exclusive claim, which mounts, swap, RAID and LVM
// hold too. unix.EWOULDBLOCK and unix.EBUSY mean that somebody else has it.
func (d *Disks) openSole(ctx context.Context, path string, k Kind) (*held, error) {
	h, err := open(path, k, os.O_RDWR)
	if err != nil {
		return nil, err
	}
	if err := h.lock(ctx, unix.LOCK_EX, d.wait); err != nil {
		h.close()
		return nil, err
	}
	if k == Block {
		if h.sole, err = os.OpenFile(path, os.O_RDONLY|unix.O_EXCL, 0); err != nil {
			h.close()
			return nil, err
		}
	}
	return h, nil
}

// lock gets a lock of a kind of flock(2), and waits for it: udev takes the exclusive
// one for a moment whenever a writer has closed the device.
func (h *held) lock(ctx context.Context, how int, wait time.Duration) error {
	tick, end := time.NewTicker(lockPause), time.NewTimer(wait)
	defer tick.Stop()
	defer end.Stop()
	for {
		err := unix.Flock(int(h.f.Fd()), how|unix.LOCK_NB)
		if !errors.Is(err, unix.EWOULDBLOCK) {
			return os.NewSyscallError("flock", err)
		}
		select {
		case <-tick.C:
		case <-end.C:
			return os.NewSyscallError("flock", err)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// open opens a device and checks that it is of the kind that was found: between
// finding and opening, the path may have become something else.
func open(path string, k Kind, flag int) (*held, error) {
	f, err := os.OpenFile(path, flag|unix.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	h := &held{f: f, path: path, kind: k, sector: 512}
	info, err := f.Stat()
	switch {
	case err != nil:
	case k == Image && info.Mode().IsRegular():
		h.size = info.Size()
	case k == Block && info.Mode()&os.ModeDevice != 0 && info.Mode()&os.ModeCharDevice == 0:
		h.size, h.sector, err = blockSize(f)
	default:
		err = &os.PathError{Op: "open", Path: path, Err: errors.New("it has become something else")}
	}
	if err != nil {
		h.close()
		return nil, err
	}
	return h, nil
}

// medium is the device for reading.
func (h *held) medium() medium {
	m := medium{ReaderAt: h.f, size: h.size, sector: h.sector}
	if h.kind == Image {
		m.data, m.holes = allocated(h.f, h.size)
	}
	return m
}

// handOver ends the kernel's exclusive claim, so that a tool can take it. The lock
// remains.
func (h *held) handOver() {
	if h.sole != nil {
		_ = h.sole.Close()
		h.sole = nil
	}
}

// close may be called twice.
func (h *held) close() {
	h.handOver()
	if h.direct != nil {
		_ = h.direct.Close()
	}
	_ = h.f.Close()
}
