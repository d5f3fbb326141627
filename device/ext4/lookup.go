package ext4

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
)

// Lookup finds the entry with this path: raw bytes, relative, no leading slash,
// names separated by one slash; "" is the root. Links are not followed. It fails
// with fs.ErrNotExist (also when a parent is not a directory), with an *Error for
// damage on the way, or when NeedsRecovery.
func (f *FS) Lookup(path string) (Entry, error) {
	in, err := f.lookup(context.Background(), path)
	if err != nil {
		return Entry{}, err
	}
	return f.entry(in, path), nil
}

func (f *FS) lookup(ctx context.Context, path string) (*inode, error) {
	if err := f.ready(); err != nil {
		return nil, err
	}
	in, err := f.inode(rootInode)
	if err != nil || path == "" {
		return in, err
	}
	for name := range strings.SplitSeq(path, "/") {
		if in.kind() != Directory || name == "" || name == "." || name == ".." {
			return nil, fmt.Errorf("%q: %w", path, fs.ErrNotExist)
		}
		n, err := f.find(ctx, in, name)
		if err != nil {
			return nil, fmt.Errorf("%q: %w", path, err)
		}
		if in, err = f.inode(n); err != nil {
			return nil, fmt.Errorf("%q: %w", path, err)
		}
	}
	return in, nil
}

var errFound = errors.New("found") // ends a scan

// find returns the inode that name has in dir. The index of a directory says where to
// look first; that a name is not there is believed only when all was read. Then a part
// that cannot be read is an error of that part.
func (f *FS) find(ctx context.Context, dir *inode, name string) (uint32, error) {
	var n uint32
	match := func(d dirent) error {
		if string(d.name) == name {
			n = d.inode
			return errFound
		}
		return nil
	}
	if f.findIndexed(dir, name, match) {
		return n, nil
	}
	damage, err := f.eachDirent(ctx, dir, match)
	switch {
	case errors.Is(err, errFound):
		return n, nil
	case err != nil:
		return 0, err
	case damage != nil:
		return 0, damage
	}
	return 0, fs.ErrNotExist
}

// findIndexed shows match the block that the index names, and reports whether it
// found the name there.
func (f *FS) findIndexed(dir *inode, name string, match func(dirent) error) bool {
	if dir.readable() != nil {
		return false
	}
	logical, ok := f.leafFor(dir, name)
	if !ok {
		return false
	}
	block, err := f.dirBlock(dir, logical)
	return err == nil && f.visitDirents(block, match) != nil
}
