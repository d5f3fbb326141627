package crypt

import (
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
)

// cbc is CBC with the number of the sector as initialization vector, little-endian, which
// dm-crypt calls plain64; with essiv it is encrypted by a hash of the key. It is safe for
// concurrent use.
type cbc struct {
	data, essiv cipher.Block
	sector      int
}

// newCBC takes the size of a sector in bytes; with essiv it is that of SHA-256.
func newCBC(newBlock func([]byte) (cipher.Block, error), key []byte, sector int, essiv bool) (sectorCipher, error) {
	data, err := newBlock(key)
	if err != nil || !essiv {
		return &cbc{data: data, sector: sector}, err
	}
	salt := sha256.Sum256(key)
	block, err := newBlock(salt[:])
	return &cbc{data: data, essiv: block, sector: sector}, err
}

func (c *cbc) decrypt(p []byte, n uint64) {
	iv := make([]byte, c.data.BlockSize())
	for ; len(p) > 0; p = p[c.sector:] {
		clear(iv)
		binary.LittleEndian.PutUint64(iv, n)
		if c.essiv != nil {
			c.essiv.Encrypt(iv, iv)
		}
		cipher.NewCBCDecrypter(c.data, iv).CryptBlocks(p[:c.sector], p[:c.sector])
		n += uint64(c.sector / 512)
	}
}
