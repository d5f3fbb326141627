package verify

import (
	"context"
	"iter"
)

// Drift is what has become of the objects of an older copy in a newer listing of the same
// source. Objects that the newer one does not select are left out: a narrower selection is
// no loss.
type Drift struct {
	Before  int64 `json:"before"`  // objects of the older copy
	Deleted int64 `json:"deleted"` // of these: not in the source any more
	Changed int64 `json:"changed"` // of these: with another content
	Created int64 `json:"created"` // new in the source
	// Keys of a few of them, as bucket/key.
	DeletedSuch []string `json:"deletedSuch,omitempty"`
	ChangedSuch []string `json:"changedSuch,omitempty"`
}

// DriftOf compares two baselines whose lines are in their order. ranges are those of the
// newer one.
func DriftOf(ctx context.Context, older, newer iter.Seq2[Expected, error], ranges []Range) (Drift, error) {
	var d Drift
	next, stop := iter.Pull2(newestOf(newer))
	defer stop()
	now, err, ok := next()
	for before, err2 := range newestOf(older) {
		if err2 != nil {
			return d, err2
		}
		if err3 := ctx.Err(); err3 != nil {
			return d, err3
		}
		for ok && err == nil && order(&now, &before) < 0 {
			d.Created++
			now, err, ok = next()
		}
		if err != nil {
			return d, err
		}
		if !selected(ranges, before) {
			continue
		}
		d.Before++
		switch {
		case !ok || order(&now, &before) != 0:
			d.Deleted++
			d.DeletedSuch = few(d.DeletedSuch, before)
			continue
		case !same(now.Object, before.Object):
			d.Changed++
			d.ChangedSuch = few(d.ChangedSuch, before)
		}
		now, err, ok = next()
	}
	for ; ok && err == nil; now, err, ok = next() {
		d.Created++
	}
	return d, err
}

// newestOf leaves out what is no file, and of an object that was seen twice the older
// state.
func newestOf(lines iter.Seq2[Expected, error]) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		var held *Expected
		for e, err := range lines {
			if err != nil {
				yield(e, err)
				return
			}
			if e.Kind == KindMarker {
				continue
			}
			if held != nil && order(held, &e) != 0 && !yield(*held, nil) {
				return
			}
			held = &e
		}
		if held != nil {
			yield(*held, nil)
		}
	}
}

func selected(ranges []Range, e Expected) bool {
	for _, r := range ranges {
		if r.Bucket == e.Bucket && r.selects(e.Key) {
			return true
		}
	}
	return false
}

const fewKeys = 3

func few(keys []string, e Expected) []string {
	if len(keys) >= fewKeys {
		return keys
	}
	return append(keys, e.Bucket+"/"+e.Key)
}
