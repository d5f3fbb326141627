package verify

import (
	"cmp"
	"context"
	"iter"
)

// Drift is what has become of the objects of an older copy in a newer listing of the same
// source. Objects that the newer one does not select are counted apart: a narrower selection
// is no loss, as long as nothing is taken away for it.
type Drift struct {
	Before  int64 `json:"before"`  // objects of the older copy
	Deleted int64 `json:"deleted"` // of these: not in the source any more
	Changed int64 `json:"changed"` // of these: with another content
	Created int64 `json:"created"` // new in the source
	// Unselected are objects of the older copy that the newer listing does not select.
	Unselected int64 `json:"unselected,omitempty"`
	// Keys of a few of them, as bucket/key.
	DeletedSuch []string `json:"deletedSuch,omitempty"`
	ChangedSuch []string `json:"changedSuch,omitempty"`
}

// DriftOf compares two baselines whose lines are in their order. ranges are those of the
// newer one.
func DriftOf(ctx context.Context, older, newer iter.Seq2[Expected, error], ranges []Range) (Drift, error) {
	d := drifting{}
	d.next, d.stop = iter.Pull2(newestOf(newer))
	defer d.stop()
	d.advance()
	for before, err := range newestOf(older) {
		if err := cmp.Or(err, ctx.Err()); err != nil {
			return d.Drift, err
		}
		d.to(&before)
		if d.err != nil {
			return d.Drift, d.err
		}
		if selected(ranges, before) {
			d.compare(&before)
		} else {
			d.Unselected++
		}
	}
	d.to(nil)
	return d.Drift, d.err
}

// drifting is one comparison.
type drifting struct {
	Drift
	next func() (Expected, error, bool)
	stop func()
	now  Expected
	err  error
	ok   bool
}

func (d *drifting) advance() { d.now, d.err, d.ok = d.next() }

// to counts the objects before one, or all that are left, as new.
func (d *drifting) to(before *Expected) {
	for d.ok && d.err == nil && (before == nil || order(&d.now, before) < 0) {
		d.Created++
		d.advance()
	}
}

// compare counts what has become of an object of the older copy.
func (d *drifting) compare(before *Expected) {
	d.Before++
	if !d.ok || order(&d.now, before) != 0 {
		d.Deleted++
		d.DeletedSuch = few(d.DeletedSuch, *before)
		return
	}
	if !same(d.now.Object, before.Object) {
		d.Changed++
		d.ChangedSuch = few(d.ChangedSuch, *before)
	}
	d.advance()
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
