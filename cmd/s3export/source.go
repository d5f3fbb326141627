package main

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
)

// bucketSource shows an S3 client as a verify.Source and a verify.Downloader.
type bucketSource struct{ client *s3.Client }

// List implements verify.Source.
func (s bucketSource) List(ctx context.Context, r verify.Range, yield func(verify.Object) error) error {
	return s.client.List(ctx, r.Bucket, s3.Query{Prefix: r.Prefix, After: r.After, Through: r.Through}, func(o s3.Object) error {
		return yield(verify.Object{
			Bucket: r.Bucket, Key: o.Key, Size: o.Size, ETag: o.ETag, LastModified: o.LastModified, StorageClass: o.StorageClass,
			Stored: digest.Algorithm(o.ChecksumAlgorithm), Composite: o.ChecksumType == s3.Composite,
		})
	})
}

// Lists implements verify.Lister.
func (s bucketSource) Lists() int64 { return s.client.Requests().ByOperation["ListObjectsV2"] }

// Head implements verify.Source.
func (s bucketSource) Head(ctx context.Context, o verify.Object, a verify.Ask) (verify.Head, error) {
	options := s3.HeadOptions{VersionID: o.VersionID, IfMatch: o.ETag, Checksums: a.Checksums, Part: int32(a.Part)}
	h, err := s.client.Head(ctx, o.Bucket, o.Key, options)
	if err != nil {
		return verify.Head{}, sourceError(err)
	}
	return verify.Head{Parts: h.Parts, PartSize: h.PartSize, Encryption: h.Encryption, Checksums: checksumsOf(h.Checksums)}, nil
}

// Parts implements verify.Source.
func (s bucketSource) Parts(ctx context.Context, o verify.Object) ([]verify.Part, error) {
	a, err := s.client.Attributes(ctx, o.Bucket, o.Key, o.VersionID, o.ETag)
	if err != nil {
		return nil, sourceError(err)
	}
	parts := make([]verify.Part, len(a.Parts))
	for i, p := range a.Parts {
		parts[i] = verify.Part{Size: p.Size, Checksums: checksumsOf(p.Checksums)}
	}
	return parts, nil
}

// Versions implements verify.Source. A bucket that was deleted has none.
func (s bucketSource) Versions(ctx context.Context, o verify.Object) ([]verify.Object, error) {
	all, err := s.client.Versions(ctx, o.Bucket, o.Key)
	if gone, ok := errors.AsType[*providers.Error](err); ok && gone.Kind == providers.NotFound {
		return nil, nil
	}
	if err != nil {
		return nil, sourceError(err)
	}
	var versions []verify.Object
	for _, v := range all {
		versions = append(versions, verify.Object{
			Bucket: o.Bucket, Key: o.Key, Size: v.Size, ETag: v.ETag, LastModified: v.LastModified, VersionID: v.VersionID,
			Current: v.IsLatest, Deleted: v.DeleteMarker, StorageClass: v.StorageClass,
			Stored: digest.Algorithm(v.ChecksumAlgorithm), Composite: v.ChecksumType == s3.Composite,
		})
	}
	return versions, nil
}

// Download implements verify.Downloader.
func (s bucketSource) Download(ctx context.Context, o verify.Object, offset int64) (io.ReadCloser, error) {
	body, err := s.client.GetRange(ctx, o.Bucket, o.Key, s3.GetOptions{VersionID: o.VersionID, IfMatch: o.ETag, Offset: offset})
	return body, sourceError(err)
}

// checksumsOf leaves out a value that cannot be read: it proves nothing.
func checksumsOf(all []s3.Checksum) []verify.Checksum {
	var known []verify.Checksum
	for _, c := range all {
		a := digest.Algorithm(c.Algorithm)
		if sum, err := base64.StdEncoding.DecodeString(c.Value); err == nil && a.Computable() {
			known = append(known, verify.Checksum{Algorithm: a, Composite: c.Type == s3.Composite, Sum: sum})
		}
	}
	return known
}

// sourceError says in verify's words what a client's error means.
func sourceError(err error) error {
	for _, pair := range [][2]error{
		{s3.ErrGone, verify.ErrGone}, {s3.ErrChanged, verify.ErrChanged}, {s3.ErrDenied, verify.ErrDenied},
		{s3.ErrArchived, verify.ErrArchived}, {s3.ErrNotSupported, verify.ErrNotSupported},
	} {
		if errors.Is(err, pair[0]) {
			return fmt.Errorf("%w: %w", pair[1], err)
		}
	}
	return err
}
