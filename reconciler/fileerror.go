package reconciler

import (
	"errors"
	"fmt"
	"io/fs"
)

// FileError is a file of ours (record, baseline, label, report) that could not be
// read or written.
type FileError struct {
	Op     string // such as "writing"
	Path   string
	Remedy string // never empty
	Err    error
}

// Error returns one line, without the path that the os package repeats.
func (e *FileError) Error() string {
	err := e.Err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fmt.Sprintf("%s %q: %v", e.Op, e.Path, err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// FullError says that the drive is full before all of the source is on it.
type FullError struct {
	Problem string // with what is on the drive, and what is not
	Remedy  string // names the spec that goes on with another drive
}

// Error returns the problem.
func (e *FullError) Error() string { return e.Problem }
