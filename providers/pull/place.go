package pull

import (
	"context"
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sync/errgroup"
)

// place is the one writer: it begins files in the order of items, so that file systems
// that allocate in the order of writing lay them out so. It ends with the first that does
// not find room.
func (c *copying) place(ctx context.Context, g *errgroup.Group) {
	defer close(c.keeping)
	for t := range c.placing {
		select {
		case <-t.ready:
		case <-ctx.Done():
			return
		}
		more := c.write(ctx, t, g)
		select {
		case c.keeping <- t:
		case <-ctx.Done():
			return
		}
		if !more {
			return
		}
	}
}

// write reports whether there is to be another one.
func (c *copying) write(ctx context.Context, t *task, g *errgroup.Group) (more bool) {
	defer c.memory.Release(t.weight)
	switch {
	case t.over():
	case t.looked != nil:
		p, err := c.beginLarge(ctx, t)
		if err == nil {
			g.Go(func() error { // the task is the carrier's from here on
				defer c.files.Release(1)
				(&carrier{c: c, t: t, l: t.looked, p: p}).run(ctx)
				return nil
			})
			return true
		}
		t.err = err
	default:
		t.err = c.writeSmall(t)
		t.content = nil
	}
	more = t.err == nil || aboutOne(t.err)
	if !isClosed(t.done) {
		close(t.done)
	}
	return more
}

func isClosed(c chan struct{}) bool {
	select {
	case <-c:
		return true
	default:
		return false
	}
}

func (c *copying) beginLarge(ctx context.Context, t *task) (*part, error) {
	if err := c.files.Acquire(ctx, 1); err != nil {
		return nil, err
	}
	p, err := openPart(c.drive.staging, t.looked)
	if err != nil {
		c.files.Release(1)
		return nil, onDrive(t.item, err)
	}
	return p, nil
}

func (c *copying) writeSmall(t *task) error {
	name := stem(t.item.Path) + contentEnding
	err := c.stage(name, t)
	if err == nil {
		t.page, err = c.journal.add(t.item, t.copied)
	}
	if err != nil {
		_ = c.drive.staging.Remove(name) // it is told that it is full
		return onDrive(t.item, err)
	}
	return nil
}

func (c *copying) stage(name string, t *task) error {
	const flags = os.O_WRONLY | os.O_CREATE | os.O_EXCL
	f, err := c.drive.staging.OpenFile(name, flags, fileMode)
	if errors.Is(err, fs.ErrExist) { // of an earlier copy
		_ = c.drive.staging.Remove(name)
		f, err = c.drive.staging.OpenFile(name, flags, fileMode)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(t.content)
	if err == nil {
		err = dress(f, t.copied.LastModified)
	}
	return errors.Join(err, f.Close())
}
