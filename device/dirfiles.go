package device

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// dirFiles is a directory that the kernel reads. Links are entries and are never
// followed. A walk holds the entries of one directory for each level.
type dirFiles struct{ root *os.Root }

// Walk is that of Volume.
func (d dirFiles) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	info, err := d.root.Lstat(cmp.Or(root, "."))
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return nil
	case err != nil:
		return yield(Entry{Path: root, Err: err})
	case !info.IsDir():
		return nil
	}
	entries, err := d.list(root)
	if err != nil {
		return yield(Entry{Path: root, Type: Directory, Err: err})
	}
	return d.walk(ctx, root, entries, yield)
}

func (d dirFiles) walk(ctx context.Context, dir string, entries []fs.DirEntry, yield func(Entry) error) error {
	for _, x := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		e := entryOf(path.Join(dir, x.Name()), x)
		var below []fs.DirEntry
		if e.Type == Directory && e.Err == nil {
			below, e.Err = d.list(e.Path)
		}
		if err := yield(e); err != nil {
			return err
		}
		if err := d.walk(ctx, e.Path, below, yield); err != nil {
			return err
		}
	}
	return nil
}

// list returns the entries of a directory in the byte order of their full paths, a
// directory's taken with its slash.
func (d dirFiles) list(dir string) ([]fs.DirEntry, error) {
	f, err := d.root.Open(cmp.Or(dir, "."))
	if err != nil {
		return nil, err
	}
	entries, err := f.ReadDir(-1)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	key := func(x fs.DirEntry) string {
		if x.IsDir() {
			return x.Name() + "/"
		}
		return x.Name()
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(key(a), key(b)) })
	return entries, nil
}

func entryOf(name string, x fs.DirEntry) Entry {
	e := Entry{Path: name, Type: Other, Place: -1}
	info, err := x.Info()
	if err != nil {
		e.Err = err
		return e
	}
	e.Size, e.ModTime = info.Size(), info.ModTime()
	switch {
	case info.Mode().IsRegular():
		e.Type = Regular
	case info.IsDir():
		e.Type = Directory
	case info.Mode()&fs.ModeSymlink != 0:
		e.Type = Symlink
	}
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		e.Inode = st.Ino
	}
	return e
}

// Open is that of Volume. The caller closes what it returns.
func (d dirFiles) Open(e Entry) (io.ReaderAt, error) {
	f, err := d.root.OpenFile(e.Path, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	forget(f)
	return &readFile{f, e.Size}, nil
}

// readFile is a file whose content is not left in memory, if it is large. Dropping what
// was read just now takes longer than reading a small one.
type readFile struct {
	*os.File
	size int64
}

// Close is that of io.Closer.
func (f *readFile) Close() error {
	if f.size >= forgetFrom {
		forget(f.File)
	}
	return f.File.Close()
}

// forgetFrom is the size of a large file, in bytes.
const forgetFrom = 1 << 20

// Names returns the names in a directory.
func (d dirFiles) Names(_ context.Context, dir string, most int) ([]string, error) {
	f, err := d.root.Open(cmp.Or(dir, "."))
	if err != nil {
		return nil, err
	}
	names, err := f.Readdirnames(most)
	if errors.Is(err, io.EOF) {
		err = nil
	}
	return names, errors.Join(err, f.Close())
}
