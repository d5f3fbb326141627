package pull

import (
	"context"

	"github.com/cargomedia/s3export/providers"
)

// dispatch walks the items and has the small ones fetched and the large ones looked at.
func (c *copying) dispatch(ctx context.Context, item providers.Item, next func() (providers.Item, error, bool)) {
	defer close(c.placing)
	for more := true; more; {
		if !c.begin(ctx, item) {
			return
		}
		var err error
		if item, err, more = next(); err != nil {
			c.hand(ctx, ended(item, &source{err}))
			return
		}
	}
}

// source is an error of items.
type source struct{ error }

// begin reports whether there is to be another object.
func (c *copying) begin(ctx context.Context, item providers.Item) bool {
	if err := checkPath(item); err != nil {
		return c.hand(ctx, ended(item, err))
	}
	t := newTask(item)
	if item.Size <= small {
		t.weight = max(item.Size, 4<<10)
		if c.memory.Acquire(ctx, t.weight) != nil {
			return false
		}
	}
	if !c.hand(ctx, t) {
		return false
	}
	select {
	case c.jobs <- func([]byte) { c.bring(ctx, t) }:
		return true
	case <-ctx.Done():
		return false
	}
}

// hand gives a task to the writer.
func (c *copying) hand(ctx context.Context, t *task) bool {
	select {
	case c.placing <- t:
		return true
	case <-ctx.Done():
		return false
	}
}
