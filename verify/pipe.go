package verify

import (
	"context"

	"golang.org/x/sync/errgroup"
)

// pipe compares units on several goroutines and hands on findings in the order in
// which they were put in, so that a report does not depend on timing. What waits in
// it is bounded.
type pipe struct {
	group *errgroup.Group
	ctx   context.Context //nolint:containedctx // of one run; the pipe ends with it
	work  chan *task
	order chan *task
}

type task struct {
	unit    *unit
	finding Finding
	done    chan struct{} // nil when the finding was there from the start
	drawn   bool          // it belongs to the sample
	known   bool          // it has been recorded before
}

// tasksPerWorker bounds what waits to be handed on.
const tasksPerWorker = 64

func newPipe(ctx context.Context, workers int) *pipe {
	group, ctx := errgroup.WithContext(ctx)
	return &pipe{group: group, ctx: ctx, work: make(chan *task, workers), order: make(chan *task, tasksPerWorker*workers)}
}

func (p *pipe) start(workers int, compare func(context.Context, *unit, []byte) (Finding, error), record func(*task) error) {
	for range workers {
		p.group.Go(func() error {
			buf := make([]byte, bufferSize)
			for t := range p.work {
				f, err := compare(p.ctx, t.unit, buf)
				if err != nil {
					return err
				}
				t.finding = f
				close(t.done)
			}
			return nil
		})
	}
	p.group.Go(func() error {
		for t := range p.order {
			if t.done != nil {
				select {
				case <-t.done:
				case <-p.ctx.Done():
					return context.Cause(p.ctx)
				}
			}
			if err := record(t); err != nil {
				return err
			}
		}
		return nil
	})
}

func (p *pipe) put(t *task) error {
	select {
	case p.order <- t:
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
	if t.done == nil {
		return nil
	}
	select {
	case p.work <- t:
		return nil
	case <-p.ctx.Done():
		return context.Cause(p.ctx)
	}
}

// stop ends the pipe early; finish then returns the first error of all.
func (p *pipe) stop(err error) {
	p.group.Go(func() error { return err })
}

func (p *pipe) finish() error {
	close(p.work)
	close(p.order)
	return p.group.Wait()
}
