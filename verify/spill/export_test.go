package spill

import (
	"context"
	"os"
)

// Unlinked makes a file where there is no O_TMPFILE.
var Unlinked = unlinked

// File is the temporary file, nil as long as there is none.
func (s *store) File() *os.File {
	if s.file == nil {
		return nil
	}
	return s.file.File
}

// Use has the records written to another file.
func (s *store) Use(f *os.File) { s.file = &file{File: f, dir: s.options.Dir} }

// Runs is their number.
func (s *store) Runs() int { return len(s.runs) }

// ReadPayload reads the records of a frame that is whole but for what it says.
func ReadPayload(f *os.File, payload []byte) (all [][]byte, err error) {
	own := &file{File: f}
	w := own.write(1)
	w.frame = append(w.frame, payload...)
	r, err := w.end()
	if err != nil {
		return nil, err
	}
	c := &cursor{file: own, left: r}
	each(context.Background(), c.record, func(record []byte, e error) bool {
		all, err = append(all, record), e
		return true
	})
	return all, err
}
