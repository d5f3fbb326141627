package pull

import (
	"context"
	"sync"

	"golang.org/x/sync/errgroup"
)

const (
	leastRange = 8 << 20
	mostRange  = 64 << 20
)

// fetching is one pass over a large file.
type fetching struct {
	c     *copying
	l     *looked
	p     *part
	trail *trail
	under sync.WaitGroup // ranges that the workers have
}

// fetchAll hands what is missing to the workers, and takes the checksums meanwhile.
func (c *copying) fetchAll(ctx context.Context, l *looked, p *part) (d digests, err error) {
	s, err := newSums(l, c.lanes)
	if err != nil {
		return d, err
	}
	defer s.close()
	f := &fetching{c: c, l: l, p: p}
	f.trail = newTrail(p, func(ctx context.Context, from, to int64) error { return f.fetch(ctx, from, to, make([]byte, step)) })
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		d, err = f.trail.run(ctx, s)
		return err
	})
	g.Go(func() error {
		defer f.under.Wait()
		return f.feed(ctx, g)
	})
	return d, g.Wait()
}

func (f *fetching) fetch(ctx context.Context, from, to int64, buf []byte) error {
	return f.p.fetch(ctx, &stream{c: f.c, item: f.l.Item, at: from, end: to}, buf)
}

// feed hands out the ranges in order.
func (f *fetching) feed(ctx context.Context, g *errgroup.Group) error {
	most := f.l.rangeSize(f.p.chunks.each)
	for i := 0; ; {
		from, to := f.p.chunks.missing(i, most)
		if from == to {
			return nil
		}
		i = f.p.chunks.behind(to)
		if err := f.trail.await(ctx, from); err != nil {
			return err
		}
		f.under.Add(1)
		job := func(buf []byte) {
			defer f.under.Done()
			if err := f.fetch(ctx, from, to, buf); err != nil {
				g.Go(func() error { return err })
			}
		}
		select {
		case f.c.ranges <- job:
		case <-ctx.Done():
			f.under.Done()
			return ctx.Err()
		}
	}
}

// rangeSize is how much is asked for at once: a part of the upload where that is of use,
// since S3 serves those best, in whole chunks.
func (l *looked) rangeSize(chunk int64) int64 {
	size := int64(2 * leastRange)
	if len(l.Parts) > 1 && l.Parts[0]%chunk == 0 {
		for size = l.Parts[0]; size > mostRange && size%2 == 0 && (size/2)%chunk == 0; {
			size /= 2
		}
		for size < leastRange {
			size += l.Parts[0]
		}
	}
	return max(size, chunk)
}
