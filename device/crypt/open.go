package crypt

import (
	"context"
	"io"
)

// Open is a place holder until the readers are merged.
func Open(context.Context, io.ReaderAt, int64, Secret) (*Volume, error) {
	return nil, &Error{Reason: Unsupported, Message: "not yet", Remedy: "wait"}
}

// OpenTrueCrypt is a place holder until the readers are merged.
func OpenTrueCrypt(context.Context, io.ReaderAt, int64, Secret) (*Volume, error) {
	return nil, &Error{Reason: Unsupported, Message: "not yet", Remedy: "wait"}
}
