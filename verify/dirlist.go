package verify

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

// stop is one of a walk. A directory has two: its own path, where it is yielded, and
// its path with a slash, where its entries are.
type stop struct {
	sort  string
	mode  uint32
	into  bool
	size  int64
	mtime time.Time
	inode uint64
	place int64
	other bool // it lies on another file system than the root
	err   error
}

func (s *stop) isDir() bool     { return s.mode&unix.S_IFMT == unix.S_IFDIR }
func (s *stop) isRegular() bool { return s.mode&unix.S_IFMT == unix.S_IFREG }

func (s *stop) entry(full string) Entry {
	e := Entry{Path: full, Regular: s.isRegular(), Dir: s.isDir(), ModTime: s.mtime, Inode: s.inode, Place: s.place, Mounted: s.other, Err: s.err}
	if e.Regular {
		e.Size = s.size
	}
	return e
}

// list returns the stops in a directory in the order of the walk.
func (t *DirTree) list(ctx context.Context, dir string, inode uint64) ([]stop, error) {
	name := dir
	if dir == "" {
		name = "."
	}
	fd, err := t.open(name, unix.O_DIRECTORY, inode, anySize)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(fd), name)
	names, err := f.Readdirnames(-1)
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	places := make([]stop, 0, len(names))
	for _, n := range names {
		if err := ctx.Err(); err != nil {
			return nil, errors.Join(err, f.Close())
		}
		s := t.look(fd, n)
		places = append(places, s)
		if s.err == nil && s.isDir() {
			s.sort, s.into = n+"/", true
			places = append(places, s)
		}
	}
	slices.SortFunc(places, func(a, b stop) int { return strings.Compare(a.sort, b.sort) })
	return places, f.Close()
}

// look asks once for all that there is to know of an entry of an open directory.
func (t *DirTree) look(dir int, name string) stop {
	s := stop{sort: name, place: -1}
	var st unix.Stat_t
	if err := retried(func() error { return unix.Fstatat(dir, name, &st, unix.AT_SYMLINK_NOFOLLOW) }); err != nil {
		s.err = &os.PathError{Op: "lstat", Path: name, Err: err}
		return s
	}
	s.mode, s.size, s.mtime, s.inode = st.Mode, st.Size, time.Unix(st.Mtim.Unix()), t.inodeOf(&st)
	s.other = st.Dev != t.dev
	if s.isRegular() && s.size > 0 {
		s.place = t.placeOf(dir, name, &st)
	}
	return s
}

// placeOf is where a file of an open directory begins.
func (t *DirTree) placeOf(dir int, name string, st *unix.Stat_t) int64 {
	if t.order == ByInode {
		return int64(st.Ino)
	}
	fd, err := openAt(dir, name, 0)
	if err != nil {
		return -1 // reading it will tell why
	}
	defer func() { _ = unix.Close(fd) }()
	at, err := firstExtent(fd)
	if err != nil { // not every file system has it
		return int64(st.Ino)
	}
	return at
}

// inodeOf tells a file from all others below the directory: by its inode, and its device
// where that is another one than the directory's.
func (t *DirTree) inodeOf(st *unix.Stat_t) uint64 {
	if st.Dev == t.dev {
		return st.Ino
	}
	const spread = 0x9E3779B97F4A7C15 // 2^64 divided by the golden ratio: numbers of devices are small, and so are those of inodes
	return st.Ino ^ st.Dev*spread
}
