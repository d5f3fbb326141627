package fill

import (
	"context"
	"iter"

	"github.com/cargomedia/s3export/verify"
)

// state is an object of the baseline, and what is known of its file.
type state struct {
	verify.Expected
	have entry // what is known of it
	done bool  // it is on the drive as have says, or was gone when its turn came
	kept bool  // an older run has copied it
}

// states walks the baseline beside the ledger and the bundle on the drive.
func (c *copying) states(ctx context.Context) iter.Seq2[state, error] {
	return func(yield func(state, error) bool) {
		now := c.ledger.cursors()
		old := newCursor(func(func(entry, error) bool) {})
		if c.before != nil {
			old = newCursor(entries(c.before.Population().Objects(ctx)))
		}
		defer old.stop()
		defer now.stop() //nolint:errcheck // of a reader that ended early
		for e, err := range c.baseline(ctx) {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil {
				yield(state{}, err)
				return
			}
			if !yield(c.state(e, now, old), nil) {
				return
			}
		}
	}
}

// state looks up what is known of an object, and whether that is still there.
func (c *copying) state(e verify.Expected, now cursors, old *cursor) state {
	s := state{Expected: e}
	if have, ok := now.to(e.Path); ok && have.Bucket == e.Bucket && have.Key == e.Key {
		s.have, s.done = have, have.Gone || c.there(have)
		if s.done {
			old.to(e.Path)
			return s
		}
	}
	have, ok := old.to(e.Path)
	same := ok && have.Bucket == e.Bucket && have.Key == e.Key && have.ETag == e.ETag && have.Size == e.Size
	if same && have.Known != nil && !c.bad[e.Path] && c.there(have) && c.dated(have, e) {
		have.LastModified, have.StorageClass = e.LastModified, e.StorageClass
		s.have, s.done, s.kept = have, true, true
	}
	return s
}

// dated gives a file the date of its object, which changes when the same bytes are put
// again.
func (c *copying) dated(have entry, e verify.Expected) bool {
	return have.LastModified.Equal(e.LastModified) || c.root.Chtimes(e.Path, e.LastModified, e.LastModified) == nil
}

// there reports whether the file is as it was left: nothing else has written to it since.
func (c *copying) there(e entry) bool {
	info, err := c.root.Lstat(e.Path)
	return err == nil && info.Mode().IsRegular() && info.Size() == e.Size && info.ModTime().Equal(e.LastModified)
}
