package ext4

import (
	"errors"
	"fmt"
	"io"
)

// ErrDeviceEnds is the Err of a ReadError whose bytes lie behind the end of the
// device.
var ErrDeviceEnds = errors.New("the device ends before them")

// ReadError is a failure of the device, not of the file system: which bytes it did
// not give. It is found with errors.As in the errors of all readers of this package.
type ReadError struct {
	Offset int64 // of the first byte that could not be read, from the beginning of the file system
	Length int64 // at least 1; the bytes behind may be bad too
	Err    error // what the reader of the device said, or ErrDeviceEnds
}

// Error names the bytes and the reason.
func (e *ReadError) Error() string {
	return fmt.Sprintf("bytes %d to %d of the device cannot be read: %v", e.Offset, e.Offset+e.Length-1, e.Err)
}

// Unwrap returns Err.
func (e *ReadError) Unwrap() error { return e.Err }

// sectorSize is the least that a drive reads.
const sectorSize = 512

// source is the device.
type source struct {
	r    io.ReaderAt
	size int64 // bytes; the file system may be longer
}

// read fills p from off and returns how much it filled; if not all, a *ReadError
// that begins there. The device's end is an error, never io.EOF, because a caller
// would take that for the end of a file.
func (s source) read(p []byte, off int64) (int, error) {
	there := p[:max(0, min(int64(len(p)), s.size-off))]
	n, err := s.readOnce(there, off)
	if err != nil {
		n, err = s.narrow(there, off, n)
	}
	if err == nil && n < len(p) {
		err = &ReadError{Offset: off + int64(n), Length: int64(len(p) - n), Err: ErrDeviceEnds}
	}
	return n, err
}

// readOnce is ReadAt, which must fill p.
func (s source) readOnce(p []byte, off int64) (int, error) {
	n, err := s.r.ReadAt(p, off)
	switch {
	case n == len(p):
		return n, nil
	case err == nil, errors.Is(err, io.EOF):
		return n, ErrDeviceEnds
	}
	return n, err
}

// narrow goes on after the first n bytes of p, beginning with one sector: a device
// says how far it came, and fails there at once. A reader that does not say it is
// asked for more and more until it fails again.
func (s source) narrow(p []byte, off int64, n int) (int, error) {
	for step := int64(sectorSize); n < len(p); {
		at := off + int64(n)
		end := min(at&^(sectorSize-1)+step, off+int64(len(p)))
		got, err := s.readOnce(p[n:][:end-at], at)
		n += got
		switch {
		case at+int64(got) == end:
			step *= 2
		case step == sectorSize:
			return n, &ReadError{Offset: at + int64(got), Length: end - at - int64(got), Err: err}
		default:
			step = sectorSize
		}
	}
	return n, nil
}
