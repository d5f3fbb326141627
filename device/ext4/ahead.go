package ext4

import (
	"slices"
	"time"
)

const aheadMost = 1024

// ahead holds what the inodes of the next entries of a directory say. They are
// read in the order of their numbers, which is that of the disk; names have none.
type ahead struct {
	first int // index of the first, in the listing
	stats []stat
	order []int32
}

type stat struct {
	kind  EntryType
	ftype uint8 // EXT4_FT_* that a directory should say
	size  int64
	mtime time.Time
	place int64
	found string // Entry.Map
	err   error
}

const statBytes = 96

func (a *ahead) bytes() int       { return cap(a.stats) * (statBytes + 4) }
func (a *ahead) stat(i int) *stat { return &a.stats[i-a.first] }

// fill reads on when the next entry of fr has not been read yet.
func (a *ahead) fill(f *FS, fr *frame) {
	if fr.next-a.first < len(a.stats) {
		return
	}
	refs := fr.list.refs[fr.next:]
	refs = refs[:min(len(refs), aheadMost)]
	a.order = a.order[:0]
	for i := range refs {
		a.order = append(a.order, int32(i))
	}
	slices.SortFunc(a.order, func(x, y int32) int { return int(refs[x].inode) - int(refs[y].inode) })
	a.first = fr.next
	if cap(a.stats) < len(refs) {
		a.stats = make([]stat, len(refs))
	}
	a.stats = a.stats[:len(refs)]
	for _, i := range a.order {
		in, err := f.inode(refs[i].inode)
		if err != nil {
			a.stats[i] = stat{place: -1, err: err}
			continue
		}
		at, found := f.place(in)
		a.stats[i] = stat{kind: in.kind(), ftype: in.dirKind(), size: in.size, mtime: in.mtime, place: at, found: found}
	}
}

// dirKind is the EXT4_FT_* value for the inode's mode; 0 if there is none.
func (in *inode) dirKind() uint8 {
	for kind := uint8(1); kind < kindMax; kind++ {
		if modeOf(kind) == in.mode&modeMask {
			return kind
		}
	}
	return 0
}

// modeOf is the type in i_mode for an EXT4_FT_* value; 0 if there is none.
func modeOf(kind uint8) uint16 {
	switch kind {
	case 1:
		return modeRegular
	case kindDir:
		return modeDir
	case 3:
		return modeChar
	case 4:
		return modeBlock
	case 5:
		return modeFIFO
	case 6:
		return modeSocket
	case 7:
		return modeSymlink
	}
	return 0
}
