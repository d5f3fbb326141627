package ext4

import (
	"container/list"
	"errors"
	"sync"
)

const (
	chunkBytes = 16 << 10 // at least a block, which then never crosses a chunk
	cacheBytes = 4 << 20
	pageSize   = 4096 // what a drive, or the kernel above it, reads as a whole or not at all
)

// cache keeps aligned chunks of metadata; the least recently used are read over. What
// could not be read is kept too: a drive may try a bad sector for many seconds each time.
type cache struct {
	src   source
	chunk int64 // size of all chunks

	mu     sync.Mutex
	chunks map[int64]*list.Element
	recent list.List // of *chunk, most recent first
}

type chunk struct {
	at   int64
	data []byte
	bad  []*ReadError // parts of it, in order
}

func newCache(src source, blockSize int) *cache {
	return &cache{src: src, chunk: max(chunkBytes, int64(blockSize)), chunks: map[int64]*list.Element{}}
}

// read fills p with metadata from off on, which must lie within one chunk. It copies,
// so that the memory of a chunk can be used again: a walk passes thousands of them.
func (c *cache) read(p []byte, off int64) error {
	at := off &^ (c.chunk - 1)
	c.mu.Lock()
	defer c.mu.Unlock()
	ch := c.cached(at)
	if ch == nil {
		ch = c.take()
		c.mu.Unlock()
		c.load(ch, at)
		c.mu.Lock()
		c.keep(ch)
	}
	for _, bad := range ch.bad {
		if bad.Offset < off+int64(len(p)) && off < bad.Offset+bad.Length {
			return bad
		}
	}
	copy(p, ch.data[off-at:])
	return nil
}

// load reads a chunk; a bad sector costs no more than its page.
func (c *cache) load(ch *chunk, at int64) {
	ch.at, ch.bad = at, nil
	for n := 0; n < len(ch.data); {
		_, err := c.src.read(ch.data[n:], at+int64(n))
		bad, ok := errors.AsType[*ReadError](err)
		if !ok {
			return
		}
		end := (bad.Offset + bad.Length + pageSize - 1) &^ (pageSize - 1)
		n = int(end - at)
		ch.bad = append(ch.bad, &ReadError{Offset: bad.Offset, Length: end - bad.Offset, Err: bad.Err})
	}
}

func (c *cache) cached(at int64) *chunk {
	e, ok := c.chunks[at]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*chunk)
}

// take returns a chunk that nobody else has.
func (c *cache) take() *chunk {
	if int64(c.recent.Len()) < cacheBytes/c.chunk {
		return &chunk{data: make([]byte, c.chunk)}
	}
	oldest := c.recent.Remove(c.recent.Back()).(*chunk)
	delete(c.chunks, oldest.at)
	return oldest
}

// keep adds a chunk, unless another reader was faster.
func (c *cache) keep(ch *chunk) {
	if _, ok := c.chunks[ch.at]; ok {
		return
	}
	for int64(c.recent.Len()) >= cacheBytes/c.chunk {
		c.take()
	}
	c.chunks[ch.at] = c.recent.PushFront(ch)
}
