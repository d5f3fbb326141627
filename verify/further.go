package verify

import (
	"context"
	"errors"
	"strings"
)

// further looks for what can still prove a file that no listing has proven: other
// versions, the true sizes of uneven parts, the original itself. Of a file that
// differs it finds out where; it is bad only once it is known to be no other version. What
// the source did not answer is said, unless the file is proven equal all the same.
func (m *comparison) further(ctx context.Context, f Finding, at *lookup) (Finding, error) {
	switch f.Outcome {
	case Match, Failure, Extra:
		return f, nil
	case Differ, MissingOnDevice, ChangedAfterExport, MissingOnSource, Unverifiable:
	}
	g, err := m.otherwise(ctx, f, at)
	switch {
	case g.Outcome == Match:
		m.unanswered = nil
	case g.Outcome == Differ && len(m.unanswered) > 0: // it may be a version of which nothing was told
		g.Outcome, g.Reason, g.Detail = Failure, VersionsNotTold, "it is not what is listed"
	}
	g.Detail = and(g.Detail, m.unanswered...)
	return g, err
}

// otherwise is further, without what was not answered.
func (m *comparison) otherwise(ctx context.Context, f Finding, at *lookup) (Finding, error) {
	if old, ok, err := m.otherVersion(ctx, at); ok || err != nil {
		return old, err
	}
	if f.Outcome == Differ && len(m.unanswered) > 0 {
		return f, nil // who does not answer is not asked where it differs
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

// otherVersion compares with the other versions that the bucket holds; false: it equals
// none that was told.
func (m *comparison) otherVersion(ctx context.Context, at *lookup) (Finding, bool, error) {
	states, err := m.c.past.states(ctx, m.item.unit)
	if err != nil && ctx.Err() == nil {
		m.unanswered = append(m.unanswered, "other versions were not told: "+err.Error())
		return Finding{}, false, nil
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
	case Failure:
		m.unanswered = append(m.unanswered, "another version was not told: "+was.Detail)
	default:
	}
	return Finding{}, false, nil
}

// and joins what a detail says, without what is empty.
func and(first string, more ...string) string {
	if first != "" {
		more = append([]string{first}, more...)
	}
	return strings.Join(more, "; ")
}

// final reports whether an error of a source is an answer, which will be the same another
// time.
func final(err error) bool {
	for _, answer := range []error{ErrGone, ErrChanged, ErrDenied, ErrArchived, ErrNotSupported} {
		if errors.Is(err, answer) {
			return true
		}
	}
	return false
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
