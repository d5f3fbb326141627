package device

import (
	"context"
	"errors"
	"io"
	"sync"
	"time"
)

// leaving is how long a disk that was pulled may still be listed after a read or
// write has failed: the kernel fails what is under way before it forgets the disk.
const leaving = time.Second

// leavingPause is the time between two looks at whether it has left.
const leavingPause = 20 * time.Millisecond

// stay tells a device that has left, while something was being done to it, from one
// that is bad. It is safe for concurrent use.
type stay struct {
	disks    *Disks
	selector Selector
	since    sighting
	waited   sync.Once
}

// stay begins. Whatever answers to the selector now is what must stay.
func (d *Disks) stay(s Selector) *stay { return &stay{disks: d, selector: s, since: d.sight(s)} }

// left reports whether the device is not here any more, or is another medium.
func (s *stay) left() bool {
	return s.since.presence == Present && !s.disks.sight(s.selector).same(s.since)
}

// explain returns err, or DeviceVanished in its place when the device has left. The
// first error of a disk that is still listed waits for a moment: it may be leaving.
func (s *stay) explain(op, path string, err error) error {
	if err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	if s.selector.Image == "" && failing(err) {
		s.waited.Do(s.wait)
	}
	if !s.left() {
		return err
	}
	return &Error{
		Reason: DeviceVanished, Op: op, Device: path, Message: "it was taken away or replaced in the middle", Err: causeOf(err),
		Remedy: "plug it in again: what was begun goes on",
	}
}

// causeOf takes from an error of ours what another one will say again.
func causeOf(err error) error {
	e, ok := errors.AsType[*Error](err)
	switch {
	case !ok:
		return err
	case e.Err != nil:
		return e.Err
	default:
		return errors.New(e.Message)
	}
}

// failing reports whether an error may be that of a disk that is leaving: anything
// but a refusal.
func failing(err error) bool {
	e, ok := errors.AsType[*Error](err)
	return !ok || e.Reason == DeviceIO || e.Reason == ToolFailed
}

func (s *stay) wait() {
	tick, end := time.NewTicker(leavingPause), time.NewTimer(leaving)
	defer tick.Stop()
	defer end.Stop()
	for !s.left() {
		select {
		case <-tick.C:
		case <-end.C:
			return
		}
	}
}

// attended is a Volume whose errors say when its device has left.
type attended struct {
	Volume
	stay *stay
	path string
}

func (v *attended) explain(err error) error { return v.stay.explain(opRead, v.path, err) }

// Walk is that of Volume.
func (v *attended) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	var own error // the caller's, not the device's
	err := v.Volume.Walk(ctx, root, func(e Entry) error {
		e.Err = v.explain(e.Err)
		own = yield(e)
		return own
	})
	if own != nil {
		return own
	}
	return v.explain(err)
}

// Open is that of Volume.
func (v *attended) Open(e Entry) (io.ReaderAt, error) {
	f, err := v.Volume.Open(e)
	if err != nil {
		return nil, v.explain(err)
	}
	return &attendedFile{f, v, e.Size}, nil
}

// attendedFile is a file of such a volume.
type attendedFile struct {
	io.ReaderAt
	volume *attended
	size   int64
}

// ReadAt is that of io.ReaderAt.
func (f *attendedFile) ReadAt(b []byte, off int64) (int, error) {
	n, err := f.ReaderAt.ReadAt(b, off)
	if errors.Is(err, io.EOF) && off+int64(n) >= f.size {
		return n, err
	}
	return n, f.volume.explain(err)
}

// Close closes what is to be closed.
func (f *attendedFile) Close() error {
	if c, ok := f.ReaderAt.(io.Closer); ok {
		return c.Close()
	}
	return nil
}
