package verify

import (
	"context"
	"errors"
	"slices"
	"sync"
)

// past asks for other versions of objects than those that are listed. It is safe for
// concurrent use.
type past struct {
	source   Source // nil: nobody is asked
	live     bool   // what is listed is what the bucket holds now
	requests *counters

	mu    sync.Mutex
	keeps map[string]keeping
	asked int
}

// keeping is what is known of the versions that a bucket keeps.
type keeping int

const (
	many  keeping = iota + 1
	one           // of each object
	never         // tells
)

// pastMost bounds the requests of one run: beyond that it is the drive that is bad.
const pastMost = 10_000

// states returns the other versions of the unit's object that have the file's size. An
// error is one of the moment: another time they may be told.
func (p *past) states(ctx context.Context, u *unit) ([]Expected, error) {
	newest := u.states[len(u.states)-1]
	if p.source == nil {
		return nil, nil
	}
	all, err := p.versions(ctx, &newest)
	var others []Expected
	for _, o := range all {
		known := slices.ContainsFunc(u.states, func(s Expected) bool { return same(s.Object, o) })
		if !known && o.Size == u.entry.Size {
			e := newest
			e.Object = o
			others = append(others, e)
		}
	}
	return others, err
}

// versions asks, unless nothing can come of it: the bucket does not tell, or keeps none
// and holds what is listed. The first question about a bucket is asked alone, since its
// answer may end the others; one that is not allowed later on is of that object alone.
func (p *past) versions(ctx context.Context, e *Expected) ([]Object, error) {
	o, now := e.Object, p.live || e.Since != "" && e.Since != SinceChanged
	p.mu.Lock()
	keeps, known := p.keeps[o.Bucket]
	p.asked++
	if known && (keeps == never || keeps == one && now) || p.asked > pastMost {
		p.mu.Unlock()
		return nil, nil
	}
	if known {
		p.mu.Unlock()
		all, err := p.ask(ctx, o)
		if untold(err) {
			return nil, nil
		}
		return all, err
	}
	defer p.mu.Unlock()
	all, err := p.ask(ctx, o)
	switch {
	case untold(err):
		p.keeps[o.Bucket] = never
		return nil, nil
	case err == nil && (len(all) > 1 || len(all) == 1 && !unversioned(all[0])):
		p.keeps[o.Bucket] = many
	case err == nil && len(all) == 1:
		p.keeps[o.Bucket] = one
	}
	return all, err
}

// untold reports whether an error says that versions are not told, now or later.
func untold(err error) bool { return errors.Is(err, ErrDenied) || errors.Is(err, ErrNotSupported) }

// unversioned reports whether an object may be the only state that there is of it.
func unversioned(o Object) bool { return o.VersionID == "" || o.VersionID == "null" }

func (p *past) ask(ctx context.Context, o Object) ([]Object, error) {
	p.requests.versions.Add(1)
	return p.source.Versions(ctx, o)
}
