package crypt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strings"
)

// The binary header of LUKS2, numbers big-endian (LUKS2 On-Disk Format Specification
// 1.1.3, figure 2); JSON fills the rest of its area.
const (
	luks2Binary     = 4096
	luks2SizeAt     = 8
	luks2SequenceAt = 16
	luks2LabelAt    = 24
	luks2AlgAt      = 72
	luks2SaltAt     = 104
	luks2UUIDAt     = 168
	luks2OffsetAt   = 256
	luks2SumAt      = 448
	luks2SumSize    = 64
	luks2AreaMost   = 4 << 20
)

// luks2 is a header that was checked.
type luks2 struct {
	sequence    uint64
	label, uuid string
	second      bool
	meta        luks2Meta
}

// secondLUKS2 finds the second header, whose place depends on the size of both.
func secondLUKS2(r io.ReaderAt) (offset int64, found bool) {
	magic := make([]byte, len(luks2Magic))
	for at := int64(16 << 10); at <= luks2AreaMost; at *= 2 {
		if n, _ := r.ReadAt(magic, at); n == len(magic) && string(magic) == luks2Magic {
			return at, true
		}
	}
	return 0, false
}

// readLUKS2 takes the newer of the headers that are whole. The second one lies where the
// first one ends, or is looked for.
func readLUKS2(r io.ReaderAt) (*luks2, error) {
	first, err := parseLUKS2(r, 0, luksMagic)
	at, found := secondLUKS2(r)
	if !found {
		return first, err
	}
	second, err2 := parseLUKS2(r, at, luks2Magic)
	if err2 != nil || err == nil && second.sequence <= first.sequence {
		return first, err
	}
	second.second = true
	return second, nil
}

func parseLUKS2(r io.ReaderAt, at int64, magic string) (*luks2, error) {
	b := make([]byte, luks2Binary)
	if n, err := r.ReadAt(b, at); n < len(b) {
		return nil, fmt.Errorf("reading the header of LUKS: %w", shortRead(err))
	}
	be := binary.BigEndian
	size := be.Uint64(b[luks2SizeAt:])
	switch {
	case string(b[:len(magic)]) != magic || be.Uint16(b[6:]) != 2:
		return nil, luksCorrupt("no header of version 2 at %d", at)
	case size < luks2Binary*4 || size > luks2AreaMost || size&(size-1) != 0:
		return nil, luksCorrupt("a header of %d bytes", size)
	case be.Uint64(b[luks2OffsetAt:]) != uint64(at):
		return nil, luksCorrupt("the header at %d was made for another place", at)
	}
	area := make([]byte, size)
	if n, err := r.ReadAt(area, at); n < len(area) {
		return nil, fmt.Errorf("reading the header of LUKS: %w", shortRead(err))
	}
	if err := checkLUKS2(area); err != nil {
		return nil, err
	}
	text, _, _ := bytes.Cut(area[luks2Binary:], []byte{0})
	meta, err := parseLUKS2Meta(text)
	if err != nil {
		return nil, err
	}
	return &luks2{sequence: be.Uint64(b[luks2SequenceAt:]), label: luksText(b[luks2LabelAt:luks2AlgAt]), uuid: luksText(b[luks2UUIDAt : luks2UUIDAt+40]), meta: meta}, nil
}

// checkLUKS2 verifies the checksum, which covers the area with itself as zeros.
func checkLUKS2(area []byte) error {
	want := slices.Clone(area[luks2SumAt:][:luks2SumSize])
	clear(area[luks2SumAt:][:luks2SumSize])
	var sum []byte
	switch alg := luksText(area[luks2AlgAt:luks2SaltAt]); alg {
	case "sha256":
		s := sha256.Sum256(area)
		sum = s[:]
	case "sha512":
		s := sha512.Sum512(area)
		sum = s[:]
	default:
		return luksUnsupported("a header with checksum %q", alg)
	}
	if !bytes.Equal(sum, want[:len(sum)]) {
		return luksCorrupt("its checksum is wrong")
	}
	return nil
}

func openLUKS2(ctx context.Context, r io.ReaderAt, size int64, s Secret) (*Volume, error) {
	h, err := readLUKS2(r)
	if err != nil {
		return nil, err
	}
	segment, number, err := h.meta.segment(size)
	if err != nil {
		return nil, err
	}
	passphrase, err := luksPassphrase(s)
	if err != nil {
		return nil, err
	}
	var trouble error
	for _, slot := range h.meta.slots(number) {
		key, digest, err := h.meta.try(ctx, r, size, slot, passphrase)
		switch {
		case ctx.Err() != nil:
			return nil, fmt.Errorf("opening a LUKS volume: %w", context.Cause(ctx))
		case err != nil:
			trouble = err // another slot may open
		case digest:
			return h.volume(r, segment, slot, key)
		}
	}
	if trouble != nil {
		return nil, trouble
	}
	return nil, wrongLUKS()
}

// try opens a slot, and reports whether a digest of the volume bears the key out.
func (m luks2Meta) try(ctx context.Context, r io.ReaderAt, size int64, slot luksSlot, passphrase []byte) (key []byte, is bool, err error) {
	if key, err = slot.open(ctx, r, size, passphrase); err != nil {
		return nil, false, err
	}
	for _, d := range m.Digests {
		if !slices.Contains(d.Keyslots, slot.name) {
			continue
		}
		if d.Kind != "pbkdf2" || len(d.Digest) == 0 || len(d.Digest) > luksKeyMost {
			return nil, false, luksUnsupported("a digest of type %q", d.Kind)
		}
		sum, err := luksPBKDF2{d.Hash, d.Salt, d.Iterations}.derive(ctx, key, len(d.Digest))
		if err != nil {
			return nil, false, err
		}
		if subtle.ConstantTimeCompare(sum, d.Digest) == 1 {
			return key, true, nil
		}
	}
	return nil, false, nil
}

func (h *luks2) volume(r io.ReaderAt, s luks2Extent, slot luksSlot, key []byte) (*Volume, error) {
	c, err := luksCipher(s.cipher, key, int(s.sector))
	if err != nil {
		return nil, err
	}
	return &Volume{r: r, start: s.start, size: s.size, sector: s.sector, first: s.tweak, cipher: c, info: Info{
		Format: LUKS2, Cipher: s.cipher, Hash: strings.TrimSuffix(slot.kdf.kind+" "+slot.kdf.hash, " "), UUID: h.uuid, Label: h.label,
		SectorSize: int(s.sector), FromBackup: h.second,
	}}, nil
}
