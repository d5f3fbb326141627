package fill

import (
	"context"
	"errors"
	"iter"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/verify"
)

// copyAll fetches what is not on the drive. Where that gets full, replaced files of older
// runs make room.
func (c *copying) copyAll(ctx context.Context) error {
	copier := c.Copier(c.doc, Hooks{Aside: c.aside, Pinned: c.order.Repair != "", Skip: c.skip, Done: c.tell})
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
		entries[i] = entry{Gone: b.Gone, Change: b.Changed, Unproven: unproven(b), Expected: lineOf(b)}
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

// unproven reports whether nothing says that what came is the object. An empty one is told
// by its size.
func unproven(b providers.Copied) bool { return b.Proven == "" && !b.Gone && b.Size > 0 }

// sha256Name is digest.SHA256 of package verify, which this layer does not reach into.
const sha256Name = "SHA256"

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
	e.Known = &verify.Known{Algorithm: sha256Name, Sum: b.SHA256[:], Witness: verify.WitnessCopied}
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
