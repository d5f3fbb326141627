package crypt

import (
	"context"
	"crypto/sha1" //nolint:gosec // what older volumes use
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"fmt"
	"hash"
	"io"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/ripemd160" //nolint:gosec,staticcheck // deprecated, and what the format uses
)

// Bounds of what a header may ask for. A damaged or hostile one must cost neither
// memory nor hours.
const (
	luksKeyMost      = 512       // bytes of a volume key
	luksMaterialMost = 16 << 20  // bytes of a key slot
	luksRoundsMost   = 200 << 20 // of PBKDF2: a minute of the fastest processors
	luksMemoryMost   = 4 << 20   // KiB of Argon2, the most that cryptsetup makes
	luksWorkMost     = 64 << 20  // KiB of Argon2 times its passes
)

// luksSlot is a key slot of either version: how a passphrase opens the volume key.
type luksSlot struct {
	name     string
	offset   int64 // of the key material, bytes
	stripes  int
	keySize  int    // of the volume key
	afHash   string // of the anti-forensic splitter
	cipher   string // of the key material, such as aes-xts-plain64
	areaKey  int    // bytes of the key for the material
	kdf      luksKDF
	priority int
}

// luksKDF derives a key from a passphrase.
type luksKDF struct {
	kind                  string // pbkdf2, argon2i, argon2id
	hash                  string // of pbkdf2
	rounds                int64  // of pbkdf2
	salt                  []byte
	time, memory, threads int64 // of argon2
}

func (k luksKDF) derive(ctx context.Context, password []byte, size int) ([]byte, error) {
	switch k.kind {
	case "pbkdf2":
		return luksPBKDF2{k.hash, k.salt, k.rounds}.derive(ctx, password, size)
	case "argon2i", "argon2id":
	default:
		return nil, luksUnsupported("key derivation %q", k.kind)
	}
	if k.time < 1 || k.threads < 1 || k.threads > 64 || k.memory < 8*k.threads || k.memory > luksMemoryMost || k.time > luksWorkMost/k.memory {
		return nil, luksUnsupported("%s with %d passes over %d KiB in %d threads", k.kind, k.time, k.memory, k.threads)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if k.kind == "argon2i" {
		return argon2.Key(password, k.salt, uint32(k.time), uint32(k.memory), uint8(k.threads), uint32(size)), nil
	}
	return argon2.IDKey(password, k.salt, uint32(k.time), uint32(k.memory), uint8(k.threads), uint32(size)), nil
}

// luksPBKDF2 is PBKDF2 (RFC 8018) with what a header says of it.
type luksPBKDF2 struct {
	hash   string
	salt   []byte
	rounds int64
}

// derive ends when its context does.
func (k luksPBKDF2) derive(ctx context.Context, password []byte, size int) ([]byte, error) {
	h, err := luksHash(k.hash)
	if err != nil {
		return nil, err
	}
	if k.rounds < 1 || k.rounds > luksRoundsMost {
		return nil, luksUnsupported("%d rounds of PBKDF2", k.rounds)
	}
	d := kdf{hash: h, rounds: int(k.rounds)}.start(password, k.salt)
	if !d.grow(size, func() bool { return ctx.Err() != nil }) {
		return nil, fmt.Errorf("opening a LUKS volume: %w", context.Cause(ctx))
	}
	return d.key[:size], nil
}

func luksHash(name string) (func() hash.Hash, error) {
	switch strings.ToLower(name) {
	case "sha1":
		return sha1.New, nil
	case "sha256":
		return sha256.New, nil
	case "sha512":
		return sha512.New, nil
	case "ripemd160":
		return ripemd160.New, nil
	}
	return nil, luksUnsupported("hash %q", name)
}

// open returns what the slot holds if the passphrase is its own; else it returns
// nonsense of the same length, which the digest tells.
func (s luksSlot) open(ctx context.Context, r io.ReaderAt, size int64, passphrase []byte) ([]byte, error) {
	material := int64(s.keySize) * int64(s.stripes)
	if s.keySize < 1 || s.keySize > luksKeyMost || s.areaKey < 1 || s.areaKey > luksKeyMost || s.stripes < 1 || material > luksMaterialMost {
		return nil, luksCorrupt("key slot %s has a key of %d bytes in %d stripes", s.name, s.keySize, s.stripes)
	}
	whole := (material + 511) &^ 511
	if s.offset < 512 || s.offset > size-whole {
		return nil, luksCorrupt("key slot %s lies at %d, beyond the device", s.name, s.offset)
	}
	key, err := s.kdf.derive(ctx, passphrase, s.areaKey)
	if err != nil {
		return nil, err
	}
	c, err := luksCipher(s.cipher, key, 512)
	if err != nil {
		return nil, err
	}
	b := make([]byte, whole)
	if n, err := r.ReadAt(b, s.offset); n < len(b) {
		return nil, fmt.Errorf("reading key slot %s: %w", s.name, shortRead(err))
	}
	c.decrypt(b, 0)
	h, err := luksHash(s.afHash)
	if err != nil {
		return nil, err
	}
	return afMerge(b[:material], s.keySize, h()), nil
}

// afMerge undoes the anti-forensic splitter (LUKS1 On-Disk Format, section 2.4): each
// stripe is mixed into those before it, so that none can be left out.
func afMerge(material []byte, size int, h hash.Hash) []byte {
	key := make([]byte, size)
	for ; len(material) > size; material = material[size:] {
		for i, b := range material[:size] {
			key[i] ^= b
		}
		afDiffuse(key, h)
	}
	for i, b := range material {
		key[i] ^= b
	}
	return key
}

// afDiffuse hashes each block of a key with its number.
func afDiffuse(key []byte, h hash.Hash) {
	var number [4]byte
	for i := 0; i*h.Size() < len(key); i++ {
		block := key[i*h.Size() : min((i+1)*h.Size(), len(key))]
		binary.BigEndian.PutUint32(number[:], uint32(i))
		h.Reset()
		h.Write(number[:])
		h.Write(block)
		copy(block, h.Sum(nil))
	}
}
