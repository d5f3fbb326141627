package ext4

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
)

// dirent is an entry of a directory; name is a part of its block.
type dirent struct {
	inode uint32
	kind  uint8 // EXT4_FT_*; 0 is unknown
	name  []byte
}

const (
	direntHeader = 8
	direntMin    = 12
	dirTail      = 12   // ext4_dir_entry_tail: the checksum, dressed as an empty entry
	dirTailKind  = 0xDE // EXT4_FT_DIR_CSUM
	kindDir      = 2
	kindMax      = 8
)

// eachDirent calls visit for all entries of a directory in the order they lie
// there, "." and ".." too; the first block first. Blocks that cannot be read or
// are damaged are left out whole; the first such damage is returned when the rest
// is done. An error of visit or ctx ends it at once.
func (f *FS) eachDirent(ctx context.Context, in *inode, visit func(dirent) error) (damage, err error) {
	if err := in.readable(); err != nil {
		return err, nil
	}
	if in.flags&flagInlineData != 0 {
		return f.inlineDirents(in, visit)
	}
	size := uint64(f.sb.blockSize)
	if uint64(in.size)%size != 0 || in.size == 0 || uint64(in.size)/size > f.blocksThere() {
		return corrupt("directory", uint64(in.number), "size %d", in.size), nil
	}
	for logical := uint64(0); logical < uint64(in.size)/size; logical++ {
		if err := ctx.Err(); err != nil {
			return damage, err
		}
		block, bad := f.dirBlock(in, logical)
		if damage == nil {
			damage = bad
		}
		if bad != nil {
			continue
		}
		if err := f.visitDirents(block, visit); err != nil {
			return damage, err
		}
	}
	return damage, nil
}

// dirBlock returns the records of a block, without its checksum, all verified.
func (f *FS) dirBlock(in *inode, logical uint64) ([]byte, error) {
	block, err := f.rawDirBlock(in, logical)
	if err != nil {
		return nil, err
	}
	return block, f.checkDirents(in, logical, block)
}

// rawDirBlock verifies the checksum only.
func (f *FS) rawDirBlock(in *inode, logical uint64) ([]byte, error) {
	r, err := f.runAt(in, logical)
	if err != nil {
		return nil, err
	}
	if r.kind != runData {
		return nil, corrupt("directory", uint64(in.number), "block %d is a hole", logical)
	}
	block, err := f.block("directory", r.physical)
	if err != nil || !f.sb.hasCsum() {
		return block, err
	}
	if f.isIndexBlock(in, logical, block) {
		return block, f.checkIndexBlock(in, logical, block)
	}
	body, tail := block[:len(block)-dirTail], block[len(block)-dirTail:]
	le := binary.LittleEndian
	if le.Uint32(tail) != 0 || le.Uint16(tail[4:]) != dirTail || tail[6] != 0 || tail[7] != dirTailKind ||
		crc32c(in.seed, body) != le.Uint32(tail[8:]) {
		return nil, corrupt("directory", uint64(in.number), "checksum of block %d is wrong", logical)
	}
	return body, nil
}

// recLen decodes a record length. With 64 KiB blocks 16 bits do not hold the
// length of a whole block.
func (f *FS) recLen(e []byte) int {
	n := int(binary.LittleEndian.Uint16(e[4:]))
	if f.sb.blockSize < 1<<16 {
		return n
	}
	if n == 0 || n == 0xFFFF {
		return 1 << 16
	}
	return n&0xFFFC | n&3<<16
}

func (f *FS) nameLen(e []byte) int {
	if f.sb.incompat&incompatFileType != 0 {
		return int(e[6])
	}
	return int(binary.LittleEndian.Uint16(e[6:]))
}

// checkDirents verifies that the records fill the block exactly and that each name
// lies in its record and could be a file's name.
func (f *FS) checkDirents(in *inode, logical uint64, block []byte) error {
	bad := func(at int, format string, args ...any) error {
		return corrupt("directory", uint64(in.number), "block %d, offset %d: %s", logical, at, fmt.Sprintf(format, args...))
	}
	for at := 0; at < len(block); {
		if len(block)-at < direntMin {
			return bad(at, "a record crosses the end")
		}
		e := block[at:]
		length, name := f.recLen(e), f.nameLen(e)
		if length < direntMin || length%4 != 0 || length > len(e) || direntHeader+name > length {
			return bad(at, "record of %d bytes with a name of %d", length, name)
		}
		if n := binary.LittleEndian.Uint32(e); n != 0 {
			if n > f.sb.inodes {
				return bad(at, "inode %d of %d", n, f.sb.inodes)
			}
			if err := checkName(e[direntHeader:][:name]); err != nil {
				return bad(at, "%v", err)
			}
		}
		at += length
	}
	return nil
}

func checkName(name []byte) error {
	if len(name) == 0 || len(name) > 255 {
		return fmt.Errorf("a name of %d bytes", len(name))
	}
	for _, c := range name {
		if c == '/' || c == 0 {
			return errors.New("a name with a slash or a zero byte")
		}
	}
	return nil
}

// visitDirents calls visit for the used records of a checked block.
func (f *FS) visitDirents(block []byte, visit func(dirent) error) error {
	for at := 0; at < len(block); {
		e := block[at:]
		if n := binary.LittleEndian.Uint32(e); n != 0 {
			d := dirent{inode: n, name: e[direntHeader:][:f.nameLen(e)]}
			if f.sb.incompat&incompatFileType != 0 && e[7] < kindMax {
				d.kind = e[7]
			}
			if err := visit(d); err != nil {
				return err
			}
		}
		at += f.recLen(e)
	}
	return nil
}

// inlineDirents reads a directory that is kept in its inode: the parent's number,
// then two areas of records. Such a directory has no "." and ".." of its own.
func (f *FS) inlineDirents(in *inode, visit func(dirent) error) (damage, err error) {
	first, rest, err := in.inlineParts()
	if err != nil {
		return err, nil
	}
	parent := binary.LittleEndian.Uint32(first)
	for _, d := range []dirent{{in.number, kindDir, []byte(".")}, {parent, kindDir, []byte("..")}} {
		if err := visit(d); err != nil {
			return nil, err
		}
	}
	for i, area := range [][]byte{first[4:], rest} {
		if len(area) == 0 {
			continue
		}
		if err := f.checkDirents(in, uint64(i), area); err != nil {
			return err, nil
		}
		if err := f.visitDirents(area, visit); err != nil {
			return nil, err
		}
	}
	return nil, nil
}
