package verify

import (
	"context"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/verify/digest"
)

// task is a file that is to be read.
type task interface {
	entry() *Entry
	// wants returns what is to be computed; nothing: the file need not be read.
	wants() []digest.Wanted
	// end takes the checksums of what was wanted, or why the file could not be read. It
	// may read the file again. An error of it ends the reading.
	end(ctx context.Context, got outcome, at lookup) error
}

// outcome is what reading a file has come to.
type outcome struct {
	sums  sums
	err   error
	spent time.Duration
	read  int64
}

const (
	smallBytes = 256 << 10 // a smaller file is held in memory while it is hashed
	groupBytes = 1 << 20   // of small files that are hashed together
	groupFiles = 64
)

// reading reads files in the order in which they come.
type reading struct {
	tree  Tree
	pace  pace
	now   func() time.Time
	meter *meter
	// workers read and hash at the same time. One keeps to the order strictly, as a
	// drive that has to seek wants it.
	workers int
}

// pool is the goroutines of a reading.
type pool struct {
	*reading
	group *errgroup.Group
	lanes *digest.Lanes
	spare chan *held // groups whose memory is free again
	jobs  chan job
	held  *held // small files that wait to be hashed together
	last  time.Time
	own   *worker // of the goroutine that reads batches
}

// job is one large file, or several small ones that are in memory.
type job struct {
	task task
	file io.ReaderAt // nil: it is to be opened
	held *held
}

// begin starts the goroutines. Batches are given to read; finish waits for the end.
func (r *reading) begin(ctx context.Context) (*pool, context.Context) {
	group, ctx := errgroup.WithContext(ctx)
	p := &pool{reading: r, group: group, lanes: digest.NewLanes(), jobs: make(chan job), spare: make(chan *held, r.workers+1), last: r.now()}
	p.own = &worker{buf: make([]byte, bufferSize), set: &digest.Set{}}
	for range r.workers {
		group.Go(func() error { return p.work(ctx) })
	}
	return p, ctx
}

// finish waits until everything is read and ended.
func (p *pool) finish(ctx context.Context, err error) error {
	if err == nil {
		err = p.flush(ctx)
	}
	close(p.jobs)
	p.group.Go(func() error { return err })
	return errors.Join(p.group.Wait(), p.lanes.Close())
}

// read reads the files of a batch, whose order it keeps.
func (p *pool) read(ctx context.Context, batch []task) error {
	bulk, ok := p.tree.(Bulk)
	if !ok {
		for _, t := range batch {
			if err := p.submit(ctx, job{task: t}); err != nil {
				return err
			}
		}
		return nil
	}
	entries := make([]Entry, len(batch))
	at := make(map[string]task, len(batch))
	for i, t := range batch {
		entries[i] = *t.entry()
		at[entries[i].Path] = t
	}
	p.last = p.now()
	return bulk.ReadFiles(ctx, entries, func(e Entry, file io.ReaderAt, err error) error {
		t := at[e.Path]
		switch {
		case err != nil:
			return t.end(ctx, outcome{err: err}, lookup{})
		case e.Size <= smallBytes:
			return p.hold(ctx, t, file)
		}
		return p.submit(ctx, job{task: t, file: file})
	})
}

// submit hands a job on. A single worker's reading is done at once, so that the drive
// does one thing after the other.
func (p *pool) submit(ctx context.Context, j job) error {
	if p.workers == 1 && j.held == nil {
		return p.one(ctx, j, p.own)
	}
	select {
	case p.jobs <- j:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (p *pool) flush(ctx context.Context) error {
	h := p.held
	if h == nil || len(h.tasks) == 0 {
		return nil
	}
	p.held = nil
	return p.submit(ctx, job{held: h})
}
