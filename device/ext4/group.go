package ext4

import "encoding/binary"

const (
	groupInodeUninit = 0x1
	groupChecksumAt  = 0x1E
)

// group is struct ext4_group_desc, as far as reading needs it.
type group struct {
	number     uint64
	inodeTable uint64
	unused     uint32 // inodes at the end of the table that were never used
}

// group reads and verifies the descriptor of group n, which must exist.
func (f *FS) group(n uint64) (*group, error) {
	if g := f.last.Load(); g != nil && g.number == n {
		return g, nil
	}
	g, err := f.readGroup(n)
	if err != nil {
		return nil, err
	}
	f.last.Store(g)
	return g, nil
}

func (f *FS) readGroup(n uint64) (*group, error) {
	per := uint64(f.sb.blockSize / f.sb.descSize)
	d, err := f.part("group descriptor", f.descBlock(n/per), int(n%per)*f.sb.descSize, f.sb.descSize)
	if err != nil {
		return nil, err
	}
	if err := f.checkGroup(n, d); err != nil {
		return nil, err
	}
	le := binary.LittleEndian
	g := &group{number: n, inodeTable: uint64(le.Uint32(d[0x8:]))}
	if f.sb.ro&(roGDTCsum|roMetadataCsum) != 0 {
		g.unused = uint32(le.Uint16(d[0x1C:]))
		if le.Uint16(d[0x12:])&groupInodeUninit != 0 {
			g.unused = f.sb.inodesPerGroup
		}
	}
	if f.sb.descSize >= 64 {
		g.inodeTable |= uint64(le.Uint32(d[0x28:])) << 32
		if g.unused != f.sb.inodesPerGroup && f.sb.ro&(roGDTCsum|roMetadataCsum) != 0 {
			g.unused |= uint32(le.Uint16(d[0x32:])) << 16
		}
	}
	return g, nil
}

// checkGroup follows ext4_group_desc_csum: crc32c with metadata_csum, else crc16
// with gdt_csum, else nothing.
func (f *FS) checkGroup(n uint64, d []byte) error {
	want := binary.LittleEndian.Uint16(d[groupChecksumAt:])
	var got uint16
	switch {
	case f.sb.hasCsum():
		crc := crc32c(crc32cLE(f.sb.seed, uint32(n)), d[:groupChecksumAt])
		crc = crc32cZero(crc, 2)
		got = uint16(crc32c(crc, d[groupChecksumAt+2:]))
	case f.sb.ro&roGDTCsum != 0:
		got = crc16(0xFFFF, f.sb.uuid[:])
		got = crc16(got, binary.LittleEndian.AppendUint32(nil, uint32(n)))
		got = crc16(got, d[:groupChecksumAt])
		got = crc16(got, d[groupChecksumAt+2:])
	default:
		return nil
	}
	if got != want {
		return corrupt("group descriptor", n, "checksum is wrong")
	}
	return nil
}

// descBlock is the block that holds the nth block of descriptors. With meta_bg
// they lie in the first group of each meta group, after a superblock copy if that
// group has one.
func (f *FS) descBlock(n uint64) uint64 {
	super := uint64(superOffset / f.sb.blockSize)
	if f.sb.incompat&incompatMetaBG == 0 || n < uint64(f.sb.firstMetaBG) {
		return super + 1 + n
	}
	g := n * uint64(f.sb.blockSize/f.sb.descSize)
	at := uint64(f.sb.firstData) + g*uint64(f.sb.blocksPerGroup)
	if f.hasSuper(g) {
		at++
	}
	if n == 0 && f.sb.blockSize == 1024 && f.sb.firstData == 0 {
		at++ // bigalloc with 1 KiB blocks: the superblock is in block 1 of group 0
	}
	return at
}

func (f *FS) hasSuper(g uint64) bool {
	switch {
	case g == 0:
		return true
	case f.sb.compat&compatSparseSuper2 != 0:
		return g == uint64(f.sb.backups[0]) || g == uint64(f.sb.backups[1])
	case g == 1 || f.sb.ro&roSparseSuper == 0:
		return true
	}
	return powerOf(3, g) || powerOf(5, g) || powerOf(7, g)
}

func powerOf(base, n uint64) bool {
	for n%base == 0 {
		n /= base
	}
	return n == 1
}
