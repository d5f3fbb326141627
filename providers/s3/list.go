package s3

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/cargomedia/s3export/providers"
)

// Query selects objects of a bucket by key. The zero Query selects all.
type Query struct {
	Prefix  string
	After   string // exclusive
	Through string // inclusive; empty: to the end
}

// Object is an object as a listing shows it.
type Object struct {
	Key          string
	Size         int64
	ETag         string // without quotes
	LastModified time.Time
	StorageClass string // empty means STANDARD
}

// List calls yield for each selected object in the byte order of keys, and stops
// with the first error of yield, which it returns as it is. A server that lists in
// another order is an Unexpected error; yield may have seen objects by then. It
// costs one request for each page of 1000.
func (c *Client) List(ctx context.Context, bucket string, q Query, yield func(Object) error) error {
	l := listing{client: c, bucket: bucket, query: q, yield: yield}
	in := &service.ListObjectsV2Input{
		Bucket:       aws.String(bucket),
		EncodingType: types.EncodingTypeUrl,
		MaxKeys:      aws.Int32(c.pageSize),
		Prefix:       optional(q.Prefix),
		StartAfter:   optional(q.After),
	}
	for {
		page, err := c.api.ListObjectsV2(ctx, in)
		if err != nil {
			return c.failure(ctx, call{op: "ListObjectsV2", bucket: bucket}, err)
		}
		done, err := l.page(page)
		if err != nil || done || !aws.ToBool(page.IsTruncated) {
			return err
		}
		next := aws.ToString(page.NextContinuationToken)
		if next == "" || next == aws.ToString(in.ContinuationToken) {
			return l.confused("the listing is said to go on, but does not")
		}
		in.ContinuationToken = aws.String(next)
	}
}

type listing struct {
	client *Client
	bucket string
	query  Query
	yield  func(Object) error
	last   string
	any    bool
}

// page yields the objects of a page; done when the end of the range was passed.
func (l *listing) page(p *service.ListObjectsV2Output) (done bool, err error) {
	for i := range p.Contents {
		key, err := l.key(aws.ToString(p.Contents[i].Key), p.EncodingType == types.EncodingTypeUrl)
		if err != nil {
			return false, err
		}
		if l.query.Through != "" && key > l.query.Through {
			return true, nil
		}
		if key <= l.query.After || !strings.HasPrefix(key, l.query.Prefix) {
			continue // a server that ignores start-after or prefix
		}
		if err := l.yield(objectOf(key, &p.Contents[i])); err != nil {
			return false, err
		}
	}
	return false, nil
}

// key decodes a key as it was listed and checks that it comes after the one before.
func (l *listing) key(listed string, encoded bool) (key string, err error) {
	key = listed
	if encoded {
		if key, err = url.QueryUnescape(listed); err != nil {
			return "", l.confused(fmt.Sprintf("key %q is not URL-encoded", listed))
		}
	}
	if l.any && key <= l.last {
		return "", l.confused(fmt.Sprintf("key %q is listed after %q: not in byte order", key, l.last))
	}
	l.last, l.any = key, true
	return key, nil
}

func objectOf(key string, o *types.Object) Object {
	return Object{
		Key:          key,
		Size:         aws.ToInt64(o.Size),
		ETag:         unquoted(aws.ToString(o.ETag)),
		LastModified: aws.ToTime(o.LastModified).UTC(),
		StorageClass: string(o.StorageClass),
	}
}

func (l *listing) confused(problem string) error {
	return &providers.Error{
		Kind: providers.Unexpected, Op: "ListObjectsV2",
		Message: fmt.Sprintf("bucket %q: %s", l.bucket, problem),
		Remedy:  "this server does not list as S3 does (directory buckets do not either): use a general purpose bucket or another S3-compatible server",
	}
}

func unquoted(etag string) string { return strings.Trim(etag, `"`) }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return aws.String(s)
}
