package s3

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

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
	// ChecksumAlgorithm names the best checksum that is stored with the object:
	// SHA256, CRC64NVME, SHA1, CRC32C, CRC32, or another. Empty: none, or the server
	// does not say. The value is told by Head and Attributes only.
	ChecksumAlgorithm string
	ChecksumType      string // FULL_OBJECT, COMPOSITE, or empty
}

// List calls yield for each selected object in the byte order of keys, one at a
// time, and stops with the first error of yield, which it returns as it is. A server
// that lists in another order is an Unexpected error; yield may have seen objects by
// then.
//
// It costs one request for each page of 1000 where there are up to two of them. A
// longer listing is read ahead in ranges, Options.ListStreams at once, and costs at
// most twice the pages and a few; how much is held ahead of a slow yield is bounded.
func (c *Client) List(ctx context.Context, bucket string, q Query, yield func(Object) error) error {
	ctx, cancel := context.WithCancel(ctx)
	l := newListing(c, bucket, q)
	defer l.wait()
	defer cancel()
	return l.run(ctx, yield)
}

// keysOf decodes the keys of a page in place and checks that each comes after the
// one before.
func (c *Client) keysOf(bucket, last string, p *page) error {
	for i := range p.objects {
		o := &p.objects[i]
		if p.encoded && strings.ContainsAny(o.Key, "%+") {
			key, err := url.QueryUnescape(o.Key)
			if err != nil {
				return confused(bucket, fmt.Sprintf("key %q is not URL-encoded", o.Key))
			}
			o.Key = key
		}
		if (i > 0 || last != "") && o.Key <= last {
			return confused(bucket, fmt.Sprintf("key %q is listed after %q: not in byte order", o.Key, last))
		}
		last = o.Key
	}
	return nil
}

func confused(bucket, problem string) error {
	return &providers.Error{
		Kind: providers.Unexpected, Op: "ListObjectsV2",
		Message: fmt.Sprintf("bucket %q: %s", bucket, problem),
		Remedy:  "this server does not list as S3 does (directory buckets do not either): use a general purpose bucket or another S3-compatible server",
	}
}

func unquoted(etag string) string { return string(bare([]byte(etag))) }

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return aws.String(s)
}
