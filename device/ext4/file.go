package ext4

import (
	"fmt"
	"io"
)

// File is a regular file. It is safe for concurrent use; there is nothing to close.
type File struct {
	fs   *FS
	in   *inode // nil for one that is whole, of ReadFiles
	size int64
	at   int64 // of one that is whole
	view view  // of a small one, of ReadFiles
}

// OpenFile opens a regular file that Walk or Lookup returned; the inode is what
// counts, the path is used in errors. Encrypted, compressed and verity files are
// refused.
func (f *FS) OpenFile(e Entry) (*File, error) {
	in, err := f.fileInode(e)
	if err != nil {
		return nil, fmt.Errorf("%q: %w", e.Path, err)
	}
	return &File{fs: f, in: in, size: in.size}, nil
}

func (f *FS) fileInode(e Entry) (*inode, error) {
	in, err := f.entryInode(e)
	if err != nil {
		return nil, err
	}
	if in.kind() != Regular {
		return nil, fmt.Errorf("inode %d is not a regular file but %s", in.number, in.kind())
	}
	if err := in.readable(); err != nil {
		return nil, err
	}
	if in.flags&flagInlineData != 0 {
		_, _, err = in.inlineParts()
	}
	return in, err
}

func (f *FS) entryInode(e Entry) (*inode, error) {
	if err := f.ready(); err != nil {
		return nil, err
	}
	if e.Inode > uint64(f.sb.inodes) {
		return nil, corrupt("inode", e.Inode, "not a number of a file (last %d)", f.sb.inodes)
	}
	return f.inode(uint32(e.Inode))
}

// Size is the file's length in bytes.
func (f *File) Size() int64 { return f.size }

// ReadAt is io.ReaderAt. What was never written (holes, preallocated blocks) reads
// as zeros; blocks behind the end of the file are not shown. What lies contiguous
// on the device is read at once, straight into p. An error other than io.EOF says
// that bytes from the returned count on could not be read.
func (f *File) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 {
		return 0, fmt.Errorf("negative offset %d", off)
	}
	if off >= f.size {
		return 0, io.EOF
	}
	var end error
	if rest := f.size - off; int64(len(p)) > rest {
		p, end = p[:rest], io.EOF
	}
	n, err := f.readMapped(p, off)
	if err != nil {
		return n, fmt.Errorf("byte %d: %w", off+int64(n), err)
	}
	return n, end
}

// readMapped fills p, which lies within the file, and returns how much it filled.
func (f *File) readMapped(p []byte, off int64) (int, error) {
	if f.in == nil {
		return f.read(p, f.at+off)
	}
	if f.in.flags&flagInlineData != 0 {
		if err := f.in.readInline(p, off); err != nil {
			return 0, err
		}
		return len(p), nil
	}
	done := 0
	for done < len(p) {
		s, err := f.fs.stretchAt(f.in, off+int64(done), int64(len(p)-done))
		if err != nil {
			return done, err
		}
		part := p[done:][:s.length]
		if s.kind != runData {
			clear(part)
			done += len(part)
			continue
		}
		n, err := f.read(part, s.physical)
		done += n
		if err != nil {
			return done, err
		}
	}
	return done, nil
}

// read fills p from the device.
func (f *File) read(p []byte, off int64) (int, error) {
	if f.view.copy(p, off) {
		return len(p), nil
	}
	return f.fs.src.read(p, off)
}

// stretch is a run in bytes.
type stretch struct {
	kind     runKind
	physical int64
	length   int64 // at least 1
}

// stretchAt says how up to most bytes from off on are mapped, with adjacent runs
// put together.
func (f *FS) stretchAt(in *inode, off, most int64) (stretch, error) {
	size := int64(f.sb.blockSize)
	var s stretch
	for s.length < most {
		at := off + s.length
		r, err := f.runAt(in, uint64(at/size))
		if err != nil && s.length > 0 {
			break // told when it is its turn
		}
		if err != nil {
			return stretch{}, err
		}
		skip := at % size
		physical := int64(r.physical)*size + skip
		if s.length == 0 {
			s.kind, s.physical = r.kind, physical
		} else if s.kind != r.kind || s.kind != runHole && physical != s.physical+s.length {
			break
		}
		s.length += min(int64(r.blocks)*size-skip, most-s.length)
	}
	return s, nil
}
