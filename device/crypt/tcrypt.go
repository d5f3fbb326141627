package crypt

import (
	"context"
	"fmt"
	"io"
	"slices"
)

// Where headers lie (TrueCrypt User's Guide, "Volume Format Specification").
const (
	tcAreaSize     = 128 << 10 // of the headers at the begin, and of their copies at the end
	tcHiddenAt     = 64 << 10  // of a hidden volume's header, in an area
	tcLegacyHidden = 1536      // of the same in TrueCrypt 5, before the end
)

// slot is a place for a header, and what was read there.
type slot struct {
	at     int64
	backup bool
	legacy bool // of TrueCrypt 5 and older
	header []byte
}

// tcSlots are the places in a container of so many bytes, in the order of trial.
func tcSlots(container int64) []slot {
	var slots []slot
	if container > tcHeaderSize {
		slots = append(slots, slot{at: 0})
	}
	if container > 2*tcAreaSize {
		slots = append(slots,
			slot{at: tcHiddenAt},
			slot{at: container - tcAreaSize, backup: true},
			slot{at: container - tcAreaSize + tcHiddenAt, backup: true})
	}
	if container > tcHeaderSize+tcLegacyHidden {
		slots = append(slots, slot{at: container - tcLegacyHidden, legacy: true})
	}
	return slots
}

// readSlots leaves out what cannot be a header. The error is of a place that could not be
// read: its copy may open the volume all the same.
func readSlots(r io.ReaderAt, container int64) (slots []slot, unread error) {
	for _, s := range tcSlots(container) {
		s.header = make([]byte, tcHeaderSize)
		if n, err := r.ReadAt(s.header, s.at); n < tcHeaderSize {
			unread = fmt.Errorf("reading the header at %d: %w", s.at, shortRead(err))
			continue
		}
		if isRandom(s.header) {
			slots = append(slots, s)
		}
	}
	return slots, unread
}

// isRandom tells salts and encrypted bytes from zeros, text and file systems: of 512
// random bytes 221 differ on average, and that fewer than 150 do has odds below 1e-40.
func isRandom(header []byte) bool {
	var seen [256]bool
	different := 0
	for _, b := range header {
		if !seen[b] {
			seen[b] = true
			different++
		}
	}
	return different >= 150
}

// openTCrypt tries the secret with each kdf on every header: TrueCrypt before VeraCrypt,
// and the headers at the begin before their copies.
func openTCrypt(ctx context.Context, r io.ReaderAt, size int64, s Secret, kdfs []kdf) (*Volume, error) {
	slots, unread := readSlots(r, size)
	if len(slots) == 0 && unread == nil {
		return nil, &Error{Reason: NotEncrypted,
			Message: "not encrypted: no header of LUKS, and no random data where TrueCrypt and VeraCrypt have theirs",
			Remedy:  "check that the right file, device or partition was given"}
	}
	tried := false
	for _, f := range []Format{TrueCrypt, VeraCrypt} {
		password, ok := tcPassword(s, f)
		if !ok || !slices.ContainsFunc(kdfs, func(k kdf) bool { return k.format == f }) {
			continue
		}
		tried = true
		v, err := openFirst(ctx, r, size, tcTrials(slots, kdfs, f, password))
		if v != nil || err != nil {
			return v, err
		}
	}
	if !tried {
		return nil, &Error{Reason: WrongPassword, Message: "the password is longer than the volume's format allows",
			Remedy: "TrueCrypt takes at most 64 bytes, VeraCrypt 128; check that nothing was appended to the password"}
	}
	if unread != nil {
		return nil, fmt.Errorf("no header opens with this password, and one was not seen: %w", unread)
	}
	return nil, wrongTCPassword(kdfs)
}

func wrongTCPassword(kdfs []kdf) *Error {
	e := &Error{Reason: WrongPassword, Message: "no TrueCrypt header opens with this password",
		Remedy: "check the password (case, keyboard layout, a line break at its end) and the key files"}
	if slices.ContainsFunc(kdfs, func(k kdf) bool { return k.format == VeraCrypt }) {
		e.Message = "no TrueCrypt or VeraCrypt header opens with this password"
		e.Remedy += ", for VeraCrypt also the PIM; its Camellia, Kuznyechik, Streebog and Argon2 are not read here"
	}
	return e
}

// volume is what the header describes, of which s is the place.
func (h *tcHeader) volume(r io.ReaderAt, size int64, s slot, k kdf, c chain) (*Volume, error) {
	start, length, err := h.extent(size)
	if err != nil {
		return nil, err
	}
	cipher, err := c.open(h.keys[:], tcSector)
	if err != nil {
		return nil, err
	}
	return &Volume{r: r, start: start, size: length, sector: tcSector, first: uint64(start / tcSector), cipher: cipher, info: Info{
		Format: k.format, Cipher: c.name, Hash: k.name, SectorSize: tcSector,
		Hidden: h.hiddenSize != 0, FromBackup: s.backup,
	}}, nil
}
