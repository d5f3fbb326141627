package crypt

import (
	"context"
	"io"
)

// Open opens the volume of so many bytes in r: LUKS if it has the header of one, else
// TrueCrypt or VeraCrypt, which look like random data and can only be tried.
//
// A wrong password of TrueCrypt alone, chosen by the secret's Format, is refused within
// seconds; with VeraCrypt it takes minutes, less with the secret's Hash. All processors
// are used for that. A context that ends stops it within milliseconds, but not the
// derivation with Argon2 that runs for a key slot of LUKS2: seconds, a minute at most.
//
// Refusals are an *Error; errors of r and of the context are wrapped. r is only read, must
// stay open as long as the volume is used, and be safe for concurrent use.
func Open(ctx context.Context, r io.ReaderAt, size int64, s Secret) (*Volume, error) {
	header := make([]byte, tcHeaderSize)
	n, _ := r.ReadAt(header, 0) // TrueCrypt has a copy of what cannot be read here
	switch {
	case hasLUKS(r, header[:n]) && s.Format != TrueCrypt && s.Format != VeraCrypt:
		return openLUKS(ctx, r, size, s)
	case s.Format == LUKS1 || s.Format == LUKS2:
		return nil, &Error{Reason: NotEncrypted, Message: "no header of LUKS",
			Remedy: "check that the right file, device or partition was given, and its format"}
	}
	kdfs, err := chooseKDFs(s)
	if err != nil {
		return nil, err
	}
	return openTCrypt(ctx, r, size, s, kdfs)
}
