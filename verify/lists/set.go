package lists

import (
	"io"

	"github.com/cargomedia/s3export/verify"
)

// Set are the lists of one run. A nil writer is a list that nobody wants. A run over a
// sample lists only what was compared: what has the right size and was not drawn has no
// result.
type Set struct {
	// Combined takes every result as a mark, a space and a path; see Mark.
	Combined io.Writer
	// These take the paths with the mark, one a line.
	Match           io.Writer
	Differ          io.Writer
	MissingOnDevice io.Writer
	MissingOnS3     io.Writer
	Error           io.Writer
	Unverifiable    io.Writer
	// SHA256SUMS takes the files whose content was read, for `sha256sum -c` in the root
	// of the drive. The run must have computed them (verify.Runtime.SHA256).
	SHA256SUMS io.Writer
}

// Finding implements verify.Sink. Errors are those of the writers.
func (s *Set) Finding(f verify.Finding) error {
	mark := MarkOf(f.Outcome)
	line := append([]byte{byte(mark), ' '}, Path(f.Path)...)
	line = append(line, '\n')
	if err := put(s.Combined, line); err != nil {
		return err
	}
	if err := put(s.of(mark), line[2:]); err != nil {
		return err
	}
	if f.SHA256 == "" {
		return nil
	}
	return put(s.SHA256SUMS, []byte(Sum(f.SHA256, f.Path)))
}

func (s *Set) of(m Mark) io.Writer {
	switch m {
	case Same:
		return s.Match
	case OnlySource:
		return s.MissingOnDevice
	case OnlyDevice:
		return s.MissingOnS3
	case Different:
		return s.Differ
	case Failed:
		return s.Error
	case Undecided:
		return s.Unverifiable
	}
	return nil
}

func put(w io.Writer, line []byte) error {
	if w == nil {
		return nil
	}
	_, err := w.Write(line)
	return err
}

// Any reports whether somebody wants a list.
func (s *Set) Any() bool {
	for _, w := range []io.Writer{s.Combined, s.Match, s.Differ, s.MissingOnDevice, s.MissingOnS3, s.Error, s.Unverifiable, s.SHA256SUMS} {
		if w != nil {
			return true
		}
	}
	return false
}
