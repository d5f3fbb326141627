package crypt

import (
	"context"
	"encoding/binary"
	"io"
	"strconv"
)

// The header of LUKS1, all numbers big-endian (LUKS1 On-Disk Format Specification 1.2.3,
// section 3).
const (
	luks1Size       = 592
	luks1CipherAt   = 8
	luks1ModeAt     = 40
	luks1HashAt     = 72
	luks1PayloadAt  = 104 // in sectors
	luks1KeySizeAt  = 108
	luks1DigestAt   = 112
	luks1DigestSize = 20
	luks1SaltAt     = 132
	luks1SaltSize   = 32
	luks1RoundsAt   = 164
	luks1UUIDAt     = 168
	luks1SlotsAt    = 208
	luks1Slots      = 8

	luks1SlotSize       = 48
	luks1SlotActive     = 0x00AC71F3
	luks1SlotRoundsAt   = 4
	luks1SlotSaltAt     = 8
	luks1SlotMaterialAt = 40 // in sectors
	luks1SlotStripesAt  = 44
)

// luks1 is a header.
type luks1 struct {
	cipher, hash, uuid string
	payload            int64 // of the data, in bytes
	keySize            int
	slots              []luksSlot
}

func openLUKS1(ctx context.Context, disk *io.SectionReader, passphrase []byte) (*Volume, error) {
	b := make([]byte, luks1Size)
	if err := readLUKS(disk, b, 0, "header"); err != nil {
		return nil, err
	}
	h, err := parseLUKS1(b, disk.Size())
	if err != nil {
		return nil, err
	}
	_, key, err := openSlots(ctx, disk, h.slots, passphrase)
	if err != nil {
		return nil, err
	}
	return h.volume(disk, key)
}

// parseLUKS1 reads the header of a device of so many bytes.
func parseLUKS1(b []byte, size int64) (*luks1, error) {
	be := binary.BigEndian
	h := &luks1{
		cipher:  luksText(b[luks1CipherAt:luks1ModeAt]) + "-" + luksText(b[luks1ModeAt:luks1HashAt]),
		hash:    luksText(b[luks1HashAt:luks1PayloadAt]),
		uuid:    luksText(b[luks1UUIDAt:luks1SlotsAt]),
		payload: int64(be.Uint32(b[luks1PayloadAt:])) * luksSector,
		keySize: int(be.Uint32(b[luks1KeySizeAt:])),
	}
	switch {
	case h.payload == 0:
		return nil, luksUnsupported("a header that is detached from its data")
	case h.payload < luks1Size || h.payload > size-luksSector:
		return nil, luksCorrupt("its data begin at %d, the file or device has %d bytes", h.payload, size)
	}
	digest := luksDigest{
		kdf: luksKDF{kind: kdfPBKDF2, hash: h.hash, rounds: int64(be.Uint32(b[luks1RoundsAt:])), salt: b[luks1SaltAt:][:luks1SaltSize]},
		sum: b[luks1DigestAt:][:luks1DigestSize],
	}
	for i := range luks1Slots {
		slot := b[luks1SlotsAt+luks1SlotSize*i:][:luks1SlotSize]
		if be.Uint32(slot) != luks1SlotActive {
			continue
		}
		at := int64(be.Uint32(slot[luks1SlotMaterialAt:])) * luksSector
		h.slots = append(h.slots, luksSlot{
			name: strconv.Itoa(i), offset: at, room: h.payload - at, cipher: h.cipher, wrapSize: h.keySize,
			keySize: h.keySize, stripes: int64(be.Uint32(slot[luks1SlotStripesAt:])), afHash: h.hash,
			kdf: luksKDF{kind: kdfPBKDF2, hash: h.hash, rounds: int64(be.Uint32(slot[luks1SlotRoundsAt:])),
				salt: slot[luks1SlotSaltAt:luks1SlotMaterialAt]},
			digests: []luksDigest{digest},
		})
	}
	return h, nil
}

// volume is all from the begin of the data to the end of the device.
func (h *luks1) volume(disk *io.SectionReader, key []byte) (*Volume, error) {
	c, err := luksCipher(h.cipher, key, luksSector)
	if err != nil {
		return nil, err
	}
	length := (disk.Size() - h.payload) / luksSector * luksSector
	return &Volume{r: disk, start: h.payload, size: length, sector: luksSector, cipher: c,
		info: Info{Format: LUKS1, Cipher: h.cipher, Hash: h.hash, UUID: h.uuid, SectorSize: luksSector}}, nil
}
