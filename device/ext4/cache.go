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

// cache keeps aligned chunks of metadata, the least recently used go first. What it
// hands out is shared and must not be changed. What could not be read is kept too:
// a drive may try a bad sector for many seconds each time.
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

// view returns n bytes of metadata at off, which must lie within one chunk.
func (c *cache) view(off int64, n int) ([]byte, error) {
	at := off &^ (c.chunk - 1)
	ch := c.cached(at)
	if ch == nil {
		ch = c.load(at)
		c.keep(ch)
	}
	for _, bad := range ch.bad {
		if bad.Offset < off+int64(n) && off < bad.Offset+bad.Length {
			return nil, bad
		}
	}
	return ch.data[off-at:][:n:n], nil
}

// load reads a chunk; a bad sector costs no more than its page.
func (c *cache) load(at int64) *chunk {
	ch := &chunk{at: at, data: make([]byte, c.chunk)}
	for n := 0; n < len(ch.data); {
		got, err := c.src.read(ch.data[n:], at+int64(n))
		n += got
		bad, ok := errors.AsType[*ReadError](err)
		if !ok {
			break
		}
		end := (bad.Offset + bad.Length + pageSize - 1) &^ (pageSize - 1)
		n = int(end - at)
		ch.bad = append(ch.bad, &ReadError{Offset: bad.Offset, Length: end - bad.Offset, Err: bad.Err})
	}
	return ch
}

func (c *cache) cached(at int64) *chunk {
	c.mu.Lock()
	defer c.mu.Unlock()
	e, ok := c.chunks[at]
	if !ok {
		return nil
	}
	c.recent.MoveToFront(e)
	return e.Value.(*chunk)
}

func (c *cache) keep(ch *chunk) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := c.chunks[ch.at]; ok {
		return
	}
	c.chunks[ch.at] = c.recent.PushFront(ch)
	for int64(c.recent.Len()) > cacheBytes/c.chunk {
		oldest := c.recent.Back()
		c.recent.Remove(oldest)
		delete(c.chunks, oldest.Value.(*chunk).at)
	}
}
