package capacity

import (
	"errors"
	"io"
)

// drive is a disk in memory that tells size bytes, and may lie. It keeps whole sectors.
type drive struct {
	size    int64
	fill    byte // of what was never written
	sectors map[int64][]byte
	// where a sector really lies; -1: nowhere. Nil: where it should.
	where  func(at int64) int64
	lost   func(write int64) bool // which sectors are not written, counted from 0; nil: none
	failAt func(at int64) error   // reading and writing there; nil: never
	writes int64
	stop   int64 // the power is cut after this many sectors; 0: never
	flushes
}

// flushes counts what was written and not yet flushed.
type flushes struct {
	dirty bool
	stale int // reads of what may still be in a cache
}

var errCut = errors.New("the power was cut")

func newDrive(size int64) *drive { return &drive{size: size, sectors: map[int64][]byte{}} }

func (d *drive) real(at int64) int64 {
	if d.where == nil {
		return at
	}
	return d.where(at)
}

// ReadAt implements io.ReaderAt.
func (d *drive) ReadAt(b []byte, off int64) (int, error) {
	if d.dirty {
		d.stale++
	}
	for i := 0; i < len(b); i += SectorBytes {
		at := off + int64(i)
		if at >= d.size {
			return i, io.EOF
		}
		if d.failAt != nil && d.failAt(at) != nil {
			return i, d.failAt(at)
		}
		sector := b[i:min(i+SectorBytes, len(b))]
		for j := range sector {
			sector[j] = d.fill
		}
		copy(sector, d.sectors[d.real(at)])
	}
	return len(b), nil
}

// WriteAt implements io.WriterAt.
func (d *drive) WriteAt(b []byte, off int64) (int, error) {
	d.dirty = true
	for i := 0; i < len(b); i += SectorBytes {
		at := off + int64(i)
		if d.failAt != nil && d.failAt(at) != nil {
			return i, d.failAt(at)
		}
		if d.stop > 0 && d.writes >= d.stop {
			return i, errCut
		}
		d.writes++
		if to := d.real(at); to >= 0 && (d.lost == nil || !d.lost(d.writes-1)) {
			d.sectors[to] = append([]byte(nil), b[i:i+SectorBytes]...)
		}
	}
	return len(b), nil
}

// Flush implements Medium.
func (d *drive) Flush() error {
	d.dirty = false
	return nil
}

// blank reports whether all that was ever written is the fill again.
func (d *drive) blank() bool {
	for _, s := range d.sectors {
		if !uniform(s, d.fill) {
			return false
		}
	}
	return true
}

// nobodys reports whether nothing is on the drive but remains and blankness.
func (d *drive) nobodys() bool {
	for _, s := range d.sectors {
		if Inspect(s).Other >= 0 {
			return false
		}
	}
	return true
}
