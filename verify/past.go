package verify

import (
	"context"
	"sync"
)

// past asks for older versions of objects. It is safe for concurrent use.
type past struct {
	source   Source // nil: nobody is asked
	requests *counters

	mu    sync.Mutex
	plain map[string]bool // buckets that keep no versions, or do not tell
	asked int
}

// pastMost bounds the requests of one run: beyond that it is the drive that is bad.
const pastMost = 10_000

// states returns the older versions of the unit's object that have the file's size.
func (p *past) states(ctx context.Context, u *unit) []Expected {
	newest := u.states[len(u.states)-1]
	if p.source == nil || !p.may(newest.Bucket) {
		return nil
	}
	p.requests.versions.Add(1)
	all, err := p.source.Versions(ctx, newest.Object)
	if err != nil || len(all) == 0 || len(all) == 1 && all[0].VersionID == "" {
		p.mu.Lock()
		p.plain[newest.Bucket] = true
		p.mu.Unlock()
		return nil
	}
	var older []Expected
	for _, o := range all {
		known := false
		for _, s := range u.states {
			known = known || same(s.Object, o)
		}
		if !known && o.Size == u.entry.Size {
			e := newest
			e.Object = o
			older = append(older, e)
		}
	}
	return older
}

func (p *past) may(bucket string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.plain[bucket] || p.asked >= pastMost {
		return false
	}
	p.asked++
	return true
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
		old.candidates = append(old.candidates, &candidate{state: s, etag: parseETag(s.ETag)})
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
