package pull

import (
	"errors"
	"fmt"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

// Kind classes the errors that are about one object.
type Kind string

// The kinds.
const (
	Corrupt    Kind = "Corrupt"    // what came is not what the service has a checksum of, twice
	InTheWay   Kind = "InTheWay"   // something that is no file or directory stands on the drive
	BadPath    Kind = "BadPath"    // the path is none that may be written
	Archived   Kind = "Archived"   // in a class that is not read before it is restored
	SSEC       Kind = "SSEC"       // encrypted with a key that only the customer has
	Unreadable Kind = "Unreadable" // listed, and not given
	Replaced   Kind = "Replaced"   // Options.Pinned asks for a state that the service has no more
	Restless   Kind = "Restless"   // it was replaced again and again while it was copied
)

// Error says why one object is not on the drive.
type Error struct {
	Kind    Kind
	Item    providers.Item
	Message string
	Remedy  string // what a person can do; never empty
	Err     error  // the cause, for errors.Is and errors.As
}

// Error returns one line that names the object.
func (e *Error) Error() string {
	return fmt.Sprintf("copying %q of bucket %q: %s", e.Item.Key, e.Item.Bucket, e.Message)
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// FullError says that the drive, or a quota on it, is full. All objects before Item are
// on the drive, and nothing of Item is.
type FullError struct {
	Item providers.Item
	Err  error
}

// Error returns one line that names the object.
func (e *FullError) Error() string {
	return fmt.Sprintf("copying %q of bucket %q: no space is left on the drive for its %d bytes", e.Item.Key, e.Item.Bucket, e.Item.Size)
}

// Unwrap returns the cause.
func (e *FullError) Unwrap() error { return e.Err }

func inTheWay(item providers.Item, path, what string) error {
	return &Error{
		Kind: InTheWay, Item: item, Message: fmt.Sprintf("%s stands at %q", what, path),
		Remedy: fmt.Sprintf("move %q on the drive away, then run the same again", path),
	}
}

// onDrive makes the error of an operation on the drive that of an item.
func onDrive(item providers.Item, err error) error {
	if errors.Is(err, unix.ENOSPC) || errors.Is(err, unix.EDQUOT) || errors.Is(err, unix.EFBIG) {
		return &FullError{Item: item, Err: err}
	}
	return fmt.Errorf("copying %q of bucket %q: %w", item.Key, item.Bucket, err)
}

func unreadable(kind Kind, item providers.Item, message, remedy string, err error) error {
	return &Error{Kind: kind, Item: item, Message: message, Remedy: remedy, Err: err}
}

func replaced(item providers.Item) error {
	return &Error{
		Kind: Replaced, Item: item, Message: "the source does not hold that state of it any more",
		Remedy: "put the older version back in S3, if there is one; or take a new copy with a new spec.run, which looks at what has changed first", Err: s3.ErrChanged,
	}
}

func ssec(item providers.Item, err error) error {
	return unreadable(SSEC, item, "only its owner has the key (SSE-C)", "copy it with a tool that is given the key; or accept that it is not on the drive: spec.preflight.accept: [CustomerKeys]", err)
}

// ofObject turns what the service says of one object into an error that names it.
func ofObject(item providers.Item, err error) error {
	if errors.Is(err, s3.ErrArchived) {
		return unreadable(Archived, item, "it is archived", "restore it in S3 first; or accept that it is not on the drive: spec.preflight.accept: [ArchivedObjects]", err)
	}
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Code == "InvalidURI" {
		return unreadable(Unreadable, item, "the service lists its key and does not take it, as it is no UTF-8", "have the service copy it to another key; or accept that it is not on the drive: spec.preflight.accept: [UnreadableObjects]", err)
	}
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Code == "InvalidRequest" {
		return ssec(item, err)
	}
	return err
}

// aboutOne reports whether others may be copied all the same.
func aboutOne(err error) bool {
	if _, ok := errors.AsType[*Error](err); ok {
		return true
	}
	return errors.Is(err, s3.ErrDenied)
}
