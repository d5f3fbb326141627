package spill

import (
	"context"
	"iter"
)

// Sorter puts records in order. Equal ones stay in order of adding. It is for one
// goroutine at a time.
type Sorter struct{ store }

// New returns an empty sorter. Close it.
func New(o Options) *Sorter { return &Sorter{store{options: o.withDefaults(), sorting: true}} }

// Sorted returns all records in order. Each is valid until the next one. An error, of
// the file or the context, is the last that comes. It may be repeated, also with
// records added in between.
func (s *Sorter) Sorted(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		next, err := s.ready(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		each(ctx, next, yield)
	}
}

// ready sorts what is in memory, or merges runs until the rest can be read at once.
func (s *Sorter) ready(ctx context.Context) (func() ([]byte, bool, error), error) {
	if s.closed {
		return nil, ErrClosed
	}
	if s.file == nil {
		s.memory.sort(s.options.Compare)
		return s.memory.reader(), nil
	}
	if len(s.memory.records) > 0 {
		if err := s.spill(); err != nil {
			return nil, err
		}
	}
	s.memory = memory{} // the frames of the runs take its place
	for len(s.runs) > s.options.fan() {
		if err := s.shorten(ctx); err != nil {
			return nil, err
		}
	}
	m, err := s.merge(s.runs)
	if err != nil {
		return nil, err
	}
	return m.record, nil
}

// shorten replaces neighboring runs by one each. Their order stays, and so does that
// of equal records.
func (s *Sorter) shorten(ctx context.Context) error {
	fan := s.options.fan()
	for i := 0; i < len(s.runs) && len(s.runs) > fan; i++ {
		group := s.runs[i:min(i+fan, len(s.runs))]
		if len(group) == 1 {
			break
		}
		merged, err := s.join(ctx, group)
		if err != nil {
			return err
		}
		for _, r := range group {
			s.file.release(r)
		}
		s.runs = append(s.runs[:i+1], s.runs[i+len(group):]...)
		s.runs[i] = merged
	}
	return nil
}

func (s *Sorter) join(ctx context.Context, group []run) (run, error) {
	m, err := s.merge(group)
	if err != nil {
		return run{}, err
	}
	w := s.file.write(s.options.frame())
	each(ctx, m.record, func(record []byte, e error) bool {
		if err = e; err == nil {
			err = w.add(record)
		}
		return err == nil
	})
	if err != nil {
		return run{}, err
	}
	return w.end()
}
