package ext4

import (
	"container/list"
	"errors"
	"fmt"
	"io"
	"sync"
)

const (
	chunkSize  = 64 << 10 // the largest block size, so that a block never crosses a chunk
	cacheBytes = 4 << 20
)

// source reads the device. Metadata goes through a least-recently-used cache of
// aligned chunks; what the cache hands out is shared and must not be changed.
type source struct {
	r    io.ReaderAt
	size int64

	mu     sync.Mutex
	chunks map[int64]*list.Element
	recent list.List // of *chunk, most recent first
}

type chunk struct {
	at   int64
	data []byte
}

func newSource(r io.ReaderAt, size int64) *source {
	return &source{r: r, size: size, chunks: map[int64]*list.Element{}}
}

// read fills p from off or fails: the device's end within p is an error, never a
// short result, because a caller would take io.EOF for the end of a file.
func (s *source) read(p []byte, off int64) error {
	n, err := s.r.ReadAt(p, off)
	if n == len(p) {
		return nil
	}
	if err == nil || errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return fmt.Errorf("reading %d bytes at offset %d of the device: %w", len(p), off, err)
}

// view returns n bytes of metadata at off, which must lie within one chunk and
// within the device.
func (s *source) view(off int64, n int) ([]byte, error) {
	at := off &^ (chunkSize - 1)
	if data := s.cached(at); data != nil {
		return data[off-at:][:n:n], nil
	}
	data := make([]byte, min(chunkSize, s.size-at))
	if err := s.read(data, at); err != nil {
		// A bad sector must cost its own block only.
		p := make([]byte, n)
		return p, s.read(p, off)
	}
	s.keep(at, data)
	return data[off-at:][:n:n], nil
}

func (s *source) cached(at int64) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	e, ok := s.chunks[at]
	if !ok {
		return nil
	}
	s.recent.MoveToFront(e)
	return e.Value.(*chunk).data
}

func (s *source) keep(at int64, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, ok := s.chunks[at]; ok {
		return
	}
	s.chunks[at] = s.recent.PushFront(&chunk{at: at, data: data})
	for s.recent.Len() > cacheBytes/chunkSize {
		oldest := s.recent.Back()
		s.recent.Remove(oldest)
		delete(s.chunks, oldest.Value.(*chunk).at)
	}
}
