package pull

import (
	"encoding/binary"
	"errors"
	"hash/crc32"
	"io"
	"os"
	"sync"
)

// mostChunks bounds the memory for one file to 2 MiB.
const mostChunks = 1 << 18

// there marks a chunk in the map; below it lies its CRC32C.
const there = 1 << 32

// chunks knows which pieces of a large file have come. The map beside the file on the
// drive holds eight bytes for each chunk, little-endian: 0, or "there" and the CRC32C of
// what was written. After a power cut the file can be behind its map, so a chunk is
// believed when the CRC of what is read fits. It is safe for concurrent use.
type chunks struct {
	file *os.File
	size int64 // of the content
	each int64 // bytes a chunk

	mu     sync.Mutex
	marks  []uint64
	marked chan struct{} // holds one when something was marked
}

// chunkOf returns how long the chunks of a content are: a step, or for the largest
// objects more, so that there are not too many.
func chunkOf(size int64) int64 {
	each := int64(step)
	for (size+each-1)/each > mostChunks {
		each *= 2
	}
	return each
}

// newChunks reads what an earlier copy has marked.
func newChunks(file *os.File, size int64) (*chunks, error) {
	each := chunkOf(size)
	c := &chunks{file: file, size: size, each: each, marks: make([]uint64, (size+each-1)/each), marked: make(chan struct{}, 1)}
	raw := make([]byte, 8*len(c.marks))
	n, err := io.ReadFull(file, raw)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, err
	}
	for i := range n / 8 {
		c.marks[i] = binary.LittleEndian.Uint64(raw[8*i:])
	}
	return c, nil
}

// span returns the bytes of a chunk.
func (c *chunks) span(i int) (from, to int64) {
	from = int64(i) * c.each
	return from, min(from+c.each, c.size)
}

// behind returns the first chunk that begins at or behind a place.
func (c *chunks) behind(place int64) int { return int((place + c.each - 1) / c.each) }

// mark records a chunk that was written.
func (c *chunks) mark(i int, crc uint32) error {
	c.mu.Lock()
	c.marks[i] = there | uint64(crc)
	c.mu.Unlock()
	select {
	case c.marked <- struct{}{}:
	default:
	}
	return c.store(i, there|uint64(crc))
}

// unmark forgets a chunk whose bytes are not what was written.
func (c *chunks) unmark(i int) error {
	c.mu.Lock()
	c.marks[i] = 0
	c.mu.Unlock()
	return c.store(i, 0)
}

func (c *chunks) store(i int, mark uint64) error {
	var raw [8]byte
	binary.LittleEndian.PutUint64(raw[:], mark)
	_, err := c.file.WriteAt(raw[:], int64(i)*8)
	return err
}

func (c *chunks) crc(i int) (crc uint32, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return uint32(c.marks[i]), c.marks[i]&there != 0
}

// missing returns the run of chunks without a mark at or behind chunk i, as bytes, at
// most so many; from is the size when there is none.
func (c *chunks) missing(i int, most int64) (from, to int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for ; i < len(c.marks) && c.marks[i]&there != 0; i++ {
	}
	from = min(int64(i)*c.each, c.size)
	for to = from; to < min(from+most, c.size) && c.marks[to/c.each]&there == 0; {
		to = min(to+c.each, c.size)
	}
	return from, to
}

// held returns how many bytes are marked.
func (c *chunks) held() int64 {
	var n int64
	for i, mark := range c.marks {
		if from, to := c.span(i); mark&there != 0 {
			n += to - from
		}
	}
	return n
}

func castagnoli() *crc32.Table { return crc32.MakeTable(crc32.Castagnoli) }
