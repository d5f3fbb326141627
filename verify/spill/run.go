package spill

import (
	"encoding/binary"
	"hash/crc32"
)

const header = 8

// run is a stretch of the file, in frames.
type run struct{ start, end int64 }

// writer appends a run.
type writer struct {
	file  *file
	start int64
	most  int    // payload of a frame, but for a longer record
	frame []byte // under way, with room for its header
}

func (f *file) write(frame int) *writer {
	return &writer{file: f, start: f.size, most: frame, frame: make([]byte, header, header+frame)}
}

func (w *writer) add(record []byte) error {
	w.frame = binary.AppendUvarint(w.frame, uint64(len(record)))
	w.frame = append(w.frame, record...)
	if len(w.frame)-header < w.most {
		return nil
	}
	return w.flush()
}

func (w *writer) flush() error {
	if len(w.frame) == header {
		return nil
	}
	binary.LittleEndian.PutUint32(w.frame, uint32(len(w.frame)-header))
	binary.LittleEndian.PutUint32(w.frame[4:], check(w.file.size, w.frame))
	err := w.file.append(w.frame)
	w.frame = w.frame[:header]
	return err
}

func (w *writer) end() (run, error) {
	err := w.flush()
	return run{start: w.start, end: w.file.size}, err
}

// check is the checksum of a frame that lies at an offset.
func check(at int64, frame []byte) uint32 {
	table := crc32.MakeTable(crc32.Castagnoli)
	var place [8]byte
	binary.LittleEndian.PutUint64(place[:], uint64(at))
	sum := crc32.Update(0, table, place[:])
	sum = crc32.Update(sum, table, frame[:4])
	return crc32.Update(sum, table, frame[header:])
}

// cursor reads a run.
type cursor struct {
	file    *file
	left    run
	index   int // of the run, in order of adding
	frame   []byte
	rest    []byte // of the payload
	current []byte // the record; valid until next
}

// next moves to the next record and reports whether there is one.
func (c *cursor) next() (bool, error) {
	if len(c.rest) == 0 {
		if c.left.start == c.left.end {
			return false, nil
		}
		if err := c.load(); err != nil {
			return false, err
		}
	}
	size, n := binary.Uvarint(c.rest)
	if n <= 0 || size > uint64(len(c.rest)-n) {
		return false, fault(c.file.dir, ErrDamaged)
	}
	c.current = c.rest[n : n+int(size) : n+int(size)]
	c.rest = c.rest[n+int(size):]
	return true, nil
}

func (c *cursor) load() error {
	var head [header]byte
	if err := c.file.read(head[:], c.left.start); err != nil {
		return err
	}
	size := int64(binary.LittleEndian.Uint32(head[:])) + header
	if size == header || size > c.left.end-c.left.start {
		return fault(c.file.dir, ErrDamaged)
	}
	if int64(cap(c.frame)) < size {
		c.frame = make([]byte, size)
	}
	c.frame = c.frame[:size]
	if err := c.file.read(c.frame, c.left.start); err != nil {
		return err
	}
	if check(c.left.start, c.frame) != binary.LittleEndian.Uint32(c.frame[4:]) {
		return fault(c.file.dir, ErrDamaged)
	}
	c.rest = c.frame[header:]
	c.left.start += size
	return nil
}

func (c *cursor) record() ([]byte, bool, error) {
	ok, err := c.next()
	return c.current, ok, err
}
