package crypt

import (
	"cmp"
	"context"
	"crypto/subtle"
	"fmt"
	"io"
)

const (
	luksSector       = 512     // bytes that are encrypted together, except in data of LUKS2
	luksKeyMost      = 512     // bytes of a key, as cryptsetup allows
	luksMaterialMost = 4 << 20 // bytes of a key slot; 4000 stripes of the longest key are 2 MB
	luksDigestMost   = 64      // bytes of a digest
)

// luksSlot is a key slot of either version: what a passphrase opens. Its numbers are those
// of the header, until check has seen them.
type luksSlot struct {
	name     string
	unread   error // why it is not one that is read
	offset   int64 // of its material, in bytes
	room     int64 // for the material, in bytes
	cipher   string
	wrapSize int    // bytes of the key that the passphrase makes
	keySize  int    // bytes of the volume key
	stripes  int64  // of the volume key in the material
	afHash   string // of the anti-forensic splitter
	kdf      luksKDF
	digests  []luksDigest // at least one; any of them bears the key out
}

// luksDigest tells the right key.
type luksDigest struct {
	kdf luksKDF
	sum []byte
}

// openSlots tries the passphrase on each slot. A slot that is damaged does not keep the
// others from being tried; with none open it is the error.
func openSlots(ctx context.Context, disk *io.SectionReader, slots []luksSlot, passphrase []byte) (luksSlot, []byte, error) {
	if len(slots) == 0 {
		return luksSlot{}, nil, luksCorrupt("no key slot holds the key of its data, as after luksErase")
	}
	var failed error
	work := int64(luksWorkMost)
	for _, s := range slots {
		var key []byte
		cost, err := s.check()
		switch {
		case err != nil:
		case cost > work:
			err = luksUnsupported("key slots that take more than %d rounds in all", luksWorkMost)
		default:
			work -= cost
			key, err = s.open(ctx, disk, passphrase)
		}
		if ctx.Err() != nil {
			return luksSlot{}, nil, fmt.Errorf("opening a LUKS volume: %w", context.Cause(ctx))
		}
		if key != nil {
			return s, key, nil
		}
		failed = cmp.Or(failed, err)
	}
	if failed != nil {
		return luksSlot{}, nil, failed
	}
	return luksSlot{}, nil, wrongLUKS()
}

// check holds the slot against all bounds, and returns what it takes to try it.
func (s luksSlot) check() (work int64, err error) {
	switch {
	case s.unread != nil:
		return 0, s.unread
	case s.keySize < 1 || s.keySize > luksKeyMost || s.wrapSize < 1 || s.wrapSize > luksKeyMost:
		return 0, luksCorrupt("key slot %.40q has keys of %d and %d bytes", s.name, s.keySize, s.wrapSize)
	case s.stripes < 1 || s.stripes > luksMaterialMost/int64(s.keySize):
		return 0, luksCorrupt("key slot %.40q has a key of %d bytes in %d stripes", s.name, s.keySize, s.stripes)
	case s.material() > s.room:
		return 0, luksCorrupt("key slot %.40q needs %d bytes, there is room for %d", s.name, s.material(), s.room)
	}
	if _, err = luksCipher(s.cipher, make([]byte, s.wrapSize), luksSector); err != nil {
		return 0, err
	}
	if work, err = s.kdf.work(s.wrapSize); err != nil {
		return 0, err
	}
	for _, d := range s.digests {
		if len(d.sum) < 1 || len(d.sum) > luksDigestMost {
			return 0, luksCorrupt("a digest of %d bytes", len(d.sum))
		}
		more, err := d.kdf.work(len(d.sum))
		if err != nil {
			return 0, err
		}
		work += more
	}
	return work, nil
}

func (s luksSlot) material() int64 { return int64(s.keySize) * s.stripes }

// open returns the volume key, or nil if the passphrase is not the slot's.
func (s luksSlot) open(ctx context.Context, disk *io.SectionReader, passphrase []byte) ([]byte, error) {
	material := make([]byte, (s.material()+luksSector-1)/luksSector*luksSector)
	if err := readLUKS(disk, material, s.offset, "key slot"); err != nil {
		return nil, err
	}
	merge, err := luksHash(s.afHash)
	if err != nil {
		return nil, err
	}
	wrap, err := s.kdf.derive(ctx, passphrase, s.wrapSize)
	if err != nil {
		return nil, err
	}
	c, err := luksCipher(s.cipher, wrap, luksSector)
	if err != nil {
		return nil, err
	}
	c.decrypt(material, 0)
	key := afMerge(material[:s.material()], s.keySize, merge())
	for _, d := range s.digests {
		sum, err := d.kdf.derive(ctx, key, len(d.sum))
		if err != nil {
			return nil, err
		}
		if subtle.ConstantTimeCompare(sum, d.sum) == 1 {
			return key, nil
		}
	}
	return nil, nil
}
