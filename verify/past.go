package verify

import (
	"context"
	"slices"
	"sync"
)

// past asks for older versions of objects. It is safe for concurrent use.
type past struct {
	source   Source // nil: nobody is asked
	requests *counters

	mu    sync.Mutex
	keeps map[string]bool // buckets that are known to keep versions, or not to
	asked int
}

// pastMost bounds the requests of one run: beyond that it is the drive that is bad.
const pastMost = 10_000

// states returns the older versions of the unit's object that have the file's size.
func (p *past) states(ctx context.Context, u *unit) []Expected {
	newest := u.states[len(u.states)-1]
	if p.source == nil {
		return nil
	}
	var older []Expected
	for _, o := range p.versions(ctx, newest.Object) {
		known := slices.ContainsFunc(u.states, func(s Expected) bool { return same(s.Object, o) })
		if !known && o.Size == u.entry.Size {
			e := newest
			e.Object = o
			older = append(older, e)
		}
	}
	return older
}

// versions asks, unless the bucket is known to keep none or not to tell. The first
// question about a bucket is asked alone, since its answer may end the others.
func (p *past) versions(ctx context.Context, o Object) []Object {
	p.mu.Lock()
	keeps, known := p.keeps[o.Bucket]
	p.asked++
	if known && !keeps || p.asked > pastMost {
		p.mu.Unlock()
		return nil
	}
	if known {
		p.mu.Unlock()
		all, _ := p.ask(ctx, o) // what was not told proves nothing, and nothing against it
		return all
	}
	defer p.mu.Unlock()
	all, err := p.ask(ctx, o)
	if err != nil && ctx.Err() == nil || len(all) > 0 {
		p.keeps[o.Bucket] = err == nil && (len(all) > 1 || len(all) == 1 && !unversioned(all[0]))
	}
	if !p.keeps[o.Bucket] {
		return nil
	}
	return all
}

// unversioned reports whether an object may be the only state that there is of it.
func unversioned(o Object) bool { return o.VersionID == "" || o.VersionID == "null" }

func (p *past) ask(ctx context.Context, o Object) ([]Object, error) {
	p.requests.versions.Add(1)
	return p.source.Versions(ctx, o)
}

// further looks for what can still prove a file that no listing has proven: older
// versions, the true sizes of uneven parts, the original itself. Of a file that
// differs it finds out where.
func (m *comparison) further(ctx context.Context, f Finding, at *lookup) (Finding, error) {
	switch f.Outcome {
	case Match, Failure, Extra:
		return f, nil
	case Differ, MissingOnDevice, ChangedAfterExport, MissingOnSource, Unverifiable:
	}
	if old, ok, err := m.olderVersion(ctx, at); ok || err != nil {
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

// olderVersion compares with the versions that the bucket keeps.
func (m *comparison) olderVersion(ctx context.Context, at *lookup) (Finding, bool, error) {
	states := m.c.past.states(ctx, m.item.unit)
	if len(states) == 0 {
		return Finding{}, false, nil
	}
	old := &comparison{c: m.c, item: m.item, history: m.history}
	for _, s := range states {
		old.candidates = append(old.candidates, &candidate{state: s, etag: parseETag(s.ETag), listed: WitnessETag})
	}
	for old.climb(ctx); len(old.wanted) > 0; {
		s, err := old.compute(ctx, at)
		if err != nil {
			return Finding{}, true, err
		}
		old.took(ctx, s)
	}
	f := old.finding()
	if f.Outcome != Match {
		return Finding{}, false, nil
	}
	f.Reason = OldVersion
	for _, one := range old.candidates {
		if one.out == Match || one.state.Size == 0 {
			f.Detail = "version " + one.state.VersionID
		}
	}
	return f, true, nil
}
