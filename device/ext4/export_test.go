package ext4

import (
	"context"
	"io"
)

// WalkWithin walks with bounds of its own, so that tests need no millions of files.
func (f *FS) WalkWithin(ctx context.Context, listing, held int, yield func(Entry) error) error {
	in, err := f.lookup(ctx, "")
	if err != nil {
		return err
	}
	w := &walker{f: f, yield: yield, budget: listing, held: held}
	return w.walk(ctx, in, "")
}

// InodeAt is the offset of an inode on the device.
func (f *FS) InodeAt(n uint32) int64 {
	g, err := f.group(uint64((n - 1) / f.sb.inodesPerGroup))
	if err != nil {
		panic(err)
	}
	return int64(g.inodeTable)*int64(f.sb.blockSize) + int64((n-1)%f.sb.inodesPerGroup)*int64(f.sb.inodeSize)
}

// Depth is the depth of the extent tree of e.
func (f *FS) Depth(e Entry) int {
	in, err := f.inode(uint32(e.Inode))
	if err != nil {
		panic(err)
	}
	return int(in.mapping[6])
}

// BlockOf is the offset on the device of a block of a file or directory.
func (f *FS) BlockOf(e Entry, logical uint64) int64 {
	in, err := f.inode(uint32(e.Inode))
	if err != nil {
		panic(err)
	}
	r, err := f.runAt(in, logical)
	if err != nil {
		panic(err)
	}
	return int64(r.physical) * int64(f.sb.blockSize)
}

// ReadDevice reads as all of the package does.
func ReadDevice(r io.ReaderAt, size int64, p []byte, off int64) (int, error) {
	return source{r, size}.read(p, off)
}

// NameHash is the hash that an index of this version has for a name.
func (f *FS) NameHash(version uint8, name string) (uint32, bool) { return f.sb.nameHash(version, name) }

// IndexFinds reports whether the index of a directory leads to a name.
func (f *FS) IndexFinds(dir Entry, name string) bool {
	in, err := f.inode(uint32(dir.Inode))
	if err != nil {
		panic(err)
	}
	return f.findIndexed(in, name, func(d dirent) error {
		if string(d.name) == name {
			return errFound
		}
		return nil
	})
}
