package fill

import (
	"cmp"
	"context"
	"iter"
	"time"

	"github.com/cargomedia/s3export/verify"
)

// state is an object of the baseline, and what is known of its file.
type state struct {
	verify.Expected
	have entry // what is known of it
	done bool  // it is on the drive as have says, or was gone when its turn came
	kept bool  // an older copy has brought it
	past bool  // an older copy has brought another state of it
}

// known is what the drive says of its files, of which nobody has looked at any yet.
type known struct {
	*copying
	now   cursors // of this copy
	older cursors // of those before it
	trust bool    // files are not looked at
}

// states walks the baseline beside the ledger and the bundle on the drive. With trust the
// files themselves are not looked at, which is good enough to tell how much there is to do.
func (c *copying) states(ctx context.Context, trust bool) iter.Seq2[state, error] {
	return func(yield func(state, error) bool) {
		k := &known{copying: c, now: c.ledger.cursors(true), trust: trust}
		if c.before != nil {
			k.older = append(k.older, newCursor(entries(c.before(ctx))))
		}
		k.older = append(k.older, c.ledger.cursors(false)...)
		defer k.now.stop()
		defer k.older.stop()
		for e, err := range c.baseline(ctx) {
			var s state
			if err == nil {
				s = k.state(e)
				err = cmp.Or(ctx.Err(), c.trouble("of what the drive says of itself", cmp.Or(k.now.err(), k.older.err())))
			}
			if err != nil {
				yield(state{}, err)
				return
			}
			if !yield(s, nil) {
				return
			}
		}
	}
}

// state looks up what is known of an object, and whether that is still there.
func (k *known) state(e verify.Expected) state {
	s := state{Expected: e}
	have, ok := k.now.to(e.Path)
	if ok && have.Bucket == e.Bucket && have.Key == e.Key && (have.Gone || k.there(have.Expected, have.LastModified)) {
		s.have, s.done = have, true
	}
	for _, c := range k.older {
		have, ok := c.to(e.Path)
		s.past = s.past || ok && have.Known != nil && !k.same(have, e)
		if !ok || s.done && !s.kept || !k.same(have, e) || !k.there(have.Expected, have.LastModified, e.LastModified) || !k.dated(have, e) {
			continue
		}
		have.LastModified, have.StorageClass, have.Change = e.LastModified, e.StorageClass, false
		s.have, s.done, s.kept = have, true, true
	}
	return s
}

// same reports whether an older copy has brought the same content, and it is not known to
// be bad, unless nothing better is to be had.
func (c *copying) same(have entry, e verify.Expected) bool {
	_, bad := c.bad[e.Path]
	return (!bad || c.leftOut(e)) && !have.Gone && have.Known != nil &&
		have.Bucket == e.Bucket && have.Key == e.Key && have.ETag == e.ETag && have.Size == e.Size
}

// dated gives a file the date of its object, which changes when the same bytes are put
// again.
func (k *known) dated(have entry, e verify.Expected) bool {
	return k.trust || have.LastModified.Equal(e.LastModified) || k.there(e, e.LastModified) || k.root.Chtimes(e.Path, e.LastModified, e.LastModified) == nil
}

// there reports whether the file is as it was left, with one of the dates that it may have:
// nothing else has written to it since.
func (k *known) there(e verify.Expected, dates ...time.Time) bool {
	if k.trust {
		return true
	}
	info, err := k.root.Lstat(e.Path)
	if err != nil || !info.Mode().IsRegular() || info.Size() != e.Size {
		return false
	}
	for _, d := range dates {
		if info.ModTime().Equal(d) {
			return true
		}
	}
	return false
}
