package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify"
)

// bucketSource shows an S3 client as a verify.Source.
type bucketSource struct{ client *s3.Client }

// List implements verify.Source.
func (s bucketSource) List(ctx context.Context, r verify.Range, yield func(verify.Object) error) error {
	return s.client.List(ctx, r.Bucket, s3.Query{Prefix: r.Prefix, After: r.After, Through: r.Through}, func(o s3.Object) error {
		return yield(verify.Object{
			Bucket: r.Bucket, Key: o.Key, Size: o.Size, ETag: o.ETag,
			LastModified: o.LastModified, StorageClass: o.StorageClass,
		})
	})
}

// Head implements verify.Source.
func (s bucketSource) Head(ctx context.Context, o verify.Object) (verify.Head, error) {
	h, err := s.client.Head(ctx, o.Bucket, o.Key, s3.HeadOptions{IfMatch: o.ETag, Part: 1})
	switch {
	case errors.Is(err, s3.ErrGone):
		return verify.Head{}, fmt.Errorf("%w: %w", verify.ErrGone, err)
	case errors.Is(err, s3.ErrChanged):
		return verify.Head{}, fmt.Errorf("%w: %w", verify.ErrChanged, err)
	case err != nil:
		return verify.Head{}, err
	}
	return verify.Head{Parts: h.Parts, PartSize: h.PartSize, Encryption: h.Encryption}, nil
}
