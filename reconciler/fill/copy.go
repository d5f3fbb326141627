package fill

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
)

// copyAll fetches what is not on the drive. Where that gets full, replaced files of older
// runs make room.
func (c *copying) copyAll(ctx context.Context) error {
	copier := c.Copier(c.doc, Hooks{Aside: c.aside, Skip: c.skip, Done: c.tell})
	for {
		err := copier.Copy(ctx, c.root, c.items(ctx), c.keep)
		if err == nil || !c.IsFull(err) && !errors.Is(err, errNoRoom) {
			return err
		}
		if err := c.ledger.close(); err != nil {
			return c.trouble("of the ledger", err)
		}
		made, err := c.makeRoom()
		if err != nil {
			return err
		}
		if !made {
			return c.full(ctx)
		}
		if err := c.reserve(); err != nil {
			return err
		}
	}
}

// wanted reports whether an object is to be fetched.
func (c *copying) wanted(s state) bool {
	return s.Kind != verify.KindMarker && !s.done && !c.leftOut(s.Expected) && !c.asleep[s.Path] && !c.hasFailed(s.Path)
}

// items gives the objects that are to be fetched, in the order of paths. The way is cleared
// for each of them, and the directories are made that are objects themselves.
func (c *copying) items(ctx context.Context) iter.Seq2[providers.Item, error] {
	return func(yield func(providers.Item, error) bool) {
		for s, err := range c.states(ctx, false) {
			switch {
			case err != nil:
			case s.Kind == verify.KindMarker:
				err = c.directory(strings.TrimSuffix(s.Path, "/"))
			case c.wanted(s):
				err = c.clear(s.Path)
			case !s.done && c.leftOut(s.Expected):
				err = c.vacate(s.Path)
			}
			if err != nil {
				yield(providers.Item{}, err)
				return
			}
			if c.wanted(s) && !yield(itemOf(s.Expected), nil) {
				return
			}
		}
	}
}

// leftOut reports whether the spec accepts that the object is not on the drive.
func (c *copying) leftOut(e verify.Expected) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.left[e.Path] || e.Archived() && c.doc.Spec.Provider.Pull.Restore == nil && c.doc.Spec.Preflight.Accepts(string(verify.IssueArchived))
}

func (c *copying) hasFailed(path string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.failed[path] != nil
}

// skip leaves an object out that cannot be copied: for good, where the spec accepts that,
// else so that the others are on the drive when somebody has to look.
func (c *copying) skip(item providers.Item, reason error) error {
	accepted, err := c.note(item, reason)
	if accepted {
		return c.vacate(item.Path)
	}
	return err
}

func (c *copying) note(item providers.Item, reason error) (accepted bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.doc.Spec.Preflight.Accepts(c.Lacks(reason)):
		c.left[item.Path] = true
		return true, nil
	case len(c.failed) >= failedMost:
		return false, reason
	case len(c.failed) == 0:
		c.first = reason
	}
	c.failed[item.Path] = reason
	return false, nil
}

// failedMost is how many objects may fail before the source as a whole is taken to be in
// trouble.
const failedMost = 100

// uncopied is the error of a copy that lacks objects; nil when it lacks none.
func (c *copying) uncopied() error {
	if len(c.failed) == 0 {
		return nil
	}
	return &reconciler.UncopiedError{Objects: len(c.failed), First: c.first}
}

// foresee finds out how much is to be fetched, so that progress can say how long it takes.
// It asks for archived objects, where the spec has them restored: those that are not
// readable yet are fetched another time.
func (c *copying) foresee(ctx context.Context) error {
	c.total = verify.Step{Phase: verify.PhaseCopying}
	how := c.doc.Spec.Provider.Pull.Restore
	for s, err := range c.states(ctx, how == nil) {
		if err != nil {
			return err
		}
		if how != nil && s.Archived() && !s.done {
			if err := c.restore(ctx, s.Expected, *how); err != nil {
				return err
			}
		}
		if c.wanted(s) {
			c.total.Of, c.total.OfBytes = c.total.Of+1, c.total.OfBytes+s.Size
		}
	}
	return nil
}

// restore asks for an object to be readable. One that may not be asked for is like one that
// cannot be copied.
func (c *copying) restore(ctx context.Context, e verify.Expected, how specs.RestoreRequest) error {
	ready, err := c.Restorer.Restore(ctx, e.Bucket, e.Key, how.Tier, how.Days)
	if err != nil {
		err = fmt.Errorf("restoring %q of bucket %q: %w", e.Key, e.Bucket, err)
		if c.Lacks(err) != "" {
			return c.skip(itemOf(e), err)
		}
		return err
	}
	if !ready {
		c.asleep[e.Path] = true
	}
	return nil
}

func (c *copying) tell(objects, bytes int64) {
	if c.Progress == nil {
		return
	}
	s := c.total
	s.Objects, s.Bytes = objects, bytes
	c.Progress.Progress(s)
}

func itemOf(e verify.Expected) providers.Item {
	return providers.Item{
		Bucket: e.Bucket, Key: e.Key, Path: e.Path, Size: e.Size, ETag: e.ETag, LastModified: e.LastModified, StorageClass: e.StorageClass,
	}
}

// errNoRoom says that the drive has no room for the ledger.
var errNoRoom = errors.New("no space is left for what the drive says of itself")

// keep writes down what is on the medium. The room for that is reserved.
func (c *copying) keep(batch []providers.Copied) error {
	entries := make([]entry, len(batch))
	for i, b := range batch {
		entries[i] = entry{Gone: b.Gone, Change: b.Changed, Expected: lineOf(b)}
	}
	err := c.ledger.add(entries)
	if !errors.Is(err, unix.ENOSPC) {
		return c.trouble("of the ledger", err)
	}
	if err := c.release(); err != nil {
		return err
	}
	if err = c.ledger.add(entries); errors.Is(err, unix.ENOSPC) {
		return errNoRoom
	}
	return c.trouble("of the ledger", err)
}

// lineOf is the line of the baseline for an object that was copied.
func lineOf(b providers.Copied) verify.Expected {
	e := verify.Expected{
		Object: verify.Object{
			Bucket: b.Bucket, Key: b.Key, Size: b.Size, ETag: b.ETag, LastModified: b.LastModified, VersionID: b.VersionID, StorageClass: b.StorageClass,
		},
		Path: b.Path, Seen: verify.AtBoth,
	}
	if b.Gone {
		return e
	}
	e.Known = &verify.Known{Algorithm: digest.SHA256, Sum: b.SHA256[:], Witness: verify.WitnessCopied}
	a := b.Attributes
	e.Attributes = &verify.Attributes{
		ContentType: a.ContentType, CacheControl: a.CacheControl, ContentDisposition: a.ContentDisposition,
		ContentEncoding: a.ContentEncoding, ContentLanguage: a.ContentLanguage, Expires: a.Expires, Metadata: a.Metadata,
	}
	switch len(a.PartSizes) {
	case 0:
	case 1:
		e.Attributes.PartSize = a.PartSizes[0]
	default:
		e.Attributes.PartSizes = a.PartSizes
	}
	return e
}
