package ext4

import "math/bits"

// Hash versions of a directory index (dx_root_info.hash_version), from
// fs/ext4/ext4.h. The superblock says whether bytes of names count as signed.
const (
	hashLegacy = iota
	hashHalfMD4
	hashTEA
	hashUnsigned // added to the others

	superUnsignedHash = 0x2        // EXT2_FLAGS_UNSIGNED_HASH in s_flags
	hashEnd           = 0xFFFFFFFE // kept for the end of a directory
)

// nameHash is the hash of a name (ext4fs_dirhash in fs/ext4/hash.c), whose lowest
// bit is always 0; false for a version that is not known.
func (s *superblock) nameHash(version uint8, name string) (uint32, bool) {
	unsigned := version >= hashUnsigned || s.hashFlags&superUnsignedHash != 0
	var hash uint32
	switch version % hashUnsigned {
	case hashLegacy:
		hash = legacyHash(name, unsigned)
	case hashHalfMD4:
		hash = s.rounds(name, unsigned, 32, halfMD4)[1]
	case hashTEA:
		hash = s.rounds(name, unsigned, 16, tea)[0]
	}
	hash &^= 1
	if hash == hashEnd {
		hash -= 2
	}
	return hash, version < 2*hashUnsigned
}

// rounds mixes the name in pieces of size bytes into the seed.
func (s *superblock) rounds(name string, unsigned bool, size int, mix func(*[4]uint32, *[8]uint32)) [4]uint32 {
	state := s.hashSeed
	if state == ([4]uint32{}) {
		state = [4]uint32{0x67452301, 0xEFCDAB89, 0x98BADCFE, 0x10325476}
	}
	for ; len(name) > 0; name = name[min(size, len(name)):] {
		words := hashWords(name, unsigned, size/4)
		mix(&state, &words)
	}
	return state
}

// value of a byte as the machine that made the index saw it.
func value(c byte, unsigned bool) uint32 {
	if unsigned {
		return uint32(c)
	}
	return uint32(int32(int8(c)))
}

// hashWords is str2hashbuf: the name in words of four bytes, the rest filled with
// its length.
func hashWords(name string, unsigned bool, count int) (words [8]uint32) {
	pad := uint32(len(name)) * 0x01010101
	for i := range count {
		word := pad
		for j := 4 * i; j < 4*i+4 && j < len(name); j++ {
			word = value(name[j], unsigned) + word<<8
		}
		words[i] = word
	}
	return words
}

func legacyHash(name string, unsigned bool) uint32 {
	last, hash := uint32(0x37ABE8F9), uint32(0x12A3FE2D)
	for i := range len(name) {
		next := last + (hash ^ value(name[i], unsigned)*7152373)
		if next&0x80000000 != 0 {
			next -= 0x7FFFFFFF
		}
		last, hash = hash, next
	}
	return hash << 1
}

// tea is TEA_transform: 16 rounds of the Tiny Encryption Algorithm.
func tea(state *[4]uint32, in *[8]uint32) {
	a, b, sum := state[0], state[1], uint32(0)
	for range 16 {
		sum += 0x9E3779B9
		a += (b<<4 + in[0]) ^ (b + sum) ^ (b>>5 + in[1])
		b += (a<<4 + in[2]) ^ (a + sum) ^ (a>>5 + in[3])
	}
	state[0] += a
	state[1] += b
}

// halfMD4 is half_md4_transform: MD4 (RFC 1320) with half as many steps a round.
func halfMD4(state *[4]uint32, in *[8]uint32) {
	choose := func(x, y, z uint32) uint32 { return z ^ x&(y^z) }
	majority := func(x, y, z uint32) uint32 { return x&y + (x^y)&z }
	parity := func(x, y, z uint32) uint32 { return x ^ y ^ z }
	s := *state
	for _, round := range []struct {
		f      func(x, y, z uint32) uint32
		add    uint32
		order  [8]int
		rotate [4]int
	}{
		{choose, 0, [8]int{0, 1, 2, 3, 4, 5, 6, 7}, [4]int{3, 7, 11, 19}},
		{majority, 0x5A827999, [8]int{1, 3, 5, 7, 0, 2, 4, 6}, [4]int{3, 5, 9, 13}},
		{parity, 0x6ED9EBA1, [8]int{3, 7, 2, 6, 1, 5, 0, 4}, [4]int{3, 9, 11, 15}},
	} {
		for i, word := range round.order {
			s[0] = bits.RotateLeft32(s[0]+round.f(s[1], s[2], s[3])+in[word]+round.add, round.rotate[i%4])
			s = [4]uint32{s[3], s[0], s[1], s[2]}
		}
	}
	for i := range state {
		state[i] += s[i]
	}
}
