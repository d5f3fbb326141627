package ext4

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
)

const (
	superOffset = 1024
	superSize   = 1024
	superMagic  = 0xEF53

	stateValid  = 0x1
	stateErrors = 0x2

	rootInode = 2
)

// superblock is struct ext4_super_block, as far as reading needs it.
type superblock struct {
	uuid   [16]byte
	label  string
	state  uint16
	orphan uint32 // s_last_orphan
	linux  bool   // s_creator_os

	compat, incompat, ro uint32

	blockSize      int
	blocks         uint64
	firstData      uint32
	blocksPerGroup uint32
	inodes         uint32
	inodesPerGroup uint32
	firstInode     uint32
	inodeSize      int
	groups         uint64

	descSize    int
	firstMetaBG uint32
	backups     [2]uint32

	clusterSize int
	seed        uint32 // of metadata checksums
	hashSeed    [4]uint32
	hashFlags   uint32
}

func (s *superblock) hasCsum() bool { return s.ro&roMetadataCsum != 0 }

// parseSuperblock checks b (1024 bytes) for itself.
func parseSuperblock(b []byte) (*superblock, error) {
	le := binary.LittleEndian
	if le.Uint16(b[0x38:]) != superMagic {
		return nil, &Error{Reason: NotExt4, Message: "no ext2, ext3 or ext4 file system",
			Remedy: "check that the right device or partition was given, and whether it is encrypted"}
	}
	s := &superblock{
		label:          string(bytes.TrimRight(b[0x78:0x88], "\x00")),
		state:          le.Uint16(b[0x3A:]),
		orphan:         le.Uint32(b[0xE8:]),
		linux:          le.Uint32(b[0x48:]) == 0,
		compat:         le.Uint32(b[0x5C:]),
		incompat:       le.Uint32(b[0x60:]),
		ro:             le.Uint32(b[0x64:]),
		blocks:         uint64(le.Uint32(b[0x04:])),
		firstData:      le.Uint32(b[0x14:]),
		blocksPerGroup: le.Uint32(b[0x20:]),
		inodes:         le.Uint32(b[0x00:]),
		inodesPerGroup: le.Uint32(b[0x28:]),
		firstInode:     11,
		inodeSize:      128,
		descSize:       32,
		firstMetaBG:    le.Uint32(b[0x104:]),
		backups:        [2]uint32{le.Uint32(b[0x24C:]), le.Uint32(b[0x250:])},
		hashFlags:      le.Uint32(b[0x160:]),
	}
	copy(s.uuid[:], b[0x68:])
	for i := range s.hashSeed {
		s.hashSeed[i] = le.Uint32(b[0xEC+4*i:])
	}
	if label, _, found := bytes.Cut(b[0x78:0x88], []byte{0}); found {
		s.label = string(label)
	}
	if err := s.checkFeatures(b); err != nil {
		return nil, err
	}
	if err := s.sizes(b); err != nil {
		return nil, err
	}
	return s, s.checkGeometry()
}

// checkFeatures verifies the checksum first: in a damaged superblock the feature
// bits may be what is damaged.
func (s *superblock) checkFeatures(b []byte) error {
	le := binary.LittleEndian
	rev := le.Uint32(b[0x4C:])
	if rev > 1 {
		return unsupported("the file system", fmt.Sprintf("revision %d", rev))
	}
	if rev == 0 && s.compat|s.incompat|s.ro != 0 {
		return corruptSuper("revision 0 with feature flags")
	}
	s.seed = crc32c(^uint32(0), s.uuid[:])
	if s.hasCsum() {
		if b[0x175] != 1 {
			return unsupported("the file system", fmt.Sprintf("checksum type %d", b[0x175]))
		}
		if crc32c(^uint32(0), b[:0x3FC]) != le.Uint32(b[0x3FC:]) {
			return corruptSuper("checksum is wrong")
		}
	}
	if names := unreadFeatures(s.incompat); len(names) > 0 {
		return unsupported("the file system", names...)
	}
	if s.incompat&incompatCsumSeed != 0 {
		if !s.hasCsum() {
			return corruptSuper("metadata_csum_seed without metadata_csum")
		}
		s.seed = le.Uint32(b[0x270:])
	}
	return nil
}

func (s *superblock) sizes(b []byte) error {
	le := binary.LittleEndian
	logBlock := le.Uint32(b[0x18:])
	if logBlock > 6 {
		return corruptSuper("block size 2^%d", uint64(logBlock)+10)
	}
	s.blockSize = 1024 << logBlock
	s.clusterSize = s.blockSize
	if logCluster := le.Uint32(b[0x1C:]); s.ro&roBigalloc != 0 {
		if logCluster < logBlock || logCluster > 20 {
			return corruptSuper("cluster size 2^%d", uint64(logCluster)+10)
		}
		s.clusterSize = 1024 << logCluster
	}
	if le.Uint32(b[0x4C:]) >= 1 {
		s.firstInode = le.Uint32(b[0x54:])
		s.inodeSize = int(le.Uint16(b[0x58:]))
	}
	if bits.OnesCount(uint(s.inodeSize)) != 1 || s.inodeSize < 128 || s.inodeSize > s.blockSize {
		return corruptSuper("inode size %d", s.inodeSize)
	}
	if s.incompat&incompat64Bit != 0 {
		s.blocks |= uint64(le.Uint32(b[0x150:])) << 32
		s.descSize = int(le.Uint16(b[0xFE:]))
		if bits.OnesCount(uint(s.descSize)) != 1 || s.descSize < 64 || s.descSize > s.blockSize {
			return corruptSuper("group descriptor size %d", s.descSize)
		}
	}
	return nil
}

func (s *superblock) checkGeometry() error {
	if s.blocks > math.MaxInt64/uint64(s.blockSize) {
		return corruptSuper("%d blocks of %d bytes", s.blocks, s.blockSize)
	}
	if uint64(s.firstData) >= s.blocks || s.firstData > 1 || (s.firstData == 0 && s.blockSize == 1024 && s.ro&roBigalloc == 0) {
		return corruptSuper("first data block %d of %d", s.firstData, s.blocks)
	}
	// One bitmap block has a bit for each cluster of a group.
	most := uint64(8*s.blockSize) * uint64(s.clusterSize/s.blockSize)
	if s.blocksPerGroup == 0 || uint64(s.blocksPerGroup) > most {
		return corruptSuper("%d blocks per group", s.blocksPerGroup)
	}
	if s.inodesPerGroup == 0 || int(s.inodesPerGroup) > 8*s.blockSize {
		return corruptSuper("%d inodes per group", s.inodesPerGroup)
	}
	per := uint64(s.blocksPerGroup)
	s.groups = (s.blocks - uint64(s.firstData) + per - 1) / per
	if s.groups*uint64(s.inodesPerGroup) != uint64(s.inodes) {
		return corruptSuper("%d inodes in %d groups of %d", s.inodes, s.groups, s.inodesPerGroup)
	}
	if s.firstInode < 11 || s.firstInode > s.inodes {
		return corruptSuper("first inode %d of %d", s.firstInode, s.inodes)
	}
	return nil
}
