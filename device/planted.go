package device

import (
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// planted is the error of a path on the volume on which somebody has put a link that leads out
// of it, or nowhere; nil for others. We write no links, and no later try would fare better.
func (m *Mounted) planted(err error) *Error {
	if !errors.Is(err, unix.ELOOP) && !m.escapes(err) {
		return nil
	}
	return &Error{Reason: DeviceForeign, Op: opMount, Device: m.on.held.path, Message: "somebody has put a link on it in the way of our files", Err: err,
		Remedy: "mount the drive and remove the link, on the path that the message names; then run the same again"}
}

// escapes reports whether os.Root did not follow a path. Its error for that has no name, so
// that it is asked for one of a path that it cannot follow.
func (m *Mounted) escapes(err error) bool {
	_, out := m.root.Lstat("..")
	p, ok := errors.AsType[*os.PathError](out)
	return ok && !errors.Is(p.Err, os.ErrClosed) && errors.Is(err, p.Err)
}
