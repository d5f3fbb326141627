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
// answer may end the others.
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
		return p.ask(ctx, o)
	}
	defer p.mu.Unlock()
	all, err := p.ask(ctx, o)
	switch {
	case errors.Is(err, ErrDenied), errors.Is(err, ErrNotSupported):
		p.keeps[o.Bucket] = never
		return nil, nil
	case err == nil && (len(all) > 1 || len(all) == 1 && !unversioned(all[0])):
		p.keeps[o.Bucket] = many
	case err == nil && len(all) == 1:
		p.keeps[o.Bucket] = one
	}
	return all, err
}

// unversioned reports whether an object may be the only state that there is of it.
func unversioned(o Object) bool { return o.VersionID == "" || o.VersionID == "null" }

func (p *past) ask(ctx context.Context, o Object) ([]Object, error) {
	p.requests.versions.Add(1)
	return p.source.Versions(ctx, o)
}

// further looks for what can still prove a file that no listing has proven: other
// versions, the true sizes of uneven parts, the original itself. Of a file that
// differs it finds out where.
func (m *comparison) further(ctx context.Context, f Finding, at *lookup) (Finding, error) {
	switch f.Outcome {
	case Match, Failure, Extra:
		return f, nil
	case Differ, MissingOnDevice, ChangedAfterExport, MissingOnSource, Unverifiable:
	}
	if old, ok, err := m.otherVersion(ctx, f, at); ok || err != nil {
		return old, err
	}
	if f.Reason == UnevenParts || f.Outcome == Differ && f.Reason == ContentDiffers {
		known, ok, err := m.byParts(ctx, f, at)
		if ok || err != nil {
			return known, err
		}
	}
	if f.Outcome == Unverifiable && m.c.download != nil && len(m.candidates) > 0 {
		return m.byDownload(ctx, f, at)
	}
	return f, nil
}

// otherVersion compares with the other versions that the bucket holds.
func (m *comparison) otherVersion(ctx context.Context, f Finding, at *lookup) (Finding, bool, error) {
	states, err := m.c.past.states(ctx, m.item.unit)
	if err != nil && ctx.Err() == nil && f.Outcome == Differ {
		unknown := m.item.unit.finding(Failure, SourceError)
		unknown.Detail = "it is not what is listed, and other versions were not told: " + err.Error()
		return unknown, true, nil
	}
	if len(states) == 0 {
		return Finding{}, false, nil
	}
	others := &comparison{c: m.c, item: m.item, history: m.history}
	for _, s := range states {
		others.candidates = append(others.candidates, &candidate{state: s, etag: parseETag(s.ETag), listed: WitnessETag})
	}
	for others.climb(ctx); len(others.wanted) > 0; {
		s, err := others.compute(ctx, at)
		if err != nil {
			return Finding{}, true, err
		}
		others.took(ctx, s)
	}
	was := others.finding()
	switch was.Outcome {
	case Match:
		was.Reason, was.Detail = others.version()
		return was, true, nil
	case Failure: // it may have been that one
		return was, f.Outcome == Differ, nil
	default:
		return Finding{}, false, nil
	}
}

// version says which of the candidates was equal.
func (m *comparison) version() (r Reason, detail string) {
	r = OldVersion
	for _, one := range m.candidates {
		if one.out != Match && one.state.Size > 0 {
			continue
		}
		if one.state.Current {
			r = NewVersion
		}
		if !unversioned(one.state.Object) {
			detail = "version " + one.state.VersionID
		}
	}
	return r, detail
}
