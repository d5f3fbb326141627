package spill

import "fmt"

// store is memory, and the runs that it became.
type store struct {
	options Options
	memory  memory
	file    *file // nil as long as memory suffices
	runs    []run // in order of adding
	closed  bool
	sorting bool
}

// Add keeps a copy of a record, which may have up to 1 GiB. It must not be called
// from inside of an iteration. After an error of the file nothing is complete any
// more.
func (s *store) Add(record []byte) error {
	if s.closed {
		return ErrClosed
	}
	if len(record) > longest {
		return fmt.Errorf("a record of %d bytes is longer than 1 GiB", len(record))
	}
	if s.memory.used > 0 && s.memory.used+len(record)+overhead > s.options.Memory {
		if err := s.spill(); err != nil {
			return err
		}
	}
	s.memory.add(record)
	return nil
}

// spill makes a run of what is in memory.
func (s *store) spill() error {
	if s.sorting {
		s.memory.sort(s.options.Compare)
	}
	if s.file == nil {
		f, err := create(s.options.Dir)
		if err != nil {
			return err
		}
		s.file = f
	}
	w := s.file.write(s.options.frame())
	for _, record := range s.memory.records {
		if err := w.add(record.bytes); err != nil {
			return err
		}
	}
	r, err := w.end()
	if err != nil {
		return err
	}
	s.runs = append(s.runs, r)
	s.memory.clear()
	return nil
}

// Spilled is how many bytes were written to the temporary file, 0 as long as memory
// sufficed. The file takes no more room than that: some 8 bytes in 64 KiB and 1 to 3
// a record more than the records, and in a [Sorter] of several hundred runs as much
// again.
func (s *store) Spilled() int64 {
	if s.file == nil {
		return 0
	}
	return s.file.size
}

// Close removes everything. It may be repeated.
func (s *store) Close() error {
	s.closed, s.memory, s.runs = true, memory{}, nil
	if s.file == nil {
		return nil
	}
	f := s.file
	s.file = nil
	return f.Close()
}
