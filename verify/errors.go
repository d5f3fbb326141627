package verify

import (
	"errors"

	"github.com/cargomedia/s3export/verify/spill"
)

// What a Source says about an object, or of what it is about it, that it cannot show.
var (
	ErrGone    = errors.New("the object is gone")
	ErrChanged = errors.New("the object is another than was listed")
	ErrDenied  = errors.New("the right to look at the object is lacking")

	ErrArchived = errors.New("the object must be restored from its archive before it can be read")

	ErrNotSupported = errors.New("the server does not know this request")
)

// Error ends a verification, or the taking of a baseline, before it has a result.
type Error struct {
	Op     string // what was being done
	Remedy string // what a person can do; never empty
	Err    error
}

// Error returns one line: what was being done, and why it ended.
func (e *Error) Error() string { return e.Op + ": " + e.Err.Error() }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// gone reports whether an error of a Tree says that all of it is not there any more.
func gone(err error) bool {
	g, ok := errors.AsType[interface {
		error
		Gone() bool
	}](err)
	return ok && g.Gone()
}

func problem(op, text, remedy string) *Error {
	return &Error{Op: op, Err: errors.New(text), Remedy: remedy}
}

// temporary gives trouble with a temporary file its remedy.
func temporary(err error) error {
	if e, ok := errors.AsType[*spill.Error](err); ok {
		return &Error{Op: "sorting", Err: err, Remedy: e.Remedy}
	}
	return err
}
