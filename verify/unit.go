package verify

import "time"

// unit is one object of the population: one state of it, or the two that a closed
// baseline holds of an object that changed while the load ran.
type unit struct {
	states  []Expected
	entry   Entry // on the drive, when there
	there   bool
	settled *Finding // decided; nil while content is to be compared
	// reopened: its size is wrong, unless an older version of its object has it.
	reopened bool
}

func (u *unit) path() string { return u.states[0].Path }

// key is what the draw ranks: unique in the population, and not of the drive.
func (u *unit) key() string {
	e := u.states[0]
	return e.Bucket + "\x00" + e.Key + "\x00" + e.Path
}

func (u *unit) finding(o Outcome, r Reason) Finding {
	newest := u.states[len(u.states)-1]
	return Finding{Path: newest.Path, Bucket: newest.Bucket, Key: newest.Key, Size: u.entry.Size, Outcome: o, Reason: r}
}

// bytes returns the size of the newest state.
func (u *unit) bytes() int64 { return u.states[len(u.states)-1].Size }

// history is what is known of an object's life around the load.
type history int

const (
	stable  history = iota // one state, before and after; or nothing else is known
	changed                // two states
	created                // only at the end
	deleted                // only at the start
	newer                  // modified after the load had ended
)

// listMargin is the resolution of LastModified, which is cut to whole seconds.
const listMargin = time.Second

func (u *unit) history(k Knowledge, loadEnded time.Time) history {
	first := u.states[0]
	late := !loadEnded.IsZero() && first.LastModified.After(loadEnded.Add(-listMargin))
	switch {
	case len(u.states) > 1:
		return changed
	case k == LiveListing && late, first.Seen == AtEnd && late:
		return newer
	case first.Seen == AtEnd:
		return created
	case k == ClosedBaseline && first.Seen == AtStart:
		return deleted
	}
	return stable
}

// unequal decides what it means that a file equals no state of its object: rot,
// unless the load may have seen a state that is in no listing.
func (h history) unequal(r Reason) (Outcome, Reason) {
	switch h {
	case newer:
		return ChangedAfterExport, NewerThanLoad
	case changed, created, deleted:
		return Unverifiable, ChangedDuringLoad
	default:
		return Differ, r
	}
}

// equal decides the reason of a match with a state.
func (h history) equal(state Expected) Reason {
	switch {
	case h == changed && state.Seen == AtStart, state.Since == SinceChanged:
		return ChangedSince
	case h == deleted, state.Since == SinceDeleted:
		return DeletedSince
	}
	return Equal
}
