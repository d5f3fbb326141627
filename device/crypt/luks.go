package crypt

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// How headers begin; the second one of LUKS2 has a magic of its own (LUKS2 On-Disk Format
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
	magic := make([]byte, len(luks2Magic))
	for at := int64(luks2AreaLeast); at <= luks2AreaMost; at *= 2 {
		if n, _ := r.ReadAt(magic, at); n == len(magic) && string(magic) == luks2Magic {
			return true
		}
	}
	return false
}

// openLUKS opens a volume whose header lies on the same device; detached headers are not
// looked for. A wrong passphrase is tried on every key slot. What a header may cost is
// bounded, see luksWorkMost; ctx is looked at every few milliseconds, but Argon2 runs to
// its end.
func openLUKS(ctx context.Context, r io.ReaderAt, size int64, s Secret) (*Volume, error) {
	passphrase, err := luksPassphrase(s)
	if err != nil {
		return nil, err
	}
	disk := io.NewSectionReader(r, 0, size)
	head := make([]byte, 8)
	n, _ := disk.ReadAt(head, 0) // LUKS2 has a copy of what cannot be read here
	version := binary.BigEndian.Uint16(head[6:])
	switch {
	case n < len(head) || !isLUKS(head):
		return openLUKS2(ctx, disk, passphrase)
	case version == 1:
		return openLUKS1(ctx, disk, passphrase)
	case version > 2:
		return nil, luksUnsupported("version %d of LUKS", version)
	}
	return openLUKS2(ctx, disk, passphrase)
}

// luksPassphrase is the password, or the content of the only key file.
func luksPassphrase(s Secret) ([]byte, error) {
	switch {
	case len(s.Keyfiles) == 0:
		return s.Password, nil
	case len(s.Keyfiles) == 1 && len(s.Password) == 0:
		return s.Keyfiles[0], nil
	}
	return nil, &Error{Reason: Unsupported, Message: "LUKS takes a passphrase or one key file, not both and not several",
		Remedy: "give only the one that opens a key slot"}
}

// readLUKS reads a part of a header. That it ends too early is damage, not an error of
// the reader.
func readLUKS(disk *io.SectionReader, b []byte, at int64, what string) error {
	if at < 0 || at > disk.Size()-int64(len(b)) {
		return luksCorrupt("its %s has %d bytes from %d on, the file or device %d in all", what, len(b), at, disk.Size())
	}
	if n, err := disk.ReadAt(b, at); n < len(b) {
		return fmt.Errorf("reading the %s of LUKS at %d: %w", what, at, shortRead(err))
	}
	return nil
}

// luksText is a text up to its first NUL, without what would move a terminal's cursor.
func luksText(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, string(b))
}

func luksUnsupported(format string, args ...any) *Error {
	return &Error{Reason: Unsupported, Message: "the LUKS volume has what is not read here: " + brief(format, args),
		Remedy: `open it as root with "cryptsetup open --readonly DEVICE NAME"`}
}

func luksCorrupt(format string, args ...any) *Error {
	return &Error{Reason: Corrupt, Message: "the LUKS volume is damaged: " + brief(format, args),
		Remedy: `check that the file or device is complete; if it is, put a backup of its header back with ` +
			`"cryptsetup luksHeaderRestore", on a copy of the drive`}
}

func wrongLUKS() *Error {
	return &Error{Reason: WrongPassword, Message: "no key slot of the LUKS volume opens with this passphrase",
		Remedy: `check the passphrase (case, keyboard layout, a line break at its end) or the key file; "cryptsetup luksDump DEVICE" lists the key slots`}
}

// brief keeps a message short whose words come from a header, which may hold megabytes.
func brief(format string, args []any) string {
	const most = 300
	text := fmt.Sprintf(format, args...)
	if len(text) > most {
		text = strings.ToValidUTF8(text[:most], "") + "…"
	}
	return text
}
