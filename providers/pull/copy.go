package pull

import (
	"context"
	"errors"
	"iter"
	"os"

	"golang.org/x/sync/errgroup"
	"golang.org/x/sync/semaphore"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/verify/digest"
)

const (
	// memory is what small objects may hold in bytes until they are written.
	memory = 32 << 20
	// ahead is how many objects are fetched or looked at before their turn to be written,
	// and window how many are written before all in front of them are complete.
	ahead  = 256
	window = 1024
)

// copying is one call of Copy.
type copying struct {
	o       Options
	drive   *drive
	journal *journal
	gate    *gate
	count   *counter
	memory  *semaphore.Weighted
	files   *semaphore.Weighted // large ones that are open
	lanes   *digest.Lanes       // of the MD5s of large ones

	jobs    chan func(buf []byte) // small objects and looks, in order
	ranges  chan func(buf []byte) // of large objects: they come first
	placing chan *task            // in order, to the writer
	keeping chan *task            // in order, to the keeper
}

// Copy copies items, which come in the byte order of Path, onto root. keep is told of
// objects that are on the drive for good, or gone, in the order of items; it has made that
// durable when it returns, and its error ends the copy. Copy goes on where an earlier one
// was ended in any way, when it is given what keep was not told. It is for one caller a
// root at a time.
//
// Errors: *Error and those of package s3 about an object that Options.Skip did not let
// pass; *FullError; that of ctx, of items, of keep, or of the drive. What was complete
// before the first object that failed was told to keep.
func (e *Engine) Copy(ctx context.Context, root *os.Root, items iter.Seq2[providers.Item, error], keep func([]providers.Copied) error) (Summary, error) {
	d, err := openDrive(root)
	if err != nil {
		return Summary{}, err
	}
	c := &copying{
		o: e.o, drive: d, gate: newGate(e.o.Concurrency), count: &counter{tell: e.o.Progress},
		memory: semaphore.NewWeighted(memory), files: semaphore.NewWeighted(int64(e.o.Concurrency)),
		lanes: digest.NewLanes(), jobs: make(chan func([]byte)), ranges: make(chan func([]byte)),
		placing: make(chan *task, ahead), keeping: make(chan *task, window),
	}
	defer c.lanes.Close() //nolint:errcheck // never fails
	summary, err := c.run(ctx, items, keep)
	summary.Progress, summary.Resumed = c.count.progress(), c.count.resumed.Load()
	if c.journal != nil {
		err = errors.Join(err, c.journal.close())
	}
	if err == nil {
		err = root.RemoveAll(Staging)
	}
	return summary, errors.Join(err, d.close())
}

func (c *copying) run(ctx context.Context, items iter.Seq2[providers.Item, error], keep func([]providers.Copied) error) (Summary, error) {
	next, stop := iter.Pull2(items)
	defer stop()
	first, err, more := next()
	if err != nil || !more {
		return Summary{}, err
	}
	if c.journal, err = openJournal(c.drive.staging, first.Path); err != nil {
		return Summary{}, err
	}
	inner, cancel := context.WithCancel(ctx)
	g, inner := errgroup.WithContext(inner)
	g.Go(func() error { c.dispatch(inner, first, next); return nil })
	for range c.o.Concurrency {
		g.Go(func() error { c.work(inner); return nil })
	}
	g.Go(func() error { c.place(inner, g); return nil })
	k := &keeper{c: c, keep: keep}
	err = k.run(ctx)
	cancel()
	return k.summary, errors.Join(err, g.Wait())
}

// work carries out jobs until the copy ends.
func (c *copying) work(ctx context.Context) {
	buf := make([]byte, step)
	for {
		select { // ranges are of objects that come before those of jobs
		case job := <-c.ranges:
			job(buf)
			continue
		default:
		}
		select {
		case job := <-c.ranges:
			job(buf)
		case job := <-c.jobs:
			job(buf)
		case <-ctx.Done():
			return
		}
	}
}
