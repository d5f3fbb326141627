package ext4

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// placed is a file of a batch and where its data begin.
type placed struct {
	entry   Entry
	in      *inode // nil where the entry says all
	at, end int64  // at is -1 for what is not to be read from a place
	small   bool   // a window with all between them holds the whole file
}

// ReadFiles calls yield for each of the entries, in the order in which their data lie
// on the device; what has no place comes first. Small files that lie next to each
// other are read together, and the next ones while yield has these: so a drive goes
// one long way instead of many short ones, and does not wait. Batches that come in the
// order of Place go on where the one before ended: where an entry has a Map, its inode
// is not looked at again. An entry that is no regular file, or cannot be opened, comes
// with Err set and without a file. It ends with the first error of yield or ctx, or
// when NeedsRecovery.
//
// A file is to be read before yield returns, by as many goroutines as you like; one
// that is kept reads from the device again. Memory is 2 MiB, about 150 bytes for each
// entry, and as much again for those that are in pieces: give some thousands at a
// time. Several calls may run at the same time.
func (f *FS) ReadFiles(ctx context.Context, entries []Entry, yield func(Entry, *File) error) error {
	if err := f.ready(); err != nil {
		return err
	}
	files, err := f.locate(ctx, entries)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	r := newReadahead(f.src)
	go r.run(ctx, files)
	defer r.wait() // what is read belongs to the caller again
	defer cancel()
	for l := range r.loads {
		for i := range l.files {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := l.files[i].yield(f, l.window, yield); err != nil {
				return err
			}
		}
		r.free <- l.window
	}
	return ctx.Err()
}

func (p *placed) yield(f *FS, w *window, yield func(Entry, *File) error) error {
	if p.entry.Err != nil {
		return yield(p.entry, nil)
	}
	file := &File{fs: f, in: p.in, size: p.entry.Size, at: p.at}
	if p.in != nil {
		file.size = p.in.size
	}
	if p.small {
		file.view = view{w, w.time}
	}
	return yield(p.entry, file)
}

// locate returns the files in the order of their data. Those of which the entry does
// not say all are opened in the order of their inodes, which is that of the tables.
func (f *FS) locate(ctx context.Context, entries []Entry) ([]placed, error) {
	files := make([]placed, len(entries))
	var rest []*placed
	for i, e := range entries {
		p := &files[i]
		p.entry, p.at = e, -1
		switch {
		case e.Err != nil:
		case e.Map == mapWhole && e.Type == Regular:
			p.entry.Err = p.trust(f)
		default:
			rest = append(rest, p)
		}
	}
	slices.SortStableFunc(rest, func(a, b *placed) int { return cmp.Compare(a.entry.Inode, b.entry.Inode) })
	for _, p := range rest {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		p.entry.Err = p.open(f)
	}
	slices.SortStableFunc(files, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	return files, nil
}

// trust takes the place from the entry, which may have been written down and read
// again since the walk.
func (p *placed) trust(f *FS) error {
	e, block := &p.entry, int64(f.sb.blockSize)
	if e.Size == 0 {
		return nil
	}
	if e.Place < 0 || e.Size < 0 || e.Place%block != 0 {
		return fmt.Errorf("%q: no file has %d bytes at %d", e.Path, e.Size, e.Place)
	}
	if err := f.checkBlocks("data block", uint64(e.Place/block), uint64((e.Size-1)/block)+1); err != nil {
		return fmt.Errorf("%q: %w", e.Path, err)
	}
	p.at, p.end = e.Place, e.Place+e.Size
	p.small = e.Size <= smallBytes
	return nil
}

// piecesMost bounds how many pieces of a small file are looked for.
const piecesMost = 32

// open looks at the inode, or at what the entry remembers of it. A file whose data are
// in the inode has no place; nor has one whose data cannot be found, of which reading it
// will tell.
func (p *placed) open(f *FS) error {
	in := p.entry.remember()
	if in == nil {
		var err error
		if in, err = f.fileInode(p.entry); err != nil {
			return fmt.Errorf("%q: %w", p.entry.Path, err)
		}
	}
	p.in = in
	if in.size == 0 || in.flags&flagInlineData != 0 {
		return nil
	}
	p.at, _ = f.place(in)
	p.end = p.at
	p.small = p.at >= 0 && p.near(f)
	return nil
}

// near reports whether all of the file lies in few pieces within a window behind its
// place, and sets its end.
func (p *placed) near(f *FS) bool {
	off := int64(0)
	for range piecesMost {
		s, err := f.stretchAt(p.in, off, min(p.in.size-off, windowBytes))
		if err != nil {
			return false
		}
		if s.kind == runData {
			p.end = max(p.end, s.physical+s.length)
		}
		if off += s.length; off == p.in.size {
			return off <= smallBytes && p.end-p.at <= windowBytes
		}
	}
	return false
}
