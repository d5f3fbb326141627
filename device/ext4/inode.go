package ext4

import (
	"encoding/binary"
	"fmt"
	"time"
)

// Bits of i_mode and i_flags, from fs/ext4/ext4.h.
const (
	modeMask    = 0xF000
	modeFIFO    = 0x1000
	modeChar    = 0x2000
	modeDir     = 0x4000
	modeBlock   = 0x6000
	modeRegular = 0x8000
	modeSymlink = 0xA000
	modeSocket  = 0xC000

	flagCompressed = 0x4
	flagEncrypted  = 0x800
	flagIndex      = 0x1000
	flagExtents    = 0x80000
	flagVerity     = 0x100000
	flagEAInode    = 0x200000
	flagInlineData = 0x10000000

	mapSize = 60 // i_block
)

// inode is struct ext4_inode, verified, as far as reading needs it.
type inode struct {
	number  uint32
	mode    uint16
	flags   uint32
	size    int64
	mtime   time.Time
	mapping [mapSize]byte // i_block: extent root, block pointers, or data
	blocks  uint64        // i_blocks in the unit of the file
	aclUsed bool          // there is a block of extended attributes
	seed    uint32        // of checksums in blocks that belong to the inode
	tail    []byte        // extended attributes in the inode; with inline data only
}

func (in *inode) kind() EntryType {
	switch in.mode & modeMask {
	case modeRegular:
		return Regular
	case modeDir:
		return Directory
	case modeSymlink:
		return Symlink
	}
	return Other
}

// inode reads, verifies and parses inode number n, which a directory names.
func (f *FS) inode(n uint32) (*inode, error) {
	if n != rootInode && n < f.sb.firstInode || n > f.sb.inodes {
		return nil, corrupt("inode", uint64(n), "not a number of a file (first %d, last %d)", f.sb.firstInode, f.sb.inodes)
	}
	g := uint64((n - 1) / f.sb.inodesPerGroup)
	index := (n - 1) % f.sb.inodesPerGroup
	desc, err := f.group(g)
	if err != nil {
		return nil, fmt.Errorf("inode %d: %w", n, err)
	}
	if desc.unused > f.sb.inodesPerGroup || index >= f.sb.inodesPerGroup-desc.unused {
		return nil, corrupt("inode", uint64(n), "lies in a part of the inode table that was never used")
	}
	per := uint32(f.sb.blockSize / f.sb.inodeSize)
	raw, err := f.part("inode table", desc.inodeTable+uint64(index/per), int(index%per)*f.sb.inodeSize, f.sb.inodeSize)
	if err != nil {
		return nil, fmt.Errorf("inode %d: %w", n, err)
	}
	return f.parseInode(n, raw)
}

func (f *FS) parseInode(n uint32, raw []byte) (*inode, error) {
	le := binary.LittleEndian
	in := &inode{
		number:  n,
		mode:    le.Uint16(raw),
		flags:   le.Uint32(raw[0x20:]),
		size:    int64(le.Uint32(raw[0x04:])),
		blocks:  uint64(le.Uint32(raw[0x1C:])) | uint64(le.Uint16(raw[0x74:]))<<32,
		aclUsed: f.hasAttributeBlock(raw),
		seed:    crc32cLE(crc32cLE(f.sb.seed, n), le.Uint32(raw[0x64:])),
	}
	copy(in.mapping[:], raw[0x28:])
	extra, err := extraSize(n, raw)
	if err != nil {
		return nil, err
	}
	if in.flags&flagInlineData != 0 {
		in.tail = raw[128+extra:]
	}
	if f.sb.hasCsum() && f.sb.linux && !in.checks(raw, extra) {
		return nil, corrupt("inode", uint64(n), "checksum is wrong")
	}
	if in.mode == 0 || le.Uint16(raw[0x1A:]) == 0 {
		return nil, corrupt("inode", uint64(n), "is named by a directory, but deleted")
	}
	if k := in.kind(); k == Regular || k == Directory && f.sb.incompat&incompatLargeDir != 0 {
		in.size |= int64(le.Uint32(raw[0x6C:])) << 32
	}
	// Logical block numbers have 32 bits.
	if in.size < 0 || in.size > int64(f.sb.blockSize)<<32 {
		return nil, corrupt("inode", uint64(n), "size %d", in.size)
	}
	if in.flags&flagEAInode != 0 {
		return nil, corrupt("inode", uint64(n), "holds an extended attribute, but is named by a directory")
	}
	in.mtime = modTime(raw, extra)
	return in, nil
}

// extraSize is i_extra_isize: how much of what follows the 128 bytes of ext2 is fields.
func extraSize(n uint32, raw []byte) (int, error) {
	if len(raw) == 128 {
		return 0, nil
	}
	extra := int(binary.LittleEndian.Uint16(raw[0x80:]))
	if 128+extra > len(raw) || extra%4 != 0 {
		return 0, corrupt("inode", uint64(n), "extra size %d", extra)
	}
	return extra, nil
}

// hasAttributeBlock looks at i_file_acl, whose upper half counts with 64bit only.
func (f *FS) hasAttributeBlock(raw []byte) bool {
	high := f.sb.incompat&incompat64Bit != 0 && binary.LittleEndian.Uint16(raw[0x76:]) != 0
	return high || binary.LittleEndian.Uint32(raw[0x68:]) != 0
}

// checks follows ext4_inode_csum: the whole inode with its own checksum as zero;
// 16 bits of it are stored, 32 where the inode has room.
func (in *inode) checks(raw []byte, extra int) bool {
	le := binary.LittleEndian
	crc := crc32cZero(crc32c(in.seed, raw[:0x7C]), 2)
	crc = crc32c(crc, raw[0x7E:0x80])
	want := uint32(le.Uint16(raw[0x7C:]))
	if len(raw) == 128 || extra < 4 {
		return crc32c(crc, raw[0x80:])&0xFFFF == want
	}
	crc = crc32cZero(crc32c(crc, raw[0x80:0x82]), 2)
	return crc32c(crc, raw[0x84:]) == want|uint32(le.Uint16(raw[0x82:]))<<16
}

// modTime has 32 bits of signed seconds; with room for i_mtime_extra two bits of
// epoch and 30 bits of nanoseconds more.
func modTime(raw []byte, extra int) time.Time {
	sec := int64(int32(binary.LittleEndian.Uint32(raw[0x10:])))
	if extra < 0x8C-0x80 {
		return time.Unix(sec, 0).UTC()
	}
	more := binary.LittleEndian.Uint32(raw[0x88:])
	return time.Unix(sec+int64(more&3)<<32, int64(more>>2)).UTC()
}

// readable refuses what the bytes of the inode alone do not tell.
func (in *inode) readable() error {
	what := fmt.Sprintf("inode %d", in.number)
	switch {
	case in.flags&flagEncrypted != 0:
		return unsupported(what, "encrypt")
	case in.flags&flagVerity != 0:
		return unsupported(what, "verity")
	case in.flags&flagCompressed != 0:
		return unsupported(what, "compression")
	}
	return nil
}
