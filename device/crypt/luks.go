package crypt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
)

// Magic bytes of LUKS headers; the second of LUKS2 has its own (LUKS2 On-Disk Format
// Specification 1.1.3, section 2.1).
const (
	luksMagic  = "LUKS\xba\xbe"
	luks2Magic = "SKUL\xba\xbe"
)

// isLUKS says whether a volume begins as one of LUKS does.
func isLUKS(header []byte) bool { return bytes.HasPrefix(header, []byte(luksMagic)) }

// hasLUKS says whether there is a header of LUKS, or the second one of LUKS2 where the
// first one was overwritten.
func hasLUKS(r io.ReaderAt, header []byte) bool {
	if isLUKS(header) {
		return true
	}
	_, found := secondLUKS2(r)
	return found
}

// openLUKS opens a volume whose header begins it. Detached headers are not looked for.
func openLUKS(ctx context.Context, r io.ReaderAt, size int64, s Secret) (*Volume, error) {
	head := make([]byte, 8)
	n, err := r.ReadAt(head, 0)
	version := binary.BigEndian.Uint16(head[6:])
	switch {
	case n == len(head) && isLUKS(head) && version == 1:
		return openLUKS1(ctx, r, size, s)
	case n == len(head) && isLUKS(head) && version > 2:
		return nil, luksUnsupported("version %d of LUKS", version)
	}
	v, err2 := openLUKS2(ctx, r, size, s)
	if err2 != nil && n < len(head) {
		return nil, fmt.Errorf("reading the header of LUKS: %w", err)
	}
	return v, err2
}

// luksPassphrase is the password, or the only key file.
func luksPassphrase(s Secret) ([]byte, error) {
	switch {
	case len(s.Keyfiles) == 0:
		return s.Password, nil
	case len(s.Keyfiles) == 1 && len(s.Password) == 0:
		return s.Keyfiles[0], nil
	}
	return nil, &Error{Reason: Unsupported, Message: "LUKS takes a passphrase or one key file, not both and not several", Remedy: "give the one that opens a key slot"}
}

func luksUnsupported(format string, args ...any) *Error {
	return &Error{Reason: Unsupported, Message: "the LUKS volume has what is not read here: " + fmt.Sprintf(format, args...),
		Remedy: `open it as root with "cryptsetup open --readonly DEVICE NAME"`}
}

func luksCorrupt(format string, args ...any) *Error {
	return &Error{Reason: Corrupt, Message: "the header of the LUKS volume is damaged: " + fmt.Sprintf(format, args...),
		Remedy: `restore it with "cryptsetup luksHeaderRestore" from a backup of the header, on a copy of the drive`}
}

func wrongLUKS() *Error {
	return &Error{Reason: WrongPassword, Message: "no key slot of the LUKS volume opens with this passphrase",
		Remedy: "check the passphrase (case, keyboard layout, a line break at its end); `cryptsetup luksDump` lists the key slots"}
}
