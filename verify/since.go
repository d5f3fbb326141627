package verify

import (
	"context"
	"iter"
)

// Since says what has become of an object after the listing that a drive is compared
// with.
type Since string

// The values of Since; empty: nobody has looked.
const (
	SinceSame    Since = "same"
	SinceChanged Since = "changed"
	SinceDeleted Since = "deleted"
)

// AgainstBoth returns the population of a baseline, with what the source lists now told
// of each object: a match then says whether S3 still holds the same. Objects that only
// the present listing has are newer than the load, and are left out.
func AgainstBoth(p Population, src Source) (Population, error) {
	now, err := Live(src, p.Ranges)
	if err != nil {
		return Population{}, err
	}
	then := p.Objects
	p.Objects = func(ctx context.Context) iter.Seq2[Expected, error] {
		return func(yield func(Expected, error) bool) {
			next, stop := iter.Pull2(now.Objects(ctx))
			defer stop()
			live := cursor{next: next, stop: stop}
			live.advance()
			for e, err := range then(ctx) {
				if err == nil {
					e.Since, err = live.since(&e)
				}
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}
	return p, nil
}

// since goes on to the object and says what has become of it.
func (c *cursor) since(e *Expected) (Since, error) {
	for c.ok && c.err == nil && order(&c.head, e) < 0 {
		c.advance()
	}
	switch {
	case c.err != nil:
		return "", c.err
	case !c.ok || order(&c.head, e) != 0:
		return SinceDeleted, nil
	case same(c.head.Object, e.Object):
		return SinceSame, nil
	}
	return SinceChanged, nil
}
