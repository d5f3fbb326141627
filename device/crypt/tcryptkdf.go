package crypt

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/subtle"
	"encoding/binary"
	"fmt"
	"hash"
	"slices"

	"github.com/jzelinskie/whirlpool"
	"golang.org/x/crypto/blake2s"
	"golang.org/x/crypto/ripemd160" //nolint:gosec,staticcheck // deprecated, and what the format uses
)

const maxPIM = 2_147_468 // VeraCrypt's own limit: its rounds are a signed number of 32 bits

// kdf derives the keys of a header from a password: PBKDF2 over HMAC.
type kdf struct {
	format Format
	name   string
	hash   func() hash.Hash
	rounds int
}

// tcKDFs are those of TrueCrypt 5 to 7 and of VeraCrypt 1.0 to 1.26, for volumes that are
// not booted from, the cheapest to try first. Rounds as in TrueCrypt's Common/Pkcs5.c and
// VeraCrypt's of the same name; pim is VeraCrypt's, 0 for none.
func tcKDFs(pim int) []kdf {
	vera := func(rounds int) int {
		if pim > 0 {
			return 15000 + 1000*pim
		}
		return rounds
	}
	all := []kdf{
		{VeraCrypt, "sha256", sha256.New, vera(500_000)},
		{VeraCrypt, "sha512", sha512.New, vera(500_000)},
		{VeraCrypt, "blake2s", newBlake2s, vera(500_000)},
		{VeraCrypt, "ripemd160", ripemd160.New, vera(655_331)},
		{VeraCrypt, "whirlpool", whirlpool.New, vera(500_000)},
	}
	if pim > 0 {
		return all // TrueCrypt has no PIM
	}
	return append([]kdf{
		{TrueCrypt, "sha512", sha512.New, 1000},
		{TrueCrypt, "ripemd160", ripemd160.New, 2000},
		{TrueCrypt, "whirlpool", whirlpool.New, 1000},
	}, all...)
}

// chooseKDFs are those that the secret leaves to try.
func chooseKDFs(s Secret) ([]kdf, error) {
	if s.PIM < 0 || s.PIM > maxPIM {
		return nil, &Error{Reason: Unsupported, Message: "the PIM is out of range",
			Remedy: fmt.Sprintf("a PIM is a number from 1 to %d, 0 for none", maxPIM)}
	}
	kdfs := slices.DeleteFunc(tcKDFs(s.PIM), func(k kdf) bool {
		return (s.Format != "" && s.Format != k.format) || (s.Hash != "" && s.Hash != k.name)
	})
	if len(kdfs) == 0 {
		return nil, &Error{Reason: Unsupported,
			Message: fmt.Sprintf("nothing that is read here has the format %q with the hash %q, or TrueCrypt with a PIM", s.Format, s.Hash),
			Remedy: `with TrueCrypt the hash is "sha512", "ripemd160" or "whirlpool"; with VeraCrypt also "sha256" or "blake2s" ` +
				`(Streebog and Argon2 are not read: open such a volume as root with "cryptsetup tcryptOpen --veracrypt FILE NAME")`}
	}
	return kdfs, nil
}

func newBlake2s() hash.Hash {
	h, _ := blake2s.New256(nil) // without a key there is no error
	return h
}

// derivation is PBKDF2 (RFC 8018, 5.2) that makes its key block by block as more of it is
// needed, and can be stopped. crypto/pbkdf2 can do neither: with it, a volume of one
// cipher would take three times as long, and an interrupted VeraCrypt went on for seconds.
type derivation struct {
	mac    hash.Hash
	salt   []byte
	rounds int
	key    []byte
}

func (k kdf) start(password, salt []byte) *derivation {
	return &derivation{mac: hmac.New(k.hash, password), salt: salt, rounds: k.rounds}
}

// grow makes the key at least n bytes long, unless stop says true, which it is asked
// every few milliseconds.
func (d *derivation) grow(n int, stop func() bool) bool {
	size := d.mac.Size()
	for len(d.key) < n {
		d.mac.Reset()
		d.mac.Write(d.salt)
		d.mac.Write(binary.BigEndian.AppendUint32(nil, uint32(len(d.key)/size+1)))
		u := d.mac.Sum(nil)
		block := append([]byte(nil), u...)
		for round := 1; round < d.rounds; round++ {
			if round%1024 == 0 && stop() {
				return false
			}
			d.mac.Reset()
			d.mac.Write(u)
			u = d.mac.Sum(u[:0])
			subtle.XORBytes(block, block, u)
		}
		d.key = append(d.key, block...)
	}
	return !stop()
}
