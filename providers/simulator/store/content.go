package store

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"sort"
	"sync"
	"time"
)

// content is the immutable bytes of an object.
type content interface {
	open() (io.ReadSeekCloser, error)
}

// memory is content in chunks. Contents that are parts of a larger one are
// shared, not copied.
type memory struct {
	chunks [][]byte
	ends   []int64 // offset after each chunk
}

const (
	smallChunk = 64 << 10
	largeChunk = 4 << 20
)

// readMemory reads r to its end. The hint spares small contents the growing; it is
// not trusted beyond one chunk.
func readMemory(r io.Reader, hint int64) (*memory, error) {
	m := &memory{}
	size := min(max(hint, 512), largeChunk)
	for {
		chunk := make([]byte, size)
		n, ended, err := fill(r, chunk)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			m.add(shrunk(chunk[:n]))
		}
		if ended {
			return m, nil
		}
		size = min(max(2*size, smallChunk), largeChunk)
		if hint > 0 && m.size() == hint {
			size = 512 // only the end is expected
		}
	}
}

// fill reads until b is full or the reader ends. Unlike io.ReadFull it keeps the
// reader's own error, so that a body which broke off is not taken for one that
// ended.
func fill(r io.Reader, b []byte) (n int, ended bool, err error) {
	for n < len(b) {
		m, err := r.Read(b[n:])
		n += m
		if err == io.EOF {
			return n, true, nil
		}
		if err != nil {
			return n, false, fmt.Errorf("reading a body: %w", err)
		}
	}
	return n, false, nil
}

func shrunk(b []byte) []byte {
	if cap(b)-len(b) > len(b)/8 {
		return slices.Clone(b)
	}
	return b
}

func (m *memory) add(chunk []byte) {
	m.chunks = append(m.chunks, chunk)
	m.ends = append(m.ends, m.size()+int64(len(chunk)))
}

func (m *memory) size() int64 {
	if len(m.ends) == 0 {
		return 0
	}
	return m.ends[len(m.ends)-1]
}

func joined(parts []*memory) *memory {
	all := &memory{}
	for _, p := range parts {
		for _, chunk := range p.chunks {
			all.add(chunk)
		}
	}
	return all
}

// ReadAt implements io.ReaderAt.
func (m *memory) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	at := sort.Search(len(m.ends), func(i int) bool { return m.ends[i] > off })
	for ; at < len(m.chunks) && n < len(p); at++ {
		start := m.ends[at] - int64(len(m.chunks[at]))
		n += copy(p[n:], m.chunks[at][off+int64(n)-start:])
	}
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

func (m *memory) open() (io.ReadSeekCloser, error) {
	return nopCloser{io.NewSectionReader(m, 0, m.size())}, nil
}

type nopCloser struct{ io.ReadSeeker }

func (nopCloser) Close() error { return nil }

// file is content that stays in a seed folder. Its ETag is taken when it is first
// wanted, and once.
type file struct {
	path     string
	size     int64
	modified time.Time

	once sync.Once
	md5  string
	err  error
}

func newFile(path string, info fs.FileInfo) *file {
	return &file{path: path, size: info.Size(), modified: info.ModTime()}
}

func (f *file) open() (io.ReadSeekCloser, error) {
	h, err := os.Open(f.path)
	if err != nil {
		return nil, fmt.Errorf("opening a seed file: %w", err)
	}
	info, err := h.Stat()
	if err == nil && (info.Size() != f.size || !info.ModTime().Equal(f.modified)) {
		err = fmt.Errorf("%q: %w", f.path, ErrSeedChanged)
	}
	if err != nil {
		return nil, errors.Join(err, h.Close())
	}
	return h, nil
}

func (f *file) hash() (string, error) {
	f.once.Do(func() {
		r, err := f.open()
		if err != nil {
			f.err = err
			return
		}
		f.md5, f.err = hexMD5(r)
		f.err = errors.Join(f.err, r.Close())
	})
	return f.md5, f.err
}
