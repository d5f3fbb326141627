package pull

import (
	"context"
	"errors"

	"github.com/cargomedia/s3export/providers/s3"
)

// carrier brings a large object, whose file was begun, to its end.
type carrier struct {
	c       *copying
	t       *task
	l       *looked // the state that is being copied
	p       *part
	changes int
	spoiled bool // its content was not what the service keeps, once
}

func (r *carrier) run(ctx context.Context) {
	defer close(r.t.done)
	r.c.count.resumed.Add(r.p.chunks.held())
	for {
		v, err := r.c.complete(ctx, r.t, r.l, r.p)
		if err == nil && !v.differs {
			if r.t.page, err = r.c.journal.add(r.t.item, r.t.copied); err != nil {
				r.t.err = onDrive(r.t.item, err)
			}
			return
		}
		if err = errors.Join(r.anew(ctx, v, err), r.p.close()); err != nil {
			r.t.err = r.abandon(ctx, err)
			return
		}
		r.p.discard()
		if r.p, err = openPart(r.c.drive.staging, r.l); err != nil {
			r.t.err = onDrive(r.t.item, err)
			return
		}
	}
}

// anew returns nil where the object is to be fetched from its begin, in the state that it
// is in now.
func (r *carrier) anew(ctx context.Context, v verdict, err error) error {
	switch {
	case err == nil && r.spoiled:
		return corrupt(r.l.Item, v)
	case err == nil:
		r.spoiled = true
		return nil
	case !errors.Is(err, s3.ErrChanged):
		return err
	case r.changes == mostChanges:
		return restless(r.t.item)
	}
	r.changes++
	item, err := r.c.renew(ctx, r.l.Item)
	if err != nil {
		return err
	}
	l, err := r.c.look(ctx, item, true)
	if err == nil {
		r.l = l
	}
	return err
}

// abandon keeps what has come for a later copy, unless it is of no use to one.
func (r *carrier) abandon(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, full := errors.AsType[*FullError](err)
	_, object := errors.AsType[*Error](err)
	if full || object || errors.Is(err, s3.ErrGone) {
		r.p.discard()
	}
	return r.c.settle(r.t, r.t.item, err)
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
