package crypt

import (
	"crypto/aes"
	"crypto/cipher"
	"math"
	"strings"

	"github.com/aead/serpent"
)

// luksCipher is dm-crypt's cipher of that name (kernel, Documentation/admin-guide/
// device-mapper/dm-crypt.rst), such as "aes-xts-plain64" or "aes-cbc-essiv:sha256".
func luksCipher(name string, key []byte, sector int) (sectorCipher, error) {
	block, mode, _ := strings.Cut(name, "-")
	var newBlock func([]byte) (cipher.Block, error)
	switch block {
	case "aes":
		newBlock = aes.NewCipher
	case "serpent":
		newBlock = serpent.NewCipher
	case "twofish":
		newBlock = newTwofish
	default:
		return nil, luksUnsupported("the cipher %q", name)
	}
	var c sectorCipher
	var err error
	switch mode {
	case "xts-plain64", "xts-plain":
		c, err = luksXTS(newBlock, key, sector)
	case "cbc-plain64", "cbc-plain":
		c, err = newCBC(newBlock, key, sector, false)
	case "cbc-essiv:sha256":
		c, err = newCBC(newBlock, key, sector, true)
	default:
		return nil, luksUnsupported("the cipher %q", name)
	}
	if err != nil {
		return nil, luksUnsupported("the cipher %q with a key of %d bytes", name, len(key))
	}
	if strings.HasSuffix(mode, "-plain") {
		c = plain32{c, sector}
	}
	return c, nil
}

// luksXTS takes both keys as one.
func luksXTS(newBlock func([]byte) (cipher.Block, error), key []byte, sector int) (sectorCipher, error) {
	half := len(key) / 2
	data, err := newBlock(key[:half])
	if err != nil {
		return nil, err
	}
	tweak, err := newBlock(key[half:])
	if err != nil {
		return nil, err
	}
	return newXTS(data, tweak, sector), nil
}

// plain32 is a cipher that dm-crypt calls plain: it counts 32 bits only, so that numbers
// begin anew after 2 TiB.
type plain32 struct {
	sectorCipher
	sector int
}

func (c plain32) decrypt(p []byte, n uint64) {
	for ; len(p) > 0; p = p[c.sector:] {
		c.sectorCipher.decrypt(p[:c.sector], n&math.MaxUint32)
		n += uint64(c.sector / 512)
	}
}
