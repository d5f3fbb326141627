package spill

import (
	"context"
	"iter"
)

// Spool keeps records in order of adding. It is for one goroutine at a time.
type Spool struct{ store }

// NewSpool returns an empty spool. Close it. [Options.Compare] is not used.
func NewSpool(o Options) *Spool { return &Spool{store{options: o.withDefaults()}} }

// Records returns all records in order of adding. Each is valid until the next one.
// An error, of the file or the context, is the last that comes. It may be repeated,
// also with records added in between.
func (s *Spool) Records(ctx context.Context) iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		if s.closed {
			yield(nil, ErrClosed)
			return
		}
		for i, r := range s.runs {
			c := &cursor{file: s.file, left: r, index: i}
			if !each(ctx, c.record, yield) {
				return
			}
		}
		each(ctx, s.memory.reader(), yield)
	}
}

// each yields what next gives until there is no more, and reports whether to go on.
func each(ctx context.Context, next func() ([]byte, bool, error), yield func([]byte, error) bool) bool {
	for n := 0; ; n++ {
		if n%1024 == 0 && ctx.Err() != nil {
			yield(nil, ctx.Err())
			return false
		}
		record, ok, err := next()
		switch {
		case err != nil:
			yield(nil, err)
			return false
		case !ok:
			return true
		case !yield(record, nil):
			return false
		}
	}
}
