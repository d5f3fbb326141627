package pull

import (
	"context"
	"fmt"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

// mostChanges is how often an object may be replaced while it is copied.
const mostChanges = 3

// looked is what is known of an object before, or while, its content comes. It is kept in
// the sidecar of a large one.
type looked struct {
	Item       providers.Item
	VersionID  string
	Encryption string
	Checksums  []s3.Checksum
	Attributes providers.CopiedAttributes
	Parts      []int64 // sizes of the parts of a multipart upload; nil: none, or not known
	Assumed    bool    // Parts are what even parts would be
	Changed    bool    // Item is another state than was listed

	etag etag
}

func (l *looked) copied(sum [32]byte, proven string) providers.Copied {
	c := providers.Copied{Item: l.Item, VersionID: l.VersionID, SHA256: sum, Proven: proven, Changed: l.Changed, Attributes: l.Attributes}
	c.Attributes.PartSizes = shortened(l.Parts)
	return c
}

// look learns what a large object is, in the state that is asked for.
func (c *copying) look(ctx context.Context, item providers.Item, changed bool) (*looked, error) {
	l := &looked{Item: item, Changed: changed}
	o := s3.HeadOptions{IfMatch: item.ETag, Checksums: true}
	if parseETag(item.ETag, "").parts > 0 {
		o.Part = 1
	}
	h, err := c.head(ctx, item, o)
	if err != nil {
		return nil, err
	}
	l.VersionID, l.Encryption, l.Attributes = h.VersionID, h.Encryption, h.Attributes
	l.etag = parseETag(item.ETag, h.Encryption)
	if o.Part == 0 {
		l.Checksums = h.Checksums
		return l, nil
	}
	return l, c.lookAtParts(ctx, l, h)
}

// head is a look that is repeated where its answer is lost.
func (c *copying) head(ctx context.Context, item providers.Item, o s3.HeadOptions) (s3.Head, error) {
	for fails := 1; ; fails++ {
		round, err := c.gate.enter(ctx)
		if err != nil {
			return s3.Head{}, err
		}
		c.count.request()
		limited, stop := context.WithTimeout(ctx, patience*c.o.Stall)
		h, err := c.o.Client.Head(limited, item.Bucket, item.Key, o)
		stop()
		switch {
		case err == nil:
			c.gate.leave(round, good)
		case providers.KindOf(err) == providers.Throttled:
			c.gate.leave(round, throttled)
		default:
			c.gate.leave(round, lost)
		}
		if err == nil && h.Encryption == s3.CustomerKey {
			return h, ssec(item, nil)
		}
		if err == nil {
			return h, nil
		}
		if err := c.again(ctx, err, fails); err != nil {
			return s3.Head{}, err
		}
	}
}

// renew returns the state that an object is in now.
func (c *copying) renew(ctx context.Context, item providers.Item) (providers.Item, error) {
	if c.o.Pinned {
		return item, replaced(item)
	}
	h, err := c.head(ctx, item, s3.HeadOptions{})
	if err != nil {
		return item, err
	}
	if h.Size < 0 || h.ETag == "" {
		return item, fmt.Errorf("looking at %q of bucket %q: the server tells no size or no ETag", item.Key, item.Bucket)
	}
	item.Size, item.ETag, item.LastModified, item.StorageClass = h.Size, h.ETag, h.LastModified, h.StorageClass
	return item, nil
}

func restless(item providers.Item) error {
	return &Error{
		Kind: Restless, Item: item, Message: fmt.Sprintf("it was replaced %d times while it was copied", mostChanges+1),
		Remedy: "stop what writes it, or leave it out", Err: s3.ErrChanged,
	}
}
