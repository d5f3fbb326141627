package capacity

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/binary"
)

// SectorBytes is the unit that proves itself: the smallest that a drive writes as a
// whole, so that nothing it leaves behind is half of one.
const SectorBytes = 512

// A sector of a probe, all numbers little-endian: 16 bytes of magic, 16 of the probe's
// random id, 8 each of the sector's own offset and of the size that the device tells,
// and then the key stream of AES-256 in counter mode from zero, with the SHA-256 of
// those 48 bytes for its key. So it can be computed again from itself, and nobody's data
// are like it by chance.
const (
	magic       = "s3export/probe/1"
	headerBytes = 48
)

// mark is what a sector says of itself.
type mark struct {
	id           [16]byte
	offset, size int64
}

// put writes the sector.
func (m mark) put(sector []byte) {
	copy(sector, magic)
	copy(sector[16:], m.id[:])
	binary.LittleEndian.PutUint64(sector[32:], uint64(m.offset))
	binary.LittleEndian.PutUint64(sector[40:], uint64(m.size))
	clear(sector[headerBytes:SectorBytes])
	key := sha256.Sum256(sector[:headerBytes])
	block, err := aes.NewCipher(key[:])
	if err != nil {
		panic(err) // only for keys of another length
	}
	zero := make([]byte, aes.BlockSize)
	body := sector[headerBytes:SectorBytes]
	cipher.NewCTR(block, zero).XORKeyStream(body, body) //nolint:gosec // nothing is kept secret, it only has to be computed again
}

// markOf reads a sector; false for one that does not prove itself.
func markOf(sector []byte) (mark, bool) {
	if len(sector) != SectorBytes || !bytes.HasPrefix(sector, []byte(magic)) {
		return mark{}, false
	}
	m := mark{
		id:     [16]byte(sector[16:32]),
		offset: int64(binary.LittleEndian.Uint64(sector[32:])),
		size:   int64(binary.LittleEndian.Uint64(sector[40:])),
	}
	var again [SectorBytes]byte
	m.put(again[:])
	return m, bytes.Equal(sector, again[:])
}

// Remains is what a range of a device has to do with probes.
type Remains struct {
	// Probe counts sectors of a probe, Zeros and Ones those of nothing but 0x00 or 0xFF.
	Probe, Zeros, Ones int
	// Other is the place of the first sector that is none of these; -1: there is none.
	Other int
}

// Inspect counts the sectors of b, whose length is a multiple of SectorBytes; what is
// over counts as other. Sectors of a probe that was killed are nobody's data, wherever
// they lie.
func Inspect(b []byte) Remains {
	r := Remains{Other: -1}
	for at := 0; at < len(b); at += SectorBytes {
		sector := b[at:min(at+SectorBytes, len(b))]
		switch _, proven := markOf(sector); {
		case proven:
			r.Probe++
		case uniform(sector, 0):
			r.Zeros++
		case uniform(sector, 0xFF):
			r.Ones++
		case r.Other < 0:
			r.Other = at
		}
	}
	return r
}

// uniform reports whether b is nothing but v.
func uniform(b []byte, v byte) bool {
	return len(b) == 0 || b[0] == v && bytes.Equal(b[1:], b[:len(b)-1])
}
