package crypt

import (
	"context"
	"crypto/sha1" //nolint:gosec // what older volumes use
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"runtime"
	"strings"

	"golang.org/x/crypto/argon2"
	"golang.org/x/crypto/ripemd160" //nolint:gosec,staticcheck // deprecated, and what the format uses
)

const (
	kdfPBKDF2   = "pbkdf2"
	kdfArgon2i  = "argon2i"
	kdfArgon2id = "argon2id"
)

// What a header may ask for: a damaged or hostile one must cost neither the machine's
// memory nor hours. Work is counted in rounds of PBKDF2, or in KiB that Argon2 passes
// over; either takes a microsecond or less, but with RIPEMD-160 about five.
const (
	luksWorkMost    = 1 << 28 // for all key slots together: minutes, where cryptsetup asks for 2 s a slot
	luksArgonMost   = 1 << 26 // for one derivation with Argon2, which cannot be stopped: a minute
	luksMemoryMost  = 4 << 20 // KiB, as cryptsetup allows
	luksThreadsMost = 64      // of Argon2; cryptsetup uses at most 4
)

// luksKDF derives a key from a passphrase, or the digest of a key.
type luksKDF struct {
	kind                    string
	hash                    string // of PBKDF2
	salt                    []byte
	rounds                  int64 // of PBKDF2
	passes, memory, threads int64 // of Argon2; memory in KiB
}

// name is how Info calls it.
func (k luksKDF) name() string {
	if k.kind == kdfPBKDF2 {
		return k.hash
	}
	return k.kind
}

// work is what it takes to derive so many bytes; at most luksWorkMost.
func (k luksKDF) work(size int) (int64, error) {
	switch k.kind {
	case kdfPBKDF2:
		h, err := luksHash(k.hash)
		if err != nil {
			return 0, err
		}
		each := h().Size()
		blocks := int64((size + each - 1) / each)
		if k.rounds < 1 || k.rounds > luksWorkMost/blocks {
			return 0, luksUnsupported("%d rounds of PBKDF2", k.rounds)
		}
		return k.rounds * blocks, nil
	case kdfArgon2i, kdfArgon2id:
		if k.threads < 1 || k.threads > luksThreadsMost || k.memory < 8*k.threads || k.memory > luksMemoryMost ||
			k.passes < 1 || k.passes > luksArgonMost/k.memory {
			return 0, luksUnsupported("%s with %d passes over %d KiB in %d threads", k.kind, k.passes, k.memory, k.threads)
		}
		return k.passes * k.memory, nil
	}
	return 0, luksUnsupported("the key derivation %q", k.kind)
}

// derive returns so many bytes; work has allowed it. A context that has ended is the
// only error.
func (k luksKDF) derive(ctx context.Context, password []byte, size int) ([]byte, error) {
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	if k.kind != kdfPBKDF2 {
		argon := argon2.IDKey
		if k.kind == kdfArgon2i {
			argon = argon2.Key
		}
		runtime.GC() // else the memory of the slot before is kept beside that of this one
		return argon(password, k.salt, uint32(k.passes), uint32(k.memory), uint8(k.threads), uint32(size)), nil
	}
	h, err := luksHash(k.hash)
	if err != nil {
		return nil, err
	}
	d := kdf{hash: h, rounds: int(k.rounds)}.start(password, k.salt)
	if !d.grow(size, func() bool { return ctx.Err() != nil }) {
		return nil, context.Cause(ctx)
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
	return nil, luksUnsupported("the hash %q", name)
}
