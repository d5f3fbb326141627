package s3

import (
	"context"
	"net/url"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// Version is one version of an object, or a delete marker in its place.
type Version struct {
	VersionID         string // "null" from before the bucket had versions
	Size              int64
	ETag              string // without quotes
	LastModified      time.Time
	IsLatest          bool
	DeleteMarker      bool   // then Size, ETag and what follows are empty
	StorageClass      string // empty means STANDARD
	ChecksumAlgorithm string // as in Object
	ChecksumType      string // as in Object
}

// Versions returns the versions of exactly this key, the newest first; those of one
// second are in no certain order, but for the latest. A bucket without versions has
// one of each object. A key that never was has none. errors.Is(err, ErrDenied) when
// they may not be listed, ErrNotSupported when the server cannot. It costs one
// request for each 1000 versions.
func (c *Client) Versions(ctx context.Context, bucket, key string) ([]Version, error) {
	in := &service.ListObjectVersionsInput{
		Bucket: aws.String(bucket), Prefix: aws.String(key), EncodingType: types.EncodingTypeUrl, MaxKeys: aws.Int32(c.pageSize),
	}
	where := call{op: "ListObjectVersions", bucket: bucket}
	var all []Version
	for {
		out, err := c.api.ListObjectVersions(ctx, in)
		if err != nil {
			return nil, c.failure(ctx, where, err)
		}
		all = append(all, versionsIn(out, key)...)
		next, err := decoded(out.NextKeyMarker, out.EncodingType)
		if !aws.ToBool(out.IsTruncated) || (err == nil && next > key) { // the key sorts before all that begin with it
			break
		}
		id := aws.ToString(out.NextVersionIdMarker)
		if err != nil || next != key || id == "" || id == aws.ToString(in.VersionIdMarker) {
			return nil, strange(where, "the listing of versions is said to go on, but does not")
		}
		in.KeyMarker, in.VersionIdMarker = aws.String(next), aws.String(id)
	}
	slices.SortStableFunc(all, newestFirst)
	return all, nil
}

func newestFirst(a, b Version) int {
	if a.IsLatest != b.IsLatest {
		if a.IsLatest {
			return -1
		}
		return 1
	}
	return b.LastModified.Compare(a.LastModified)
}

// versionsIn returns what a page has of the key.
func versionsIn(out *service.ListObjectVersionsOutput, key string) (all []Version) {
	is := func(listed *string) bool {
		k, err := decoded(listed, out.EncodingType)
		return err == nil && k == key
	}
	for i := range out.Versions {
		if v := &out.Versions[i]; is(v.Key) {
			all = append(all, versionOf(v))
		}
	}
	for i := range out.DeleteMarkers {
		if m := &out.DeleteMarkers[i]; is(m.Key) {
			all = append(all, Version{
				VersionID: aws.ToString(m.VersionId), LastModified: aws.ToTime(m.LastModified).UTC(), IsLatest: aws.ToBool(m.IsLatest), DeleteMarker: true,
			})
		}
	}
	return all
}

func versionOf(v *types.ObjectVersion) Version {
	one := Version{
		VersionID: aws.ToString(v.VersionId), Size: aws.ToInt64(v.Size), ETag: unquoted(aws.ToString(v.ETag)),
		LastModified: aws.ToTime(v.LastModified).UTC(), IsLatest: aws.ToBool(v.IsLatest),
		StorageClass: string(v.StorageClass), ChecksumType: string(v.ChecksumType),
	}
	for _, name := range v.ChecksumAlgorithm {
		one.ChecksumAlgorithm = better(one.ChecksumAlgorithm, string(name))
	}
	return one
}

func decoded(listed *string, encoding types.EncodingType) (string, error) {
	if encoding != types.EncodingTypeUrl {
		return aws.ToString(listed), nil
	}
	return url.QueryUnescape(aws.ToString(listed))
}
