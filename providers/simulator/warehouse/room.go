package warehouse

import (
	"encoding/binary"
	"fmt"
	"os"
)

// room is what an empty ext4 file system has left, and what a load has used of it.
// The estimate is on the safe side by a few blocks, never beyond what is there.
type room struct {
	blockSize int64
	blocks    int64 // free
	inodes    int64 // free
	entries   int64 // bytes of directory entries, not yet counted in blocks
}

// Where ext4's superblock has what is read here (kernel, fs/ext4/ext4.h, struct
// ext4_super_block).
const (
	superblockAt   = 1024
	freeBlocksLow  = 0x0c
	freeInodes     = 0x10
	logBlockSize   = 0x18
	incompat       = 0x60
	freeBlocksHigh = 0x158
	incompat64Bit  = 0x80
)

// measure reads the room of the ext4 file system in a file.
func measure(file string) (room, error) {
	f, err := os.Open(file)
	if err != nil {
		return room{}, fmt.Errorf("measuring the file system: %w", err)
	}
	defer f.Close() //nolint:errcheck // only read
	super := make([]byte, 1024)
	if _, err := f.ReadAt(super, superblockAt); err != nil {
		return room{}, fmt.Errorf("measuring the file system: %w", err)
	}
	at := func(offset int) int64 { return int64(binary.LittleEndian.Uint32(super[offset:])) }
	r := room{blockSize: 1024 << at(logBlockSize), blocks: at(freeBlocksLow), inodes: at(freeInodes)}
	if at(incompat)&incompat64Bit != 0 {
		r.blocks |= at(freeBlocksHigh) << 32
	}
	return r, nil
}

// take uses room for a file (or a directory, of size 0) with a name and for the
// directories that have to be made for it. It returns false, and takes nothing,
// when there is too little.
func (r *room) take(size int64, name string, directories int) bool {
	left := *r
	left.inodes -= 1 + int64(directories)
	data := (size + r.blockSize - 1) / r.blockSize
	left.blocks -= data + int64(directories) + extentBlocks(data, r.blockSize)
	// An entry has 8 bytes before its name and is aligned to 4; a fifth more for
	// what blocks cannot fill.
	left.entries += (8 + int64(len(name)) + 3) / 4 * 4 * 6 / 5
	left.blocks -= left.entries / r.blockSize
	left.entries %= r.blockSize
	if left.inodes < 0 || left.blocks < 1 {
		return false
	}
	*r = left
	return true
}

// extentBlocks bounds the blocks of a file's extent tree: four extents fit into
// the inode, and an extent reaches over a block group's data at most. Groups have
// eight blocks for each byte of a block; half of one is taken for safety.
func extentBlocks(data, blockSize int64) int64 {
	extents := data/(blockSize*4) + 1
	if extents <= 4 {
		return 0
	}
	return extents/(blockSize/12-2) + 2
}
