package pull

import (
	"context"
	"errors"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// A batch is told to keep after so many objects, bytes, or so long. Each costs a syncfs, in
// which the drive writes all that the kernel holds: with small batches the copy waits for
// nothing else. A kill loses none of it, since the journal knows what lies in Staging; a
// power cut loses one or two batches.
const (
	batchObjects = 8192
	batchBytes   = 512 << 20
	batchTime    = 5 * time.Second
)

// The kernel holds gigabytes before it writes by itself. So that a drive writes while more
// is fetched, and not all at the end of large objects, it is made to after so many bytes,
// looked at so often.
const (
	writeBytes = 256 << 20
	writeTime  = 200 * time.Millisecond
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

	tick    <-chan time.Time
	look    <-chan time.Time
	synced  int64 // bytes that were fetched before the last sync
	failure error // of a flush between two objects
}

// run ends with the first object that failed, when all is kept, or with the context. All
// before it is kept then.
func (k *keeper) run(ctx context.Context) error {
	tick := time.NewTicker(batchTime)
	defer tick.Stop()
	look := time.NewTicker(writeTime)
	defer look.Stop()
	k.tick, k.look = tick.C, look.C
	for {
		t, err := k.next(ctx)
		switch {
		case k.failure != nil:
			return k.failure
		case err != nil || t == nil:
			return k.end(ctx, err)
		}
		if err := k.add(ctx, t); err != nil {
			return err
		}
	}
}

// next returns the next object when it is complete or failed; nil when there is none.
func (k *keeper) next(ctx context.Context) (*task, error) {
	t, err := await(ctx, k, k.c.keeping)
	if err != nil {
		k.drain()
		return nil, err
	}
	if t == nil {
		return nil, ctx.Err()
	}
	_, err = await(ctx, k, t.done)
	return t, err
}

// await receives from a channel, and flushes from time to time meanwhile.
func await[T any](ctx context.Context, k *keeper, from <-chan T) (v T, err error) {
	for {
		select {
		case v = <-from:
			return v, nil
		case <-k.tick:
			if k.failure = k.flush(ctx); k.failure != nil {
				return v, k.failure
			}
		case <-k.look:
			if k.c.count.got.Load()-k.synced < writeBytes {
				continue
			}
			if k.failure = k.sync(); k.failure != nil {
				return v, k.failure
			}
		case <-ctx.Done():
			return v, ctx.Err()
		}
	}
}

func (k *keeper) sync() error {
	k.synced = k.c.count.got.Load()
	return k.c.drive.sync()
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
