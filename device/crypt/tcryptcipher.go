package crypt

import (
	"crypto/aes"
	"crypto/cipher"
	"slices"

	"github.com/aead/serpent"
	"golang.org/x/crypto/twofish" //nolint:staticcheck // old, and what the format uses
)

const tcKeySize = 32 // bytes of each key; every cipher has one for data and one for tweaks

// chain is a cipher of TrueCrypt, or several applied to the same data. TrueCrypt names
// them outermost first; ciphers are in the order of encryption, which is that of the keys.
type chain struct {
	name    string
	ciphers []func(key []byte) (cipher.Block, error)
}

// chains are the eight of TrueCrypt 5 to 7 (User's Guide, "Encryption Algorithms"), the
// shortest keys first.
func chains() []chain {
	a, s, t := aes.NewCipher, serpent.NewCipher, newTwofish
	type list = []func([]byte) (cipher.Block, error)
	return []chain{
		{"AES", list{a}},
		{"Serpent", list{s}},
		{"Twofish", list{t}},
		{"AES-Twofish", list{t, a}},
		{"Serpent-AES", list{a, s}},
		{"Twofish-Serpent", list{s, t}},
		{"AES-Twofish-Serpent", list{s, t, a}},
		{"Serpent-Twofish-AES", list{a, t, s}},
	}
}

func newTwofish(key []byte) (cipher.Block, error) { return twofish.NewCipher(key) }

// keySize is the number of bytes for all keys of the chain.
func (c chain) keySize() int { return 2 * tcKeySize * len(c.ciphers) }

// open takes keys of at least keySize bytes: first those for data, then those for tweaks.
func (c chain) open(keys []byte, sector int) (cascade, error) {
	out := make(cascade, len(c.ciphers))
	for i, newCipher := range c.ciphers {
		data, err := newCipher(keys[tcKeySize*i:][:tcKeySize])
		if err != nil {
			return nil, err
		}
		tweak, err := newCipher(keys[tcKeySize*(len(c.ciphers)+i):][:tcKeySize])
		if err != nil {
			return nil, err
		}
		out[i] = &xts{data: data, tweak: tweak, sector: sector}
	}
	return out, nil
}

// cascade is XTS with several ciphers, in the order of encryption.
type cascade []*xts

func (c cascade) encrypt(p []byte, n uint64) {
	for _, x := range c {
		x.encrypt(p, n)
	}
}

func (c cascade) decrypt(p []byte, n uint64) {
	for _, x := range slices.Backward(c) {
		x.decrypt(p, n)
	}
}
