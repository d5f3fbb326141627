package restore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"iter"
	"sync"
	"syscall"

	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

// Options say how objects are restored. The zero Options restore one at a time, and
// nothing over anything.
type Options struct {
	Workers   int  // objects at once
	DryRun    bool // nothing is written, and no file is read
	Overwrite bool // what is there gives way
	Unproven  bool // what no checksum proves is restored too
	// Pace is asked before bytes are sent or written; nil: full speed.
	Pace func(ctx context.Context, bytes int) error
	// Result gets what has become of each object, in no order, one at a time; its error
	// ends the run. Nil: nobody is told.
	Result func(Result) error
	// Progress is told of objects that are done, one at a time. Nil: nobody is told.
	Progress func(Summary)
}

// Summary counts what has become of the objects.
type Summary struct {
	Objects  map[Outcome]int64 `json:"objects"`
	Bytes    map[Outcome]int64 `json:"bytes"`
	Proofs   map[Proof]int64   `json:"proofs"`   // of the restored
	Arrivals map[Arrival]int64 `json:"arrivals"` // of the restored
	SameETag int64             `json:"sameETag"` // of the restored: those that have the original's
}

// All counts the objects.
func (s Summary) All() (n int64) {
	for _, count := range s.Objects {
		n += count
	}
	return n
}

// Run restores items to the target. What becomes of a single object is a Result, whatever
// it is; an error says that the run could not go on: the one of items, of Result or ctx,
// or one that every object would meet. A repeat goes on where it ended.
func Run(ctx context.Context, items iter.Seq2[Item, error], t Target, o Options) (Summary, error) {
	r := &run{target: t, options: o, summary: Summary{map[Outcome]int64{}, map[Outcome]int64{}, map[Proof]int64{}, map[Arrival]int64{}, 0}}
	r.buffers.New = func() any {
		b := make([]byte, bufferSize)
		return &b
	}
	group, all := errgroup.WithContext(ctx)
	group.SetLimit(max(o.Workers, 1))
	var broken error
	for i, err := range items {
		if broken = cmp.Or(err, all.Err()); broken != nil {
			break
		}
		group.Go(func() error { return r.one(all, i) })
	}
	if err := group.Wait(); err != nil {
		return r.summary, err
	}
	return r.summary, broken
}

type run struct {
	target  Target
	options Options
	buffers sync.Pool
	mu      sync.Mutex
	summary Summary
}

// one restores an object. Its error ends the run.
func (r *run) one(ctx context.Context, i Item) error {
	result := Result{Bucket: i.Bucket, Key: i.Key, Path: i.Path, Bytes: i.Size}
	err := r.restore(ctx, i, &result)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil && endsAll(err) {
		return fmt.Errorf("restoring %q: %w", i.Key, err)
	}
	if err != nil {
		result.fail(err)
	}
	return r.tell(result, i)
}

func (r *run) tell(result Result, i Item) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := &r.summary
	s.Objects[result.Outcome]++
	s.Bytes[result.Outcome] += result.Bytes
	if result.Outcome == Restored && !r.options.DryRun {
		s.Proofs[result.Proof]++
		s.Arrivals[result.Arrival]++
		if result.ETag != "" && result.ETag == i.ETag {
			s.SameETag++
		}
	}
	if r.options.Progress != nil {
		r.options.Progress(*s)
	}
	if r.options.Result == nil {
		return nil
	}
	return r.options.Result(result)
}

// endsAll reports whether no other object would fare better.
func endsAll(err error) bool {
	if gone, ok := errors.AsType[interface {
		error
		Gone() bool
	}](err); ok && gone.Gone() {
		return true
	}
	switch e, ok := errors.AsType[*providers.Error](err); {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EDQUOT):
		return true
	case !ok:
		return false
	default:
		return e.Kind == providers.Denied || e.Kind == providers.Unreachable || e.Kind == providers.NotFound && !errors.Is(err, s3.ErrGone) && !errors.Is(err, s3.ErrChanged)
	}
}
