package crypt

import (
	"crypto/subtle"
	"encoding/binary"
	"hash"
)

// afMerge undoes the anti-forensic splitter (LUKS1 On-Disk Format Specification 1.2.3,
// section 2.4): each stripe is mixed into all after it, so that none can be left out. The
// material is stripes of so many bytes, at least one.
func afMerge(material []byte, size int, h hash.Hash) []byte {
	key := make([]byte, size)
	for ; len(material) > size; material = material[size:] {
		subtle.XORBytes(key, key, material[:size])
		afDiffuse(key, h)
	}
	subtle.XORBytes(key, key, material)
	return key
}

// afDiffuse replaces each part of the key, as long as a hash is, by the hash of its number
// and itself.
func afDiffuse(key []byte, h hash.Hash) {
	var number [4]byte
	for i := uint32(0); len(key) > 0; i++ {
		part := key[:min(h.Size(), len(key))]
		binary.BigEndian.PutUint32(number[:], i)
		h.Reset()
		h.Write(number[:])
		h.Write(part)
		copy(part, h.Sum(nil))
		key = key[len(part):]
	}
}
