package device

// Room is what an ext4 of ours on a device offers to files.
type Room struct {
	Bytes  int64 // in whole blocks of 4096 bytes
	Inodes int64
}

// Sizes in the ext4 that mkfs makes: see mkfsArgs. Sources: the kernel's
// Documentation/filesystems/ext4 (block groups, group descriptors, sparse_super);
// e2fsprogs, lib/ext2fs/mkjournal.c (journal size) and misc/mke2fs.c (inode ratio).
const (
	inodeBytes      = 256
	bytesPerInode   = 16384
	groupBlocks     = 8 * blockBytes // what one block of bitmap covers
	descriptorBytes = 64             // with the feature 64bit
	reservedInodes  = 11             // up to lost+found
	// keptForGrowth: resize_inode keeps descriptors for this many times the size, at
	// most one block of pointers to them.
	keptForGrowth = 1024
	maxKept       = blockBytes / 4
)

// RoomOn returns what a device of that many bytes offers once it is prepared: it
// is computed, nothing is looked at. What a service makes when it formats the drive
// anew may differ by a few percent.
func RoomOn(size int64) Room {
	total := max(0, size-2*mebibyte) / blockBytes
	groups := (total + groupBlocks - 1) / groupBlocks
	if groups == 0 {
		return Room{}
	}
	perTable := int64(blockBytes / inodeBytes)
	perGroup := (total*blockBytes/bytesPerInode + groups - 1) / groups
	perGroup = (perGroup + perTable - 1) / perTable * perTable
	descriptors := (groups*descriptorBytes + blockBytes - 1) / blockBytes
	grown := (total*keptForGrowth + groupBlocks - 1) / groupBlocks
	growth := min(maxKept, (grown*descriptorBytes+blockBytes-1)/blockBytes-descriptors)
	used := groups * (2 + perGroup/perTable)
	used += copiesOfSuper(groups) * (1 + descriptors + growth)
	used += journalBlocks(total) + 16 + total>>20 // root, lost+found, the journal's own extents
	return Room{Bytes: max(0, total-used) * blockBytes, Inodes: groups*perGroup - reservedInodes}
}

// copiesOfSuper counts the groups with a copy of the superblock (sparse_super): 0, 1
// and the powers of 3, 5 and 7.
func copiesOfSuper(groups int64) int64 {
	n := min(groups, 2)
	for _, base := range []int64{3, 5, 7} {
		for p := base; p < groups; p *= base {
			n++
		}
	}
	return n
}

// journalBlocks is mke2fs's own choice.
func journalBlocks(total int64) int64 {
	for _, step := range []struct{ below, journal int64 }{
		{2048, 0},
		{32 << 10, 1 << 10},
		{256 << 10, 4 << 10},
		{512 << 10, 8 << 10},
		{4 << 20, 16 << 10},
		{8 << 20, 32 << 10},
		{16 << 20, 64 << 10},
		{32 << 20, 128 << 10},
	} {
		if total < step.below {
			return step.journal
		}
	}
	return 256 << 10
}
