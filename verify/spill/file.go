package spill

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"syscall"
)

// Error is trouble with a temporary file.
type Error struct {
	Dir    string
	Remedy string // what a person can do
	Err    error
}

// Error returns one line.
func (e *Error) Error() string { return fmt.Sprintf("temporary file in %q: %v", e.Dir, e.Err) }

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

var errDamaged = errors.New("it does not give the bytes that it was given")

// file is a temporary file without a name, to which runs are appended.
type file struct {
	dir  string
	f    *os.File // nil until the first run
	size int64
}

// run is a stretch of the file: records, each behind its length.
type run struct {
	at, length int64
	crc        uint32
}

func (t *file) failed(err error) error {
	if err == nil {
		return nil
	}
	remedy := "check the disk that holds temporary files, or name another directory with TMPDIR"
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		remedy = "make room there, or name another directory with TMPDIR"
	}
	return &Error{Dir: t.dir, Remedy: remedy, Err: err}
}

func (t *file) open() error {
	if t.f != nil {
		return nil
	}
	if t.dir == "" {
		t.dir = os.TempDir()
	}
	f, err := os.CreateTemp(t.dir, "s3export-spill-*")
	if err != nil {
		return err
	}
	t.f = f
	return os.Remove(f.Name())
}

// writer appends one run.
type writer struct {
	to   *file
	out  *bufio.Writer
	crc  uint32
	head [binary.MaxVarintLen64]byte
	run  run
}

const (
	writeBuffer = 256 << 10
	readMost    = 256 << 10
	readLeast   = 4 << 10
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli) //nolint:gochecknoglobals // a table that is only read

func (t *file) begin() (*writer, error) {
	if err := t.open(); err != nil {
		return nil, t.failed(err)
	}
	w := &writer{to: t, run: run{at: t.size}}
	w.out = bufio.NewWriterSize(io.NewOffsetWriter(t.f, t.size), writeBuffer)
	return w, nil
}

func (w *writer) add(record []byte) error {
	head := w.head[:binary.PutUvarint(w.head[:], uint64(len(record)))]
	for _, part := range [][]byte{head, record} {
		w.crc = crc32.Update(w.crc, castagnoli, part)
		w.run.length += int64(len(part))
		if _, err := w.out.Write(part); err != nil {
			return w.to.failed(err)
		}
	}
	return nil
}

func (w *writer) end() (run, error) {
	if err := w.out.Flush(); err != nil {
		return run{}, w.to.failed(err)
	}
	w.run.crc = w.crc
	w.to.size += w.run.length
	return w.run, nil
}

func (t *file) close() {
	if t.f != nil {
		_ = t.f.Close() // it is gone with that
		t.f = nil
	}
}

// reader reads a run from start to end.
type reader struct {
	of     *file
	run    run
	in     *bufio.Reader
	read   int64
	crc    uint32
	record []byte
	head   [binary.MaxVarintLen64]byte
}

func (t *file) reader(r run, buffer int) *reader {
	return &reader{of: t, run: r, in: bufio.NewReaderSize(io.NewSectionReader(t.f, r.at, r.length), buffer)}
}

// next returns the next record, which is good until it is called again; io.EOF at the
// end of an undamaged run.
func (r *reader) next() ([]byte, error) {
	if r.read == r.run.length {
		if r.crc != r.run.crc {
			return nil, r.of.failed(errDamaged)
		}
		return nil, io.EOF
	}
	length, err := binary.ReadUvarint(r.in)
	if err != nil || length > uint64(r.run.length-r.read) {
		return nil, r.of.failed(errors.Join(errDamaged, err))
	}
	head := r.head[:binary.PutUvarint(r.head[:], length)]
	if uint64(cap(r.record)) < length {
		r.record = make([]byte, length)
	}
	r.record = r.record[:length]
	if _, err := io.ReadFull(r.in, r.record); err != nil {
		return nil, r.of.failed(errors.Join(errDamaged, err))
	}
	r.crc = crc32.Update(crc32.Update(r.crc, castagnoli, head), castagnoli, r.record)
	r.read += int64(len(head)) + int64(length)
	return r.record, nil
}
