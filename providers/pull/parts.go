package pull

import (
	"context"
	"errors"

	"github.com/cargomedia/s3export/providers/s3"
)

// lookAtParts takes the parts for even where that gives their number.
func (c *copying) lookAtParts(ctx context.Context, l *looked, h s3.Head) error {
	n := int64(l.etag.parts)
	if first := h.PartSize; h.Parts == l.etag.parts && first > 0 && first*(n-1) < l.Item.Size && l.Item.Size <= first*n {
		l.Parts, l.Assumed = evenly(l.Item.Size, first), n > 2
	}
	if l.etag.usable && l.Parts != nil {
		return nil
	}
	told, err := c.attributes(ctx, l)
	if told || err != nil {
		return err
	}
	if !l.etag.usable {
		h, err := c.head(ctx, l.Item, s3.HeadOptions{IfMatch: l.Item.ETag, Checksums: true})
		if err != nil {
			return err
		}
		l.Checksums = h.Checksums
	}
	if l.Parts != nil {
		return nil
	}
	return c.eachPart(ctx, l)
}

// evenly returns parts of which the last takes what is left.
func evenly(size, first int64) []int64 {
	var parts []int64
	for ; size > 0; size -= first {
		parts = append(parts, min(first, size))
	}
	return parts
}

// shortened leaves the first alone of parts that are even.
func shortened(parts []int64) []int64 {
	for i := 1; i < len(parts); i++ {
		if parts[i] != parts[0] && (i < len(parts)-1 || parts[i] > parts[0]) {
			return parts
		}
	}
	return parts[:min(1, len(parts))]
}

// exact asks for the sizes of all parts, and for the checksums of the object.
func (c *copying) exact(ctx context.Context, l *looked) error {
	told, err := c.attributes(ctx, l)
	if told || err != nil {
		return err
	}
	return c.eachPart(ctx, l)
}

// attributes reports whether the parts were told: S3 lists them only where it keeps
// checksums of them, and to some roles never.
func (c *copying) attributes(ctx context.Context, l *looked) (told bool, err error) {
	c.count.request()
	a, err := c.o.Client.Attributes(ctx, l.Item.Bucket, l.Item.Key, l.VersionID, l.Item.ETag)
	if errors.Is(err, s3.ErrChanged) || errors.Is(err, s3.ErrGone) || ctx.Err() != nil {
		return false, err
	}
	if err != nil {
		return false, nil //nolint:nilerr // it can be denied, or unknown to a server: there is another way
	}
	l.Checksums = a.Checksums
	if len(a.Parts) != l.etag.parts {
		return false, nil
	}
	l.Parts, l.Assumed = make([]int64, len(a.Parts)), false
	for i, p := range a.Parts {
		l.Parts[i] = p.Size
	}
	return true, nil
}

// eachPart asks for each part's size. Where that is not told, what is assumed stands.
func (c *copying) eachPart(ctx context.Context, l *looked) error {
	parts := make([]int64, l.etag.parts)
	var sum int64
	for i := range parts {
		h, err := c.head(ctx, l.Item, s3.HeadOptions{IfMatch: l.Item.ETag, Part: int32(i) + 1})
		if err != nil {
			return err
		}
		if h.Parts != len(parts) {
			return nil
		}
		parts[i] = h.PartSize
		sum += h.PartSize
	}
	if sum == l.Item.Size {
		l.Parts, l.Assumed = parts, false
	}
	return nil
}
