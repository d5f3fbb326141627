package crypt

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"io"
)

// The binary header of LUKS2, all numbers big-endian (LUKS2 On-Disk Format Specification
// 1.1.3, section 2.1). JSON fills the rest of its area; the second area follows the first
// one and has the same size.
const (
	luks2Binary     = 4096
	luks2SizeAt     = 8
	luks2SequenceAt = 16
	luks2LabelAt    = 24
	luks2LabelSize  = 48
	luks2AlgAt      = 72
	luks2AlgSize    = 32
	luks2UUIDAt     = 168
	luks2UUIDSize   = 40
	luks2OffsetAt   = 256
	luks2SumAt      = 448
	luks2SumSize    = 64
	luks2AreaLeast  = 16 << 10 // bytes; sizes are powers of two
	luks2AreaMost   = 4 << 20
)

// luks2 is a header with the right checksum.
type luks2 struct {
	size        int64  // bytes of its area
	sequence    uint64 // higher with each change
	label, uuid string
	second      bool
	meta        luks2Meta
}

func openLUKS2(ctx context.Context, disk *io.SectionReader, passphrase []byte) (*Volume, error) {
	h, err := readLUKS2(disk)
	if err != nil {
		return nil, err
	}
	extent, err := h.meta.extent(disk.Size())
	if err != nil {
		return nil, err
	}
	slots, err := h.meta.slots(extent.segment)
	if err != nil {
		return nil, err
	}
	slot, key, err := openSlots(ctx, disk, slots, passphrase)
	if err != nil {
		return nil, err
	}
	return h.volume(disk, extent, slot, key)
}

// readLUKS2 takes the first header, or the second one where that is whole and the first
// one is not, or is older because a change was interrupted.
func readLUKS2(disk *io.SectionReader) (*luks2, error) {
	first, err := parseLUKS2(disk, 0)
	if err == nil {
		if second, err := parseLUKS2(disk, first.size); err == nil && second.sequence > first.sequence {
			return second, nil
		}
		return first, nil
	}
	for at := int64(luks2AreaLeast); at <= luks2AreaMost; at *= 2 {
		if second, err := parseLUKS2(disk, at); err == nil {
			return second, nil
		}
	}
	return nil, err
}

// parseLUKS2 reads the first header at 0, and the second one elsewhere.
func parseLUKS2(disk *io.SectionReader, at int64) (*luks2, error) {
	b := make([]byte, luks2Binary)
	if err := readLUKS(disk, b, at, "header"); err != nil {
		return nil, err
	}
	be := binary.BigEndian
	h := &luks2{
		size:     int64(be.Uint64(b[luks2SizeAt:])),
		sequence: be.Uint64(b[luks2SequenceAt:]),
		label:    luksText(b[luks2LabelAt:][:luks2LabelSize]),
		uuid:     luksText(b[luks2UUIDAt:][:luks2UUIDSize]),
		second:   at != 0,
	}
	magic := luksMagic
	if h.second {
		magic = luks2Magic
	}
	switch {
	case string(b[:len(magic)]) != magic || be.Uint16(b[len(magic):]) != 2:
		return nil, luksCorrupt("no header of version 2 at %d", at)
	case h.size < luks2AreaLeast || h.size > luks2AreaMost || h.size&(h.size-1) != 0:
		return nil, luksCorrupt("a header of %d bytes", h.size)
	case be.Uint64(b[luks2OffsetAt:]) != uint64(at) || h.second && at != h.size:
		return nil, luksCorrupt("the header at %d was made for another place", at)
	}
	area := make([]byte, h.size)
	if err := readLUKS(disk, area, at, "header"); err != nil {
		return nil, err
	}
	if err := checkLUKS2(area); err != nil {
		return nil, err
	}
	var err error
	h.meta, err = parseLUKS2Meta(area[luks2Binary:])
	return h, err
}

// checkLUKS2 verifies the checksum of an area, which covers itself as zeros.
func checkLUKS2(area []byte) error {
	field := area[luks2SumAt:][:luks2SumSize]
	want := bytes.Clone(field)
	clear(field)
	var sum []byte
	switch alg := luksText(area[luks2AlgAt:][:luks2AlgSize]); alg {
	case "sha256":
		s := sha256.Sum256(area)
		sum = s[:]
	case "sha512":
		s := sha512.Sum512(area)
		sum = s[:]
	default:
		return luksUnsupported("a header with the checksum %q", alg)
	}
	if !bytes.Equal(sum, want[:len(sum)]) {
		return luksCorrupt("the checksum of its header is wrong")
	}
	return nil
}

func (h *luks2) volume(disk *io.SectionReader, s luks2Extent, slot luksSlot, key []byte) (*Volume, error) {
	c, err := luksCipher(s.cipher, key, int(s.sector))
	if err != nil {
		return nil, err
	}
	return &Volume{r: disk, start: s.start, size: s.size, sector: s.sector, first: s.tweak, cipher: c, info: Info{
		Format: LUKS2, Cipher: s.cipher, Hash: slot.kdf.name(), UUID: h.uuid, Label: h.label,
		SectorSize: int(s.sector), FromBackup: h.second,
	}}, nil
}
