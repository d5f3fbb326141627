package spill

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"slices"
)

// Options configure a Sorter or a Spool. The zero Options do.
type Options struct {
	// Dir is where the temporary file is made. Empty: os.TempDir.
	Dir string
	// Memory is how many bytes of records are held before they are written to the file.
	// Zero: 16 MiB.
	Memory int
	// Compare orders the records of a Sorter. Nil: bytes.Compare.
	Compare func(a, b []byte) int
}

const memoryDefault = 16 << 20

// Sorter sorts records. Equal ones keep the order in which they were added. It is not
// safe for concurrent use. Close it after use.
type Sorter struct {
	compare func(a, b []byte) int
	held    arena
	order   []int // of held, once sorted
	file    file
	runs    []run
}

// New returns an empty Sorter.
func New(o Options) *Sorter {
	s := &Sorter{compare: o.Compare, held: arena{bound: o.Memory}, file: file{dir: o.Dir}}
	if s.compare == nil {
		s.compare = bytes.Compare
	}
	if s.held.bound <= 0 {
		s.held.bound = memoryDefault
	}
	return s
}

// Add copies a record. Its errors are *Error.
func (s *Sorter) Add(record []byte) error {
	if s.held.full(len(record)) {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.order = s.order[:0]
	s.held.add(record)
	return nil
}

// Spilled returns the size of the temporary file in bytes.
func (s *Sorter) Spilled() int64 { return s.file.size }

// Close removes what there is in files. It may be repeated.
func (s *Sorter) Close() {
	s.file.close()
	s.held, s.order, s.runs = arena{bound: s.held.bound}, nil, nil
}

func (s *Sorter) sortHeld() {
	if len(s.order) == s.held.len() {
		return
	}
	s.order = s.order[:0]
	for i := range s.held.len() {
		s.order = append(s.order, i)
	}
	slices.SortFunc(s.order, func(a, b int) int {
		if c := s.compare(s.held.at(a), s.held.at(b)); c != 0 {
			return c
		}
		return a - b
	})
}

func (s *Sorter) spill() error {
	s.sortHeld()
	w, err := s.file.begin()
	if err != nil {
		return err
	}
	for _, i := range s.order {
		if err := w.add(s.held.at(i)); err != nil {
			return err
		}
	}
	r, err := w.end()
	if err != nil {
		return err
	}
	s.runs = append(s.runs, r)
	s.held.reset()
	s.order = s.order[:0]
	return nil
}

// Sorted yields all records in order, and at most one error, last. A record is good
// until the next one. It may be called again, but for Add meanwhile. Its errors are
// *Error, or that of ctx.
func (s *Sorter) Sorted(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		s.sortHeld()
		m := merge{compare: s.compare}
		buffer := min(readMost, max(readLeast, s.held.bound/(len(s.runs)+1)))
		for i, r := range s.runs {
			m.sources = append(m.sources, &source{run: s.file.reader(r, buffer), rank: i})
		}
		m.sources = append(m.sources, &source{held: &s.held, order: s.order, rank: len(s.runs)})
		if err := m.begin(); err != nil {
			yield(nil, err)
			return
		}
		for n := 0; ; n++ {
			if n%checkEvery == 0 && ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			record, err := m.next()
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(record, err) || err != nil {
				return
			}
		}
	}
}

// checkEvery is after how many records the context is looked at.
const checkEvery = 256
