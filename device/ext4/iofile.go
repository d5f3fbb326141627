package ext4

import (
	"errors"
	"io"
	"io/fs"
	"path"
	"time"
)

// ioFile is a regular file for io/fs.
type ioFile struct {
	*io.SectionReader
	info fileInfo
}

func (f *ioFile) Stat() (fs.FileInfo, error) { return f.info, nil }
func (f *ioFile) Close() error               { return nil }

// ioDir is a directory for io/fs. It lists when it is first asked.
type ioDir struct {
	t    ioFS
	in   *inode
	name string
	fileInfo
	listed bool
	rest   []fs.DirEntry
	damage error
}

func (d *ioDir) Stat() (fs.FileInfo, error) { return d.fileInfo, nil }
func (d *ioDir) Close() error               { return nil }

func (d *ioDir) Read([]byte) (int, error) {
	return 0, &fs.PathError{Op: "read", Path: d.name, Err: errors.New("is a directory")}
}

func (d *ioDir) ReadDir(n int) ([]fs.DirEntry, error) {
	if !d.listed {
		d.listed = true
		d.rest, d.damage = d.t.list(d.name, d.in)
	}
	part := d.rest
	if n > 0 && len(part) > n {
		part = part[:n]
	}
	d.rest = d.rest[len(part):]
	switch {
	case n > 0 && len(part) > 0:
		return part, nil // an error comes after all that could be read
	case d.damage != nil:
		return part, d.damage
	case n > 0:
		return nil, io.EOF
	}
	return part, nil
}

// ioEntry is a name in a directory.
type ioEntry struct {
	t     ioFS
	name  string
	inode uint32
	kind  fs.FileMode
}

func (e ioEntry) Name() string      { return e.name }
func (e ioEntry) IsDir() bool       { return e.kind.IsDir() }
func (e ioEntry) Type() fs.FileMode { return e.kind }

func (e ioEntry) String() string { return fs.FormatDirEntry(e) }

func (e ioEntry) Info() (fs.FileInfo, error) {
	in, err := e.t.f.inode(e.inode)
	if err != nil {
		return nil, &fs.PathError{Op: "lstat", Path: e.name, Err: err}
	}
	return fileInfo{name: e.name, in: in}, nil
}

// fileInfo is an inode by one of its names.
type fileInfo struct {
	name string
	in   *inode
}

func newInfo(name string, in *inode) fileInfo { return fileInfo{path.Base(name), in} }

func (i fileInfo) Name() string       { return i.name }
func (i fileInfo) Size() int64        { return i.in.size }
func (i fileInfo) ModTime() time.Time { return i.in.mtime }
func (i fileInfo) IsDir() bool        { return i.Mode().IsDir() }
func (i fileInfo) Sys() any           { return nil }
func (i fileInfo) String() string     { return fs.FormatFileInfo(i) }

// Mode is the type and the permissions, also set-user-ID, set-group-ID and sticky.
func (i fileInfo) Mode() fs.FileMode {
	mode := typeOf(i.in.mode) | fs.FileMode(i.in.mode)&fs.ModePerm
	for bit, flag := range map[uint16]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if i.in.mode&bit != 0 {
			mode |= flag
		}
	}
	return mode
}

// typeOf is the type of a file in io/fs, from i_mode.
func typeOf(mode uint16) fs.FileMode {
	switch mode & modeMask {
	case modeRegular:
		return 0
	case modeDir:
		return fs.ModeDir
	case modeSymlink:
		return fs.ModeSymlink
	case modeFIFO:
		return fs.ModeNamedPipe
	case modeSocket:
		return fs.ModeSocket
	case modeChar:
		return fs.ModeDevice | fs.ModeCharDevice
	case modeBlock:
		return fs.ModeDevice
	}
	return fs.ModeIrregular
}
