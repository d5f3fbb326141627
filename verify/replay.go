package verify

import (
	"context"
	"errors"
	"iter"

	"github.com/cargomedia/s3export/verify/spill"
)

// replay is a Tree whose walk was kept. It can be walked once, root by root in the order
// in which that was done.
type replay struct {
	Tree
	next func() ([]byte, error, bool)
	stop func()
	root int64
	held *kept
}

type kept struct {
	root  int64
	entry Entry
}

func newReplay(ctx context.Context, t Tree, walked *spill.Spool) *replay {
	r := &replay{Tree: t, root: -1}
	r.next, r.stop = iter.Pull2(walked.Records(ctx))
	return r
}

// Walk implements Tree.
func (r *replay) Walk(ctx context.Context, _ string, yield func(Entry) error) error {
	r.root++
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		one, err := r.take()
		if err != nil || one == nil {
			return err
		}
		if one.root != r.root {
			r.held = one
			return nil
		}
		if err := yield(one.entry); err != nil {
			return err
		}
	}
}

func (r *replay) take() (*kept, error) {
	if one := r.held; one != nil {
		r.held = nil
		return one, nil
	}
	record, err, ok := r.next()
	if !ok || err != nil {
		return nil, err
	}
	u := unpacker{rest: record}
	one := &kept{root: u.num(), entry: u.walked()}
	return one, u.err()
}

func (p *packer) walked(e *Entry) {
	p.entry(e)
	p.flag(e.Regular)
	p.flag(e.Dir)
	text := ""
	if e.Err != nil {
		text = e.Err.Error()
	}
	p.str(text)
}

func (u *unpacker) walked() Entry {
	e := u.entry()
	e.Regular, e.Dir = u.flag(), u.flag()
	if text := u.str(); text != "" {
		e.Err = errors.New(text)
	}
	return e
}
