package crypt

import (
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
)

const xtsBlock = 16 // bytes; XTS is defined for ciphers of this block size only

// xts is XTS (IEEE 1619) with the number of the sector in little-endian as tweak, which
// dm-crypt calls plain64. It is safe for concurrent use.
type xts struct {
	data, tweak cipher.Block
	sector      int
}

// newXTS takes the ciphers of both keys, with blocks of 16 bytes, and the size of a sector:
// a multiple of 512 bytes, or less for a single one. The tweak counts units of 512 bytes,
// so that it steps by 8 from one sector of 4096 bytes to the next.
func newXTS(data, tweak cipher.Block, sector int) sectorCipher {
	return &xts{data: data, tweak: tweak, sector: sector}
}

func (x *xts) decrypt(p []byte, n uint64) { x.crypt(p, n, x.data.Decrypt) }
func (x *xts) encrypt(p []byte, n uint64) { x.crypt(p, n, x.data.Encrypt) }

// crypt masks a whole sector at once: XORBytes is much faster on one long run than on
// many of 16 bytes.
func (x *xts) crypt(p []byte, n uint64, block func(dst, src []byte)) {
	masks := make([]byte, x.sector)
	for ; len(p) > 0; p = p[x.sector:] {
		sector := p[:x.sector]
		x.masks(masks, n)
		subtle.XORBytes(sector, sector, masks)
		for b := sector; len(b) >= xtsBlock; b = b[xtsBlock:] {
			block(b[:xtsBlock:xtsBlock], b[:xtsBlock:xtsBlock])
		}
		subtle.XORBytes(sector, sector, masks)
		n += uint64(x.sector / 512)
	}
}

// masks fills m for the sector n: the encrypted tweak, multiplied by x in GF(2^128) from
// one block to the next (IEEE 1619-2007, 5.2).
func (x *xts) masks(m []byte, n uint64) {
	first := m[:xtsBlock]
	clear(first)
	binary.LittleEndian.PutUint64(first, n)
	x.tweak.Encrypt(first, first)
	low, high := binary.LittleEndian.Uint64(first), binary.LittleEndian.Uint64(first[8:])
	for ; len(m) >= xtsBlock; m = m[xtsBlock:] {
		b := (*[xtsBlock]byte)(m) // spares the checks of bounds, which cost a fifth of all
		binary.LittleEndian.PutUint64(b[:8], low)
		binary.LittleEndian.PutUint64(b[8:], high)
		carry := high >> 63
		high = high<<1 | low>>63
		low = low<<1 ^ carry*0x87
	}
}
