package spill

import (
	"errors"
	"io"
	"iter"
)

// Spool keeps records in the order in which they are added. It is not safe for
// concurrent use. Close it after use.
type Spool struct {
	held arena
	file file
	runs []run
}

// NewSpool returns an empty Spool. Options.Compare is not used.
func NewSpool(o Options) *Spool {
	s := &Spool{held: arena{bound: o.Memory}, file: file{dir: o.Dir}}
	if s.held.bound <= 0 {
		s.held.bound = memoryDefault
	}
	return s
}

// Add copies a record. Its errors are *Error.
func (s *Spool) Add(record []byte) error {
	if s.held.full(len(record)) {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.held.add(record)
	return nil
}

func (s *Spool) spill() error {
	w, err := s.file.begin()
	if err != nil {
		return err
	}
	for i := range s.held.len() {
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
	return nil
}

// All yields all records, and at most one error, last. A record is good until the next
// one. It may be called again, but for Add meanwhile.
func (s *Spool) All() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		for _, r := range s.runs {
			in := s.file.reader(r, readMost)
			for {
				record, err := in.next()
				if errors.Is(err, io.EOF) {
					break
				}
				if !yield(record, err) || err != nil {
					return
				}
			}
		}
		for i := range s.held.len() {
			if !yield(s.held.at(i), nil) {
				return
			}
		}
	}
}

// Close removes what there is in files. It may be repeated.
func (s *Spool) Close() {
	s.file.close()
	s.held, s.runs = arena{bound: s.held.bound}, nil
}
