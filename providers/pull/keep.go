package pull

import (
	"context"
	"errors"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// A batch is told to keep after so many objects, bytes, or so long.
const (
	batchObjects = 256
	batchBytes   = 64 << 20
	batchTime    = time.Second
)

// keeper gives complete objects their names in order, and tells keep of them; doc.go has
// the order of its steps.
type keeper struct {
	c       *copying
	keep    func([]providers.Copied) error
	summary Summary

	staged []*task // complete, without their names
	named  []*task // with their names, which are not durable yet
	bytes  int64   // of staged
}

// run ends with the first object that failed, when all is kept, or with the context. All
// before it is kept then.
func (k *keeper) run(ctx context.Context) error {
	tick := time.NewTicker(batchTime)
	defer tick.Stop()
	for t := (*task)(nil); ; {
		select {
		case t = <-k.c.keeping:
		case <-tick.C:
			if err := k.flush(ctx); err != nil {
				return err
			}
			continue
		case <-ctx.Done():
			k.drain()
			t = nil
		}
		if t == nil {
			return k.end(ctx, ctx.Err())
		}
		for waiting := true; waiting; {
			select {
			case <-t.done:
				waiting = false
			case <-tick.C:
				if err := k.flush(ctx); err != nil {
					return err
				}
			case <-ctx.Done():
				return k.end(ctx, ctx.Err())
			}
		}
		if err := k.add(ctx, t); err != nil {
			return err
		}
	}
}

// drain takes what is complete already.
func (k *keeper) drain() {
	for {
		select {
		case t := <-k.c.keeping:
			if t == nil || !isClosed(t.done) || t.err != nil {
				return
			}
			k.staged = append(k.staged, t)
		default:
			return
		}
	}
}

// add takes the next object in order.
func (k *keeper) add(ctx context.Context, t *task) error {
	if t.err != nil {
		if err := k.failed(ctx, t.item, t.err); err != nil {
			return k.end(ctx, err)
		}
		return nil
	}
	k.staged = append(k.staged, t)
	k.bytes += t.copied.Size
	if len(k.staged) < batchObjects && k.bytes < batchBytes {
		return nil
	}
	return k.flush(ctx)
}

// end keeps all that is complete. What fails in doing so comes before what made it end.
func (k *keeper) end(ctx context.Context, err error) error {
	for range 2 {
		if err := k.flush(ctx); err != nil {
			return err
		}
	}
	return err
}

// failed returns nil where the object may be left out.
func (k *keeper) failed(ctx context.Context, item providers.Item, err error) error {
	if s, ok := errors.AsType[*source](err); ok {
		return s.error
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !aboutOne(err) {
		return err
	}
	if err := k.c.o.Skip(item, err); err != nil {
		return err
	}
	k.summary.Skipped++
	return nil
}

// flush makes the contents of the staged objects durable, and the names of the named
// ones; those are told to keep then, and these get their names.
func (k *keeper) flush(ctx context.Context) error {
	if len(k.staged)+len(k.named) == 0 {
		return nil
	}
	if err := k.c.drive.sync(); err != nil {
		return err
	}
	if err := k.tell(); err != nil {
		return err
	}
	for len(k.staged) > 0 {
		t := k.staged[0]
		k.staged = k.staged[1:]
		err := k.name(t)
		if err == nil {
			k.named = append(k.named, t)
			continue
		}
		(&part{staging: k.c.drive.staging, stem: stem(t.item.Path)}).discard()
		if err := k.failed(ctx, t.item, err); err != nil {
			k.staged = nil
			return k.end(ctx, err)
		}
	}
	k.bytes = 0
	return nil
}

func (k *keeper) tell() error {
	if len(k.named) == 0 {
		return nil
	}
	batch := make([]providers.Copied, len(k.named))
	var bytes int64
	for i, t := range k.named {
		batch[i] = t.copied
		switch {
		case t.copied.Gone:
			k.summary.Gone++
			continue
		case t.copied.Changed:
			k.summary.Changed++
		}
		bytes += t.copied.Size
	}
	if err := k.keep(batch); err != nil {
		return err
	}
	k.c.count.kept(len(batch), bytes)
	for _, t := range k.named {
		if t.page == nil {
			continue
		}
		if err := k.c.journal.keep(t.page); err != nil {
			return err
		}
	}
	k.named = nil
	return nil
}

func (k *keeper) name(t *task) error {
	if t.nothing() {
		return nil
	}
	p := &part{staging: k.c.drive.staging, stem: stem(t.item.Path)}
	if err := k.c.drive.name(t.copied.Item, p.stem+contentEnding, k.c.o.Replace); err != nil {
		if _, ok := errors.AsType[*Error](err); ok {
			return err
		}
		return onDrive(t.item, err)
	}
	if t.looked != nil || t.copied.Size > small {
		p.forget()
	}
	return nil
}
