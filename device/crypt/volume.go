package crypt

import (
	"errors"
	"fmt"
	"io"
)

// Format names a way in which volumes are encrypted.
type Format string

// The formats.
const (
	TrueCrypt Format = "TrueCrypt"
	VeraCrypt Format = "VeraCrypt"
	LUKS1     Format = "LUKS1"
	LUKS2     Format = "LUKS2"
)

// Info says how a volume is encrypted. It holds nothing secret.
type Info struct {
	Format     Format `json:"format"`
	Cipher     string `json:"cipher"` // as the format writes it: "aes-xts-plain64", "AES-Twofish-Serpent"
	Hash       string `json:"hash"`   // of the key derivation: "sha512", "argon2id"
	UUID       string `json:"uuid,omitempty"`
	Label      string `json:"label,omitempty"`
	SectorSize int    `json:"sectorSize"` // bytes that are encrypted together
	// Hidden: the volume inside another one of TrueCrypt or VeraCrypt.
	Hidden bool `json:"hidden,omitempty"`
	// FromBackup: the first header was damaged, its copy was used.
	FromBackup bool `json:"fromBackup,omitempty"`
}

// Volume is an opened volume: the plain bytes at the offsets that they have in it.
// It is safe for concurrent use; there is nothing to close.
type Volume struct {
	r      io.ReaderAt
	start  int64  // of the payload in r, in bytes
	size   int64  // bytes, whole sectors
	sector int64  // bytes, a power of two from 512 to 4096
	first  uint64 // of the payload's begin, as decrypt counts: in units of 512 bytes
	cipher sectorCipher
	info   Info
}

// sectorCipher decrypts sectors. It is safe for concurrent use.
type sectorCipher interface {
	// decrypt decrypts p in place: whole sectors, of which the first begins n units of
	// 512 bytes into what initialization vectors count, whatever the sector size is.
	decrypt(p []byte, n uint64)
}

// Size is the number of plain bytes.
func (v *Volume) Size() int64 { return v.size }

// Info says how the volume is encrypted.
func (v *Volume) Info() Info { return v.info }

// ReadAt is io.ReaderAt. Whole sectors are decrypted straight in p, others in a
// buffer of one sector. The end of the underlying reader within the volume is an
// error, never io.EOF.
func (v *Volume) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	if off >= v.size {
		return 0, io.EOF
	}
	var end error
	if rest := v.size - off; int64(len(p)) > rest {
		p, end = p[:rest], io.EOF
	}
	done := 0
	for done < len(p) {
		n, err := v.readSome(p[done:], off+int64(done))
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, end
}

// readSome reads the whole sectors at the begin of p, or a part of one sector.
func (v *Volume) readSome(p []byte, off int64) (int, error) {
	skip := off % v.sector
	whole := int64(len(p)) / v.sector * v.sector
	if skip == 0 && whole > 0 {
		return v.readSectors(p[:whole], off)
	}
	b := make([]byte, v.sector)
	if n, err := v.readSectors(b, off-skip); err != nil {
		return max(0, min(n-int(skip), len(p))), err
	}
	return copy(p, b[skip:]), nil
}

// readSectors returns how many bytes of whole sectors came before an error; those
// are plain.
func (v *Volume) readSectors(p []byte, off int64) (int, error) {
	n, err := v.r.ReadAt(p, v.start+off)
	whole := n / int(v.sector) * int(v.sector)
	v.cipher.decrypt(p[:whole], v.first+uint64(off/512))
	if n == len(p) {
		return n, nil
	}
	return whole, fmt.Errorf("reading the encrypted volume at %d: %w", v.start+off+int64(whole), shortRead(err))
}

// shortRead is the error of a read that gave less than was there to be read: never io.EOF,
// which would pass for the end of the volume.
func shortRead(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
