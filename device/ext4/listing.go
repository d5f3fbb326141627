package ext4

import (
	"bytes"
	"cmp"
	"context"
	"slices"
	"sort"
)

const (
	listingBytes = 4 << 20 // of one listing; a larger directory is read in several passes
	refBytes     = 12
	subdirsMax   = 16 << 20 // in one directory; 4 bytes each while it is first read
)

// listing is the entries of a directory in the order of a walk, or as many of the
// lowest as fit.
type listing struct {
	names   []byte
	refs    []ref
	partial bool // there are more, above the last one
	self    uint32
	parent  uint32
	shared  map[uint32]bool // subdirectories that have two names here
	damage  error           // what was left out
}

type ref struct {
	at    uint32 // of the name in names
	inode uint32
	n     uint8
	dir   bool
	kind  uint8
}

// key is what entries are ordered by: a directory's name counts as name + "/", so
// that full paths come in the order of their bytes.
type key struct {
	name []byte
	dir  bool
}

func (k key) compare(o key) int {
	n := min(len(k.name), len(o.name))
	if c := bytes.Compare(k.name[:n], o.name[:n]); c != 0 {
		return c
	}
	return k.at(n) - o.at(n)
}

// at is byte n of the key, -1 at its end.
func (k key) at(n int) int {
	switch {
	case n < len(k.name):
		return int(k.name[n])
	case n == len(k.name) && k.dir:
		// A longer name may go on with a byte below "/", or be the key's end.
		return '/'
	}
	return -1
}

func (l *listing) name(r ref) []byte { return l.names[r.at:][:r.n] }
func (l *listing) key(r ref) key     { return key{l.name(r), r.dir} }
func (l *listing) bytes() int        { return cap(l.names) + cap(l.refs)*refBytes }

// has reports whether there is an entry with this key.
func (l *listing) has(k key) bool {
	_, found := slices.BinarySearchFunc(l.refs, k, func(r ref, k key) int { return l.key(r).compare(k) })
	return found
}

// lister fills a listing in one pass over a directory.
type lister struct {
	f *FS
	listing
	after   *key // leave out what is not above it
	limit   *key // leave out what is above it, once the listing was full
	budget  int
	subdirs []uint32 // inodes of all subdirectories, kept in the first pass only
}

// list reads the entries of in above after (nil: all), into the memory of old (nil:
// none), which is not to be used any more.
func (f *FS) list(ctx context.Context, in *inode, after *key, budget int, old *listing) (*listing, error) {
	l := &lister{f: f, after: after, budget: budget}
	if old != nil {
		l.names, l.refs = old.names[:0], old.refs[:0]
	} else {
		// A name takes about as much here as in the directory: no growing by steps, whose
		// leavings would be more than the listing.
		size := min(int(in.size), budget)
		l.names, l.refs = make([]byte, 0, size/3*2), make([]ref, 0, size/3/refBytes)
	}
	damage, err := f.eachDirent(ctx, in, l.add)
	if err != nil {
		return nil, err
	}
	l.damage = damage
	l.sort()
	if after == nil {
		l.findShared()
	}
	return &l.listing, nil
}

func (l *lister) add(d dirent) error {
	switch string(d.name) {
	case ".":
		l.self = d.inode
		return nil
	case "..":
		l.parent = d.inode
		return nil
	}
	k := key{d.name, d.kind == kindDir}
	if d.kind == 0 {
		// Without the type in the directory the inode has to be asked; if it cannot be
		// read, the walk will say so.
		if in, err := l.f.inode(d.inode); err == nil {
			k.dir = in.kind() == Directory
		}
	}
	if k.dir && l.after == nil {
		if len(l.subdirs) == subdirsMax {
			return tooLarge("directory inode %d has more than %d subdirectories", l.self, subdirsMax)
		}
		l.subdirs = append(l.subdirs, d.inode)
	}
	if l.after != nil && k.compare(*l.after) <= 0 {
		return nil
	}
	if l.limit != nil && k.compare(*l.limit) > 0 {
		return nil
	}
	l.refs = append(l.refs, ref{at: uint32(len(l.names)), inode: d.inode, n: uint8(len(d.name)), dir: k.dir, kind: d.kind})
	l.names = append(l.names, d.name...)
	if len(l.names)+len(l.refs)*refBytes > l.budget {
		l.shrink()
	}
	return nil
}

// shrink keeps the lower half, in the same memory.
func (l *lister) shrink() {
	l.sort()
	l.refs = l.refs[:len(l.refs)/2]
	last := l.key(l.refs[len(l.refs)-1])
	l.limit, l.partial = &key{bytes.Clone(last.name), last.dir}, true
	slices.SortFunc(l.refs, func(a, b ref) int { return cmp.Compare(a.at, b.at) })
	end := 0
	for i, r := range l.refs {
		l.refs[i].at = uint32(end)
		end += copy(l.names[end:], l.name(r))
	}
	l.names = l.names[:end]
}

func (l *lister) sort() {
	slices.SortFunc(l.refs, func(a, b ref) int { return l.key(a).compare(l.key(b)) })
}

// findShared notes directories that two entries name: the ground for cycles and
// for walks without an end.
func (l *lister) findShared() {
	sort.Slice(l.subdirs, func(i, j int) bool { return l.subdirs[i] < l.subdirs[j] })
	for i := 1; i < len(l.subdirs); i++ {
		if l.subdirs[i] == l.subdirs[i-1] {
			if l.shared == nil {
				l.shared = map[uint32]bool{}
			}
			l.shared[l.subdirs[i]] = true
		}
	}
	l.subdirs = nil
}
