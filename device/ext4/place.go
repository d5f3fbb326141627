package ext4

import "encoding/binary"

// placeOf is where the data of a regular file begin on the device, in bytes, as far as
// its inode alone tells: for a file in many pieces it is where the list of the first of
// them lies, which is beside them. -1: nowhere, or that cannot be told.
func (f *FS) placeOf(in *inode) int64 {
	le := binary.LittleEndian
	root := in.mapping[:]
	switch {
	case in.kind() != Regular || in.size == 0 || in.flags&flagInlineData != 0:
		return -1
	case in.flags&flagExtents == 0:
		return f.placeAt(uint64(le.Uint32(root)))
	case le.Uint16(root) != extentMagic || le.Uint16(root[2:]) == 0:
		return -1
	}
	first := root[extentEntry:][:extentEntry]
	if le.Uint16(root[6:]) > 0 { // an index: ei_leaf_lo, ei_leaf_hi
		return f.placeAt(uint64(le.Uint32(first[4:])) | uint64(le.Uint16(first[8:]))<<32)
	}
	return f.placeAt(uint64(le.Uint32(first[8:])) | uint64(le.Uint16(first[6:]))<<32) // ee_start_lo, ee_start_hi
}

func (f *FS) placeAt(block uint64) int64 {
	if block == 0 || block >= f.sb.blocks {
		return -1
	}
	return int64(block) * int64(f.sb.blockSize)
}
