package verify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"syscall"
)

// DirTree is a plain directory as a Tree. Names are raw bytes; symbolic links are
// entries and are never followed, and nothing outside of the directory is opened.
// Walk holds the names of one directory at a time for each level, so memory grows
// with the largest directory. It is safe for concurrent use.
type DirTree struct {
	root *os.Root
}

// OpenDirTree opens the directory. Close it after use.
func OpenDirTree(directory string) (*DirTree, error) {
	root, err := os.OpenRoot(directory)
	if err != nil {
		return nil, &Error{Op: "opening the directory to verify", Err: err, Remedy: "name a directory that exists and can be read"}
	}
	return &DirTree{root: root}, nil
}

// Close ends the use of the tree.
func (t *DirTree) Close() error { return t.root.Close() }

// Walk implements Tree. A root that is no directory yields nothing.
func (t *DirTree) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	name := root
	if root == "" {
		name = "."
	}
	info, err := t.root.Lstat(name)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return nil
	case err != nil:
		return yield(Entry{Path: root, Dir: true, Err: err})
	case !info.IsDir():
		return nil
	}
	return t.walk(ctx, root, info, yield)
}

// place is a stop of a walk. A directory has two: its own path, where it is
// yielded, and its path with a slash, where its entries are.
type place struct {
	sort string
	info fs.FileInfo
	err  error
	into bool
}

func (t *DirTree) walk(ctx context.Context, dir string, info fs.FileInfo, yield func(Entry) error) error {
	places, err := t.list(dir, info)
	if err != nil {
		return yield(Entry{Path: dir, Dir: true, Err: err})
	}
	for i, p := range places {
		places[i] = place{} // lets go of what is done while the walk is deeper
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := t.visit(ctx, dir, p, yield); err != nil {
			return err
		}
	}
	return nil
}

func (t *DirTree) visit(ctx context.Context, dir string, p place, yield func(Entry) error) error {
	full := path.Join(dir, strings.TrimSuffix(p.sort, "/"))
	if p.into {
		return t.walk(ctx, full, p.info, yield)
	}
	e := Entry{Path: full, Err: p.err}
	e.Place = -1
	if p.err == nil {
		e.Regular, e.Dir, e.ModTime, e.Inode = p.info.Mode().IsRegular(), p.info.IsDir(), p.info.ModTime(), inodeOf(p.info)
	}
	if e.Regular {
		e.Size = p.info.Size()
	}
	return yield(e)
}

func (t *DirTree) list(dir string, info fs.FileInfo) ([]place, error) {
	name := dir
	if dir == "" {
		name = "."
	}
	f, err := t.open(name, syscall.O_DIRECTORY, inodeOf(info))
	if err != nil {
		return nil, err
	}
	entries, err := f.ReadDir(-1)
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	places := make([]place, 0, len(entries))
	for _, e := range entries {
		info, err := e.Info()
		places = append(places, place{sort: e.Name(), info: info, err: err})
		if err == nil && info.IsDir() {
			places = append(places, place{sort: e.Name() + "/", info: info, into: true})
		}
	}
	slices.SortFunc(places, func(a, b place) int { return strings.Compare(a.sort, b.sort) })
	return places, nil
}

// Open implements Tree. The caller closes what it returns.
func (t *DirTree) Open(e Entry) (io.ReaderAt, error) {
	if !e.Regular {
		return nil, fmt.Errorf("opening %q: it is no regular file", e.Path)
	}
	return t.open(e.Path, 0, e.Inode)
}

// open opens what was looked at before, and nothing that has taken its place since:
// os.Root follows links that stay inside of it.
func (t *DirTree) open(name string, flag int, inode uint64) (*os.File, error) {
	f, err := t.root.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW|flag, 0)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && inodeOf(info) != inode {
		err = fmt.Errorf("opening %q: it was replaced meanwhile", name)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func inodeOf(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ino
	}
	return 0
}
