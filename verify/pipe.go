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

// compareFunc decides a unit; the buffer is lent.
type compareFunc func(ctx context.Context, u *unit, buf []byte) (Finding, error)

// newPipe returns a pipe and the context that ends when one of its goroutines fails.
func newPipe(ctx context.Context, workers int) (*pipe, context.Context) {
	group, ctx := errgroup.WithContext(ctx)
	return &pipe{group: group, work: make(chan *task, workers), order: make(chan *task, tasksPerWorker*workers)}, ctx
}

func (p *pipe) start(ctx context.Context, workers int, compare compareFunc, record func(*task) error) {
	for range workers {
		p.group.Go(func() error { return p.compare(ctx, compare) })
	}
	p.group.Go(func() error { return p.handOn(ctx, record) })
}

func (p *pipe) compare(ctx context.Context, compare compareFunc) error {
	buf := make([]byte, bufferSize)
	for t := range p.work {
		f, err := compare(ctx, t.unit, buf)
		if err != nil {
			return err
		}
		t.finding = f
		close(t.done)
	}
	return nil
}

func (p *pipe) handOn(ctx context.Context, record func(*task) error) error {
	for t := range p.order {
		if t.done != nil {
			select {
			case <-t.done:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if err := record(t); err != nil {
			return err
		}
	}
	return nil
}

func (p *pipe) put(ctx context.Context, t *task) error {
	select {
	case p.order <- t:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if t.done == nil {
		return nil
	}
	select {
	case p.work <- t:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
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
