package verify

import "context"

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
