package ext4

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

const (
	windowBytes = 1 << 20         // of one read for several files
	windowGap   = 64 << 10        // what lies between two of them is rather read than skipped
	smallBytes  = windowBytes / 4 // a larger file is read by itself
)

// window is a part of the device that was read for several files at once.
type window struct {
	at   int64
	data []byte
}

// covers returns the n bytes at off, or nil. There may be no window.
func (w *window) covers(off int64, n int) []byte {
	if w == nil || off < w.at || off+int64(n) > w.at+int64(len(w.data)) {
		return nil
	}
	return w.data[off-w.at:][:n]
}

// placed is a file of a batch and where its first stretch of data lies.
type placed struct {
	entry   Entry
	in      *inode
	at, end int64
	small   bool // the stretch is the whole file
}

// ReadFiles calls yield for each of the entries, in the order in which their data
// lies on the device. Small files that lie next to each other are read together, up
// to 1 MiB at once, so that they cost a drive one long way instead of many short ones.
// An entry that is no regular file, or cannot be opened, comes with Err set and
// without a file. It ends with the first error of yield or ctx, or when NeedsRecovery.
//
// The file is to be read before yield returns, by as many goroutines as you like; one
// that is kept reads from the device again. Memory is 1 MiB, and about 300 bytes for
// each entry: give some thousands at a time, in the order of a walk. Several calls
// may run at the same time.
func (f *FS) ReadFiles(ctx context.Context, entries []Entry, yield func(Entry, *File) error) error {
	if err := f.ready(); err != nil {
		return err
	}
	files, err := f.place(ctx, entries)
	if err != nil {
		return err
	}
	var w window
	for len(files) > 0 {
		n := together(files)
		w.read(f.src, files[:n])
		for _, p := range files[:n] {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := p.yield(f, &w, yield); err != nil {
				return err
			}
		}
		files = files[n:]
	}
	return nil
}

func (p *placed) yield(f *FS, w *window, yield func(Entry, *File) error) error {
	if p.entry.Err != nil {
		return yield(p.entry, nil)
	}
	file := &File{fs: f, in: p.in, window: w}
	defer func() { file.window = nil }()
	return yield(p.entry, file)
}

// place opens the files in the order of their inodes, which is that of the inode
// tables, and returns them in the order of their data.
func (f *FS) place(ctx context.Context, entries []Entry) ([]placed, error) {
	files := make([]placed, len(entries))
	for i, e := range entries {
		files[i].entry = e
	}
	slices.SortStableFunc(files, func(a, b placed) int { return cmp.Compare(a.entry.Inode, b.entry.Inode) })
	for i := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if p := &files[i]; p.entry.Err == nil {
			p.entry.Err = p.locate(f)
		}
	}
	slices.SortStableFunc(files, func(a, b placed) int { return cmp.Compare(a.at, b.at) })
	return files, nil
}

// locate opens the file. One whose data begins with a hole, or is in the inode, has
// no place; nor has one whose data cannot be found, of which reading it will tell.
func (p *placed) locate(f *FS) error {
	in, err := f.fileInode(p.entry)
	if err != nil {
		return fmt.Errorf("%q: %w", p.entry.Path, err)
	}
	p.in = in
	if in.size == 0 || in.flags&flagInlineData != 0 {
		return nil
	}
	if s, err := f.stretchAt(in, 0, min(in.size, windowBytes)); err == nil && s.kind == runData {
		p.at, p.end = s.physical, s.physical+s.length
		p.small = s.length == in.size && in.size <= smallBytes
	}
	return nil
}

// together is how many of the first files one read takes.
func together(files []placed) int {
	n, end := 1, files[0].end
	for files[0].small && n < len(files) {
		next := &files[n]
		if !next.small || next.at-end > windowGap || next.end-files[0].at > windowBytes {
			break
		}
		end = max(end, next.end)
		n++
	}
	return n
}

// read fills the window with what lies between the beginning of the first file and
// the end of the last. Where that fails it is empty, and each file reads by itself.
func (w *window) read(src source, files []placed) {
	w.at, w.data = files[0].at, w.data[:0]
	end := w.at
	for _, p := range files {
		end = max(end, p.end)
	}
	if len(files) == 1 || end > src.size {
		return
	}
	if w.data == nil {
		w.data = make([]byte, 0, windowBytes)
	}
	if _, err := src.readOnce(w.data[:end-w.at], w.at); err == nil {
		w.data = w.data[:end-w.at]
	}
}
