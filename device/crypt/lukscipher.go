package crypt

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"github.com/aead/serpent"
)

// luksCipher is dm-crypt's cipher of that name (kernel, Documentation/admin-guide/
// device-mapper/dm-crypt.rst), such as aes-xts-plain64 or aes-cbc-essiv:sha256.
func luksCipher(spec string, key []byte, sector int) (sectorCipher, error) {
	name, mode, _ := strings.Cut(spec, "-")
	newBlock := map[string]func([]byte) (cipher.Block, error){"aes": aes.NewCipher, "serpent": serpent.NewCipher, "twofish": newTwofish}[name]
	if newBlock == nil {
		return nil, luksUnsupported("cipher %q", spec)
	}
	if mode == "xts-plain64" || mode == "xts-plain" {
		half := len(key) / 2
		data, err := newBlock(key[:half])
		if err != nil {
			return nil, luksUnsupported("cipher %q with a key of %d bytes", spec, len(key))
		}
		tweak, err := newBlock(key[half:])
		if err != nil {
			return nil, luksUnsupported("cipher %q with a key of %d bytes", spec, len(key))
		}
		return newXTS(data, tweak, sector), nil
	}
	data, err := newBlock(key)
	if err != nil {
		return nil, luksUnsupported("cipher %q with a key of %d bytes", spec, len(key))
	}
	c := &cbc{data: data, sector: sector}
	switch mode {
	case "cbc-plain64", "cbc-plain":
	case "cbc-essiv:sha256":
		sum := sha256.Sum256(key)
		if c.essiv, err = newBlock(sum[:]); err != nil {
			return nil, err
		}
	default:
		return nil, luksUnsupported("cipher %q", spec)
	}
	return c, nil
}

// cbc is CBC with the number of the sector as initialization vector, encrypted with a
// hash of the key where there is essiv. It is safe for concurrent use.
type cbc struct {
	data, essiv cipher.Block
	sector      int
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
