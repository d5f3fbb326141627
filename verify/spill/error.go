package spill

import (
	"errors"
	"fmt"
	"syscall"
)

// ErrDamaged is found in the error of a file that does not hold what was written.
var ErrDamaged = errors.New("the temporary file is damaged")

// ErrClosed is the error of what is used after Close.
var ErrClosed = errors.New("already closed")

// Error is what went wrong with the temporary file, and what can be done.
type Error struct {
	Dir    string
	Remedy string
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("temporary file in %q: %v", e.Dir, e.Err) }
func (e *Error) Unwrap() error { return e.Err }

func fault(dir string, err error) error {
	e := &Error{Dir: dir, Err: err}
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		e.Remedy = fmt.Sprintf("make room in %s, or set TMPDIR to a directory that has more", dir)
	case errors.Is(err, ErrDamaged), errors.Is(err, syscall.EIO):
		e.Remedy = fmt.Sprintf("the disk of %s loses data: set TMPDIR to a directory on another one", dir)
	default:
		e.Remedy = fmt.Sprintf("see that files can be made in %s, or set TMPDIR to a directory where they can", dir)
	}
	return e
}
