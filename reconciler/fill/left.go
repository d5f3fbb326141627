package fill

import (
	"context"
	"fmt"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

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
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case c.doc.Spec.Preflight.Accepts(c.Lacks(reason)):
		c.left[item.Path] = true
		return nil
	case len(c.failed) >= failedMost:
		return reason
	case len(c.failed) == 0:
		c.first = reason
	}
	c.failed[item.Path] = reason
	return nil
}

// failedMost is how many objects may fail before the source as a whole is taken to be in
// trouble.
const failedMost = 100

// uncopied is the error of a copy that lacks objects; nil when it lacks none.
func (c *copying) uncopied() error {
	if len(c.failed) == 0 {
		return nil
	}
	return &reconciler.UncopiedError{Objects: len(c.failed), First: c.first, Repair: c.order.Repair != ""}
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
