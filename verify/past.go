package verify

import (
	"context"
	"slices"
	"sync"
)

// past asks for other versions of objects than those that are listed. It is safe for
// concurrent use.
type past struct {
	source   Source // nil: nobody is asked
	live     bool   // what is listed is what the bucket holds now
	requests *counters

	mu      sync.Mutex
	buckets map[string]*keeping
	asked   int
}

// pastMost bounds the requests of one run: beyond that it is the drive that is bad.
const pastMost = 10_000

// states returns the other versions of the unit's object that have the file's size, but
// for older ones without content: a write that was cut short leaves a file like that too.
// An error is one of the moment: another time they may be told.
func (p *past) states(ctx context.Context, u *unit) ([]Expected, error) {
	newest := u.states[len(u.states)-1]
	if p.source == nil {
		return nil, nil
	}
	all, err := p.versions(ctx, &newest)
	var others []Expected
	for _, o := range all {
		known := slices.ContainsFunc(u.states, func(s Expected) bool { return same(s.Object, o) })
		content := !o.Deleted && (o.Size > 0 || o.Current)
		if !known && content && o.Size == u.entry.Size {
			e := newest
			e.Object = o
			others = append(others, e)
		}
	}
	return others, err
}

// versions asks, unless nothing can come of it: the bucket does not tell, or keeps none
// and holds what is listed; nor where it has failed too often, of which the error is
// returned again. The first question that a bucket answers is asked alone, since its
// answer may end the others.
func (p *past) versions(ctx context.Context, e *Expected) ([]Object, error) {
	o, now := e.Object, p.live || e.Since != "" && e.Since != SinceChanged
	p.mu.Lock()
	defer p.mu.Unlock()
	p.asked++
	b := p.bucket(o.Bucket)
	switch {
	case p.asked > pastMost, b.never, b.none() && now:
		return nil, nil
	case b.failed >= failedMost:
		return nil, b.err
	case !b.answered:
		return b.take(p.ask(ctx, o))
	}
	p.mu.Unlock()
	all, err := p.ask(ctx, o)
	p.mu.Lock()
	return b.take(all, err)
}

func (p *past) bucket(name string) *keeping {
	b := p.buckets[name]
	if b == nil {
		b = &keeping{}
		p.buckets[name] = b
	}
	return b
}

func (p *past) ask(ctx context.Context, o Object) ([]Object, error) {
	p.requests.versions.Add(1)
	return p.source.Versions(ctx, o)
}
