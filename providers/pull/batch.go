package pull

import (
	"context"
	"errors"

	"github.com/cargomedia/s3export/providers"
)

// flush makes the contents of the staged objects durable, and the names of the named
// ones; those are told to keep then, and these get their names.
func (k *keeper) flush(ctx context.Context) error {
	if len(k.staged)+len(k.named) == 0 {
		return nil
	}
	if err := k.sync(); err != nil {
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
