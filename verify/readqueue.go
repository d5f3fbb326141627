package verify

import (
	"context"

	"golang.org/x/sync/errgroup"
)

const (
	batchFiles = 1024
	// asksAtOnce is how many requests wait at the source together.
	asksAtOnce = 32
	// chunkFiles are asked about, while those before them are read.
	chunkFiles = 128
)

// readQueue compares what is queued, in the order of the device. The source is asked
// about the next files while those before them are read.
func (r *run) readQueue(ctx context.Context) error {
	reading := &reading{tree: r.request.Tree, pace: r.pace, now: r.request.Runtime.Now, meter: r.meter, workers: r.request.Runtime.Workers}
	p, ctx := reading.begin(ctx)
	batches := make(chan []task, 1)
	p.group.Go(func() error {
		defer close(batches)
		return r.prepare(ctx, batches)
	})
	for batch := range batches {
		if err := p.read(ctx, batch); err != nil {
			return p.finish(ctx, err)
		}
	}
	return p.finish(ctx, nil)
}

// prepare makes batches of what is queued.
func (r *run) prepare(ctx context.Context, batches chan<- []task) error {
	var chunk []item
	var batch []task
	send := func(least int) error {
		ready, err := r.ask(ctx, chunk)
		if err != nil {
			return err
		}
		chunk = nil
		batch = append(batch, ready...)
		if len(batch) < least {
			return nil
		}
		select {
		case batches <- batch:
			batch = nil
			return nil
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
	for one, err := range r.queue.sorted(ctx) {
		if err != nil {
			return err
		}
		if chunk = append(chunk, one); len(chunk) < chunkFiles {
			continue
		}
		if err := send(batchFiles); err != nil {
			return err
		}
	}
	return send(1)
}

// ask finds out what is to be computed of the items. What is decided by that is
// recorded; the others are returned in their order.
func (r *run) ask(ctx context.Context, items []item) ([]task, error) {
	all := make([]*comparison, len(items))
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(asksAtOnce)
	for i, one := range items {
		group.Go(func() error {
			m := r.comparer.begin(ctx, one)
			all[i] = m
			if len(m.wanted) > 0 {
				return nil
			}
			return m.end(ctx, outcome{}, lookup{})
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	var ready []task
	for _, m := range all {
		if len(m.wanted) > 0 {
			ready = append(ready, m)
		}
	}
	return ready, nil
}
