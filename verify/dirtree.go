package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"
)

// DirTree is a plain directory as a Tree. Names are raw bytes; symbolic links are
// entries and are never followed, also not on the way to a file, and nothing outside of
// the directory is opened. What is mounted below it belongs to it.
//
// Content is read from the disk, not from memory, unless another process maps the file
// or has only just written it: what the kernel keeps of a file is dropped before it is
// read, and that of a large one after.
//
// Walk holds the names of one directory at a time for each level, so memory grows with
// the largest directory. It is safe for concurrent use.
type DirTree struct {
	dir   *os.File
	fd    int
	dev   uint64 // of the directory itself
	order Order
}

// Order says what the places of a DirTree's files are.
type Order int

// The orders.
const (
	// ByExtent asks the file system where the data of each file begin (FIEMAP,
	// Documentation/filesystems/fiemap.rst), which opens it: right for a disk that has to
	// seek. Where a file system does not tell it is ByInode.
	ByExtent Order = iota
	// ByInode takes the number of the inode, which costs nothing: most file systems keep
	// inodes of neighboring numbers next to each other.
	ByInode
)

// DirOptions are those of OpenDirTree. The zero value suits every disk.
type DirOptions struct {
	Order Order
}

// OpenDirTree opens the directory. Close it after use.
func OpenDirTree(directory string, o DirOptions) (*DirTree, error) {
	dir, err := os.OpenFile(directory, os.O_RDONLY|syscall.O_DIRECTORY, 0)
	if err != nil {
		return nil, notOpened(err)
	}
	info, err := dir.Stat()
	if err != nil {
		return nil, notOpened(errors.Join(err, dir.Close()))
	}
	t := &DirTree{dir: dir, fd: int(dir.Fd()), order: o.Order}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		t.dev = st.Dev
	}
	return t, nil
}

func notOpened(err error) error {
	return &Error{Op: "opening the directory to verify", Err: err, Remedy: "name a directory that exists and can be read"}
}

// Close ends the use of the tree.
func (t *DirTree) Close() error { return t.dir.Close() }

// Walk implements Tree. A root that is no directory yields nothing.
func (t *DirTree) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	places, err := t.list(ctx, root, anyInode)
	switch {
	case err == nil:
		return t.walk(ctx, root, places, yield)
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ELOOP):
		return nil
	}
	return yield(Entry{Path: root, Dir: true, Err: err})
}

func (t *DirTree) walk(ctx context.Context, dir string, places []stop, yield func(Entry) error) error {
	for i, s := range places {
		places[i] = stop{} // lets go of what is done while the walk is deeper
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.visit(ctx, dir, s, yield); err != nil {
			return err
		}
	}
	return nil
}

func (t *DirTree) visit(ctx context.Context, dir string, s stop, yield func(Entry) error) error {
	full := path.Join(dir, strings.TrimSuffix(s.sort, "/"))
	if !s.into {
		return yield(s.entry(full))
	}
	places, err := t.list(ctx, full, s.inode)
	switch {
	case err == nil:
		return t.walk(ctx, full, places, yield)
	case ctx.Err() != nil:
		return ctx.Err()
	}
	return yield(Entry{Path: full, Dir: true, Err: err})
}

// Open implements Tree. The caller closes what it returns.
func (t *DirTree) Open(e Entry) (io.ReaderAt, error) {
	if !e.Regular {
		return nil, fmt.Errorf("opening %q: it is no regular file", e.Path)
	}
	fd, err := t.open(e.Path, 0, e.Inode, e.Size)
	if err != nil {
		return nil, err
	}
	f := &dirFile{fd: fd, name: e.Path, size: e.Size}
	f.forget()
	return f, nil
}
