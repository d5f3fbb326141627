package ext4

import "encoding/binary"

// The first byte of Entry.Map. What follows mapPieces is i_flags, the seed of the
// checksums and i_block, as inode has them.
const (
	mapWhole  = "w"
	mapPieces = 'p'
	mapBytes  = 1 + 4 + 4 + mapSize
)

// placeRuns bounds how many holes and preallocated stretches are passed on the way to
// the first data: more than an inode has room for.
const placeRuns = 32

// place says where the data of a regular file begin on the device (-1: nowhere, or
// that cannot be told) and what finds them again without the inode. It costs no read
// but for a file with more extents than its inode holds: the list of them lies near
// the inode, the data need not.
func (f *FS) place(in *inode) (at int64, found string) {
	const encoded = flagEncrypted | flagVerity | flagCompressed
	switch {
	case in.kind() != Regular || in.flags&(flagInlineData|encoded) != 0:
		return -1, ""
	case in.size == 0:
		return -1, mapWhole
	}
	size := uint64(f.sb.blockSize)
	blocks := (uint64(in.size)-1)/size + 1
	logical := uint64(0)
	for range placeRuns {
		r, err := f.runAt(in, logical)
		switch {
		case err != nil:
			return -1, ""
		case r.kind == runData && logical == 0 && r.blocks >= blocks:
			return int64(r.physical * size), mapWhole
		case r.kind == runData:
			return int64(r.physical * size), in.pieces()
		}
		if logical += r.blocks; logical >= blocks {
			break
		}
	}
	return -1, in.pieces()
}

// pieces writes down what remember reads.
func (in *inode) pieces() string {
	b := append(make([]byte, 0, mapBytes), mapPieces)
	b = binary.LittleEndian.AppendUint32(b, in.flags)
	b = binary.LittleEndian.AppendUint32(b, in.seed)
	return string(append(b, in.mapping[:]...))
}

// remember is the inode of an entry as far as reading the file needs it; nil where the
// entry does not say.
func (e *Entry) remember() *inode {
	if e.Type != Regular || len(e.Map) != mapBytes || e.Map[0] != mapPieces || e.Size < 0 {
		return nil
	}
	b := []byte(e.Map[1:])
	in := &inode{number: uint32(e.Inode), mode: modeRegular, size: e.Size,
		flags: binary.LittleEndian.Uint32(b), seed: binary.LittleEndian.Uint32(b[4:])}
	copy(in.mapping[:], b[8:])
	return in
}
