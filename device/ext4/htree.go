package ext4

import (
	"encoding/binary"
	"sort"
)

const (
	dxRootEntries = 0x20 // of dx_root: ".", "..", dx_root_info come first
	dxNodeEntries = 8    // of dx_node: one empty record comes first
	dxEntry       = 8
	dxTail        = 8
)

// isIndexBlock follows the kernel's __ext4_read_dirblock: in an indexed directory
// block 0 is the root, and a block that is one record is a node. To a linear
// reader both look like blocks without entries (besides "." and "..").
func (f *FS) isIndexBlock(in *inode, logical uint64, block []byte) bool {
	if f.sb.compat&compatDirIndex == 0 || in.flags&flagIndex == 0 {
		return false
	}
	return logical == 0 || f.recLen(block) == f.sb.blockSize
}

// indexEntries finds the entries (limit and count, then hash and block) of an
// index block, or fails when it is none.
func (f *FS) indexEntries(in *inode, logical uint64, block []byte) (at, count int, err error) {
	le := binary.LittleEndian
	switch {
	case f.recLen(block) == f.sb.blockSize:
		at = dxNodeEntries
	case f.recLen(block) == 12 && f.recLen(block[12:]) == f.sb.blockSize-12 &&
		le.Uint32(block[0x18:]) == 0 && block[0x1D] == 8:
		at = dxRootEntries
	default:
		return 0, 0, corrupt("directory", uint64(in.number), "block %d is no index", logical)
	}
	limit, count := int(le.Uint16(block[at:])), int(le.Uint16(block[at+2:]))
	room := len(block) - at
	if f.sb.hasCsum() {
		room -= dxTail
	}
	if count == 0 || count > limit || limit*dxEntry > room {
		return 0, 0, corrupt("directory", uint64(in.number), "index block %d with %d of %d entries", logical, count, limit)
	}
	return at, count, nil
}

// checkIndexBlock follows ext4_dx_csum: the block up to its last used entry, then
// the tail with its checksum as zero.
func (f *FS) checkIndexBlock(in *inode, logical uint64, block []byte) error {
	at, count, err := f.indexEntries(in, logical, block)
	if err != nil {
		return err
	}
	limit := int(binary.LittleEndian.Uint16(block[at:]))
	tail := block[at+limit*dxEntry:][:dxTail]
	crc := crc32c(in.seed, block[:at+count*dxEntry])
	crc = crc32cZero(crc32c(crc, tail[:4]), 4)
	if crc != binary.LittleEndian.Uint32(tail[4:]) {
		return corrupt("directory", uint64(in.number), "checksum of index block %d is wrong", logical)
	}
	return nil
}

const (
	dxHashVersion = 0x1C // of dx_root_info
	dxLevels      = 0x1E
	dxLevelsMax   = 3          // EXT4_HTREE_LEVEL, with large_dir
	dxBlockMask   = 0x0FFFFFFF // the upper bits of a block number are reserved
)

// leafFor is the block of dir where its index would keep a name; false if it has no
// index, or one that cannot be used.
func (f *FS) leafFor(dir *inode, name string) (logical uint64, ok bool) {
	if f.sb.compat&compatDirIndex == 0 || dir.flags&flagIndex == 0 || dir.flags&flagInlineData != 0 {
		return 0, false
	}
	hash, levels := uint32(0), 0
	for level := 0; level <= levels; level++ {
		block, err := f.rawDirBlock(dir, logical)
		if err != nil {
			return 0, false
		}
		at, count, err := f.indexEntries(dir, logical, block)
		if err != nil {
			return 0, false
		}
		if level == 0 {
			hash, ok = f.sb.nameHash(block[dxHashVersion], name)
			levels = int(block[dxLevels])
			if !ok || levels > dxLevelsMax {
				return 0, false
			}
		}
		// The first entry has a block, but no hash: limit and count take its place.
		le := binary.LittleEndian
		i := sort.Search(count-1, func(i int) bool { return le.Uint32(block[at+(i+1)*dxEntry:]) > hash })
		logical = uint64(le.Uint32(block[at+i*dxEntry+4:]) & dxBlockMask)
	}
	return logical, true
}
