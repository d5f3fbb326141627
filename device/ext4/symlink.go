package ext4

import (
	"bytes"
	"fmt"
)

// Readlink returns the target of a symbolic link: raw bytes, not resolved.
func (f *FS) Readlink(e Entry) (string, error) {
	in, err := f.entryInode(e)
	if err == nil && in.kind() != Symlink {
		err = fmt.Errorf("inode %d is not a symbolic link but %s", in.number, in.kind())
	}
	if err == nil {
		err = in.readable()
	}
	if err != nil {
		return "", fmt.Errorf("%q: %w", e.Path, err)
	}
	target, err := f.target(in)
	if err != nil {
		return "", fmt.Errorf("%q: %w", e.Path, err)
	}
	return string(target), nil
}

func (f *FS) target(in *inode) ([]byte, error) {
	if in.size == 0 || in.size > int64(f.sb.blockSize) {
		return nil, corrupt("inode", uint64(in.number), "link target of %d bytes", in.size)
	}
	target := make([]byte, in.size)
	switch {
	case in.flags&flagInlineData != 0:
		if err := in.readInline(target, 0); err != nil {
			return nil, err
		}
	case f.isFastLink(in):
		if in.size >= mapSize {
			return nil, corrupt("inode", uint64(in.number), "link target of %d bytes without a block", in.size)
		}
		copy(target, in.mapping[:])
	default:
		file := File{fs: f, in: in}
		if _, err := file.readMapped(target, 0); err != nil {
			return nil, err
		}
	}
	if bytes.IndexByte(target, 0) >= 0 {
		return nil, corrupt("inode", uint64(in.number), "link target with a zero byte")
	}
	return target, nil
}

// isFastLink follows ext4_inode_is_fast_symlink: no blocks but that of extended
// attributes (counted in units of 512 bytes). With ea_inode the blocks of attributes
// with an inode of their own are counted too, and the size decides.
func (f *FS) isFastLink(in *inode) bool {
	if f.sb.incompat&incompatEAInode != 0 {
		return in.size < mapSize
	}
	if in.aclUsed {
		return in.blocks == uint64(f.sb.clusterSize/512)
	}
	return in.blocks == 0
}
