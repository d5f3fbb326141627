package ext4

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// FS returns the file system as one of io/fs, for code that knows only that. It has
// Open, ReadDir, Stat, Lstat and ReadLink; its files are also io.ReaderAt and
// io.Seeker. Symbolic links are followed within the file system; one that is absolute
// or leaves it leads nowhere (fs.ErrNotExist).
//
// Names that are not UTF-8 are forbidden by io/fs: they are listed, and their
// fs.DirEntry has Info, but to open one is fs.ErrInvalid. Walk and OpenFile know no
// such bound, and read the device in a better order. A directory is listed in one
// piece, in memory: about 100 bytes for each name. A damaged one gives what could be
// read, and the error.
func (f *FS) FS() fs.FS { return ioFS{f} }

type ioFS struct{ f *FS }

var (
	_ fs.ReadDirFS  = ioFS{}
	_ fs.StatFS     = ioFS{}
	_ fs.ReadLinkFS = ioFS{}
)

func (t ioFS) Open(name string) (fs.File, error) {
	in, err := t.resolve("open", name, true)
	if err != nil {
		return nil, err
	}
	info := newInfo(name, in)
	if in.kind() == Directory {
		return &ioDir{t: t, in: in, name: name, fileInfo: info}, nil
	}
	file, err := t.f.OpenFile(Entry{Path: name, Inode: uint64(in.number)})
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &ioFile{io.NewSectionReader(file, 0, file.Size()), info}, nil
}

func (t ioFS) Stat(name string) (fs.FileInfo, error)  { return t.info("stat", name, true) }
func (t ioFS) Lstat(name string) (fs.FileInfo, error) { return t.info("lstat", name, false) }

func (t ioFS) info(op, name string, follow bool) (fs.FileInfo, error) {
	in, err := t.resolve(op, name, follow)
	if err != nil {
		return nil, err
	}
	return newInfo(name, in), nil
}

func (t ioFS) ReadLink(name string) (string, error) {
	in, err := t.resolve("readlink", name, false)
	if err != nil {
		return "", err
	}
	target, err := t.f.Readlink(Entry{Path: name, Inode: uint64(in.number)})
	if err != nil {
		return "", &fs.PathError{Op: "readlink", Path: name, Err: err}
	}
	return target, nil
}

func (t ioFS) ReadDir(name string) ([]fs.DirEntry, error) {
	in, err := t.resolve("readdir", name, true)
	if err != nil {
		return nil, err
	}
	return t.list(name, in)
}

// list sorts by name, as io/fs wants it.
func (t ioFS) list(name string, in *inode) ([]fs.DirEntry, error) {
	if in.kind() != Directory {
		return nil, &fs.PathError{Op: "readdir", Path: name, Err: errors.New("not a directory")}
	}
	var all []fs.DirEntry
	damage, err := t.f.eachDirent(context.Background(), in, func(d dirent) error {
		if s := string(d.name); s != "." && s != ".." {
			all = append(all, t.entry(s, d))
		}
		return nil
	})
	slices.SortFunc(all, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	if err = errors.Join(damage, err); err != nil {
		err = &fs.PathError{Op: "readdir", Path: name, Err: err}
	}
	return all, err
}

func (t ioFS) entry(name string, d dirent) fs.DirEntry {
	e := ioEntry{t: t, name: name, inode: d.inode, kind: fs.ModeIrregular}
	if d.kind != 0 {
		e.kind = typeOf(modeOf(d.kind))
	} else if in, err := t.f.inode(d.inode); err == nil {
		e.kind = typeOf(in.mode)
	}
	return e
}

// resolve goes down a path of io/fs; follow says whether a link at its end is
// followed.
func (t ioFS) resolve(op, name string, follow bool) (*inode, error) {
	in, err := (*inode)(nil), fs.ErrInvalid
	if fs.ValidPath(name) {
		in, err = t.f.descend(name, follow)
	}
	if err != nil {
		return nil, &fs.PathError{Op: op, Path: name, Err: err}
	}
	return in, nil
}
