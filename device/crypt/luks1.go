package crypt

import (
	"context"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
)

// The header of LUKS1, numbers big-endian (LUKS1 On-Disk Format Specification 1.2.3,
// table 1 and 2).
const (
	luks1Size        = 592
	luks1CipherAt    = 8
	luks1ModeAt      = 40
	luks1HashAt      = 72
	luks1PayloadAt   = 104 // in sectors of 512 bytes
	luks1KeySizeAt   = 108
	luks1DigestAt    = 112
	luks1DigestSize  = 20
	luks1SaltAt      = 132
	luks1SaltSize    = 32
	luks1RoundsAt    = 164
	luks1UUIDAt      = 168
	luks1SlotsAt     = 208
	luks1SlotSize    = 48
	luks1Slots       = 8
	luks1SlotEnabled = 0x00AC71F3
)

// luks1 is a header.
type luks1 struct {
	cipher, hash, uuid string
	payload            int64 // bytes
	keySize            int
	digest, salt       []byte
	rounds             int64
	slots              []luksSlot
}

func openLUKS1(ctx context.Context, r io.ReaderAt, size int64, s Secret) (*Volume, error) {
	b := make([]byte, luks1Size)
	if n, err := r.ReadAt(b, 0); n < len(b) {
		return nil, fmt.Errorf("reading the header of LUKS: %w", shortRead(err))
	}
	h, err := parseLUKS1(b, size)
	if err != nil {
		return nil, err
	}
	passphrase, err := luksPassphrase(s)
	if err != nil {
		return nil, err
	}
	for _, slot := range h.slots {
		key, err := slot.open(ctx, r, size, passphrase)
		if err != nil {
			return nil, err
		}
		sum, err := luksPBKDF2{h.hash, h.salt, h.rounds}.derive(ctx, key, luks1DigestSize)
		if err != nil {
			return nil, err
		}
		if subtle.ConstantTimeCompare(sum, h.digest) == 1 {
			return h.volume(r, size, key)
		}
	}
	return nil, wrongLUKS()
}

func parseLUKS1(b []byte, size int64) (*luks1, error) {
	be := binary.BigEndian
	h := &luks1{
		cipher:  luksText(b[luks1CipherAt:luks1ModeAt]) + "-" + luksText(b[luks1ModeAt:luks1HashAt]),
		hash:    luksText(b[luks1HashAt:luks1PayloadAt]),
		uuid:    luksText(b[luks1UUIDAt:luks1SlotsAt]),
		payload: int64(be.Uint32(b[luks1PayloadAt:])) * 512,
		keySize: int(be.Uint32(b[luks1KeySizeAt:])),
		digest:  b[luks1DigestAt:][:luks1DigestSize],
		salt:    b[luks1SaltAt:][:luks1SaltSize],
		rounds:  int64(be.Uint32(b[luks1RoundsAt:])),
	}
	switch {
	case h.payload == 0:
		return nil, luksUnsupported("a header that is detached from its data")
	case h.payload < luks1Size || h.payload > size-512:
		return nil, luksCorrupt("its data begin at %d, the device has %d bytes", h.payload, size)
	case h.keySize < 1 || h.keySize > luksKeyMost:
		return nil, luksCorrupt("a key of %d bytes", h.keySize)
	}
	for i := range luks1Slots {
		slot := b[luks1SlotsAt+luks1SlotSize*i:]
		if be.Uint32(slot) != luks1SlotEnabled {
			continue
		}
		h.slots = append(h.slots, luksSlot{
			name: strconv.Itoa(i), offset: int64(be.Uint32(slot[40:])) * 512, stripes: int(be.Uint32(slot[44:])),
			keySize: h.keySize, areaKey: h.keySize, afHash: h.hash, cipher: h.cipher,
			kdf: luksKDF{kind: "pbkdf2", hash: h.hash, rounds: int64(be.Uint32(slot[4:])), salt: slot[8:40]},
		})
	}
	return h, nil
}

func (h *luks1) volume(r io.ReaderAt, size int64, key []byte) (*Volume, error) {
	c, err := luksCipher(h.cipher, key, 512)
	if err != nil {
		return nil, err
	}
	return &Volume{r: r, start: h.payload, size: (size - h.payload) &^ 511, sector: 512, cipher: c,
		info: Info{Format: LUKS1, Cipher: h.cipher, Hash: h.hash, UUID: h.uuid, SectorSize: 512}}, nil
}

// luksText is a text up to its first NUL, without what a terminal obeys.
func luksText(b []byte) string {
	var text []byte
	for _, c := range b {
		if c == 0 {
			break
		}
		if c < ' ' || c > '~' {
			c = '?'
		}
		text = append(text, c)
	}
	return string(text)
}
