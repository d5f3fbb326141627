package pull

import (
	"context"
	"errors"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/providers/s3"
)

const (
	leastRange = 8 << 20
	mostRange  = 64 << 20
)

// carry brings a large object, whose file was begun, to its end.
func (c *copying) carry(ctx context.Context, t *task, p *part) {
	defer close(t.done)
	l := t.looked
	c.count.resumed.Add(p.chunks.held())
	for changes, spoiled := 0, 0; ; {
		v, err := c.complete(ctx, t, l, p)
		switch {
		case err == nil && !v.differs:
			if t.page, err = c.journal.add(t.item, t.copied); err != nil {
				t.err = onDrive(t.item, err)
			}
			return
		case err == nil && spoiled > 0:
			err = corrupt(l.Item, v)
		case err == nil:
			spoiled++
		case errors.Is(err, s3.ErrChanged):
			if changes++; changes > mostChanges {
				err = restless(t.item)
				break
			}
			if l, err = c.renewed(ctx, l); err != nil {
				break
			}
		}
		closed := p.close()
		if err != nil || closed != nil {
			t.err = c.abandon(ctx, t, p, errors.Join(err, closed))
			return
		}
		p.discard()
		if p, err = openPart(c.drive.staging, l); err != nil {
			t.err = onDrive(t.item, err)
			return
		}
	}
}

// abandon keeps what has come for a later copy, unless it is of no use to one.
func (c *copying) abandon(ctx context.Context, t *task, p *part, err error) error {
	var full *FullError
	var object *Error
	if errors.Is(err, s3.ErrGone) || errors.As(err, &full) || errors.As(err, &object) {
		p.discard()
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return c.settle(t, t.item, err)
}

// renewed looks at the state that took the place of another.
func (c *copying) renewed(ctx context.Context, l *looked) (*looked, error) {
	item, err := c.renew(ctx, l.Item)
	if err != nil {
		return l, err
	}
	return c.look(ctx, item, true)
}

// complete fetches what is missing, and compares.
func (c *copying) complete(ctx context.Context, t *task, l *looked, p *part) (verdict, error) {
	d, err := c.fetchAll(ctx, l, p)
	if err != nil {
		return verdict{}, err
	}
	v := l.compare(d)
	if v.differs && l.Assumed { // uneven parts?
		if err := c.exact(ctx, l); err != nil {
			return v, err
		}
		l.Assumed = false
		if d, err = c.fetchAll(ctx, l, p); err != nil {
			return v, err
		}
		v = l.compare(d)
	}
	if v.differs {
		return v, nil
	}
	t.copied = l.copied(d.sha256, v.proven)
	if err := p.finish(l.Item.LastModified); err != nil {
		return v, onDrive(l.Item, err)
	}
	return v, nil
}

// fetchAll hands what is missing to the workers, and takes the checksums meanwhile.
func (c *copying) fetchAll(ctx context.Context, l *looked, p *part) (d digests, err error) {
	s, err := newSums(l)
	if err != nil {
		return d, err
	}
	g, ctx := errgroup.WithContext(ctx)
	fetch := func(ctx context.Context, from, to int64, buf []byte) error {
		return p.fetch(ctx, &stream{c: c, item: l.Item, at: from, end: to}, buf)
	}
	follow := newTrail(p, func(ctx context.Context, from, to int64) error { return fetch(ctx, from, to, make([]byte, step)) })
	g.Go(func() (err error) {
		d, err = follow.run(ctx, s)
		return err
	})
	g.Go(func() error {
		var under sync.WaitGroup
		defer under.Wait()
		for from, to := p.chunks.missing(0, l.rangeSize(p)); from < to; from, to = p.chunks.missing(p.chunks.behind(to), l.rangeSize(p)) {
			if err := follow.await(ctx, from); err != nil {
				return err
			}
			under.Add(1)
			job := func(buf []byte) {
				defer under.Done()
				if err := fetch(ctx, from, to, buf); err != nil {
					g.Go(func() error { return err })
				}
			}
			select {
			case c.ranges <- job:
			case <-ctx.Done():
				under.Done()
				return ctx.Err()
			}
		}
		return nil
	})
	return d, g.Wait()
}

// rangeSize is how much is asked for at once: a part of the upload where that is of use,
// since S3 serves those best, in whole chunks.
func (l *looked) rangeSize(p *part) int64 {
	size := int64(2 * leastRange)
	if len(l.Parts) > 1 && l.Parts[0]%p.chunks.each == 0 {
		for size = l.Parts[0]; size > mostRange && size%2 == 0 && (size/2)%p.chunks.each == 0; {
			size /= 2
		}
		for size < leastRange {
			size += l.Parts[0]
		}
	}
	return max(size, p.chunks.each)
}
