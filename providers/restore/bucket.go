package restore

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"golang.org/x/sync/semaphore"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify/digest"
)

// ErrThere is the cause of the error about something that is there already.
var ErrThere = errors.New("something else is there already")

// partsAtOnce is how many parts of one object are sent at once.
const partsAtOnce = 4

// Bucket is a Target: the prefix of a bucket. An item's key comes behind the prefix as it
// is.
type Bucket struct {
	client   *s3.Client
	bucket   string
	prefix   string
	requests *semaphore.Weighted
	most     int64
}

// ToBucket returns the target. At most requests, at least 1, carry content at a time.
func ToBucket(client *s3.Client, bucket, prefix string, requests int) *Bucket {
	most := int64(max(requests, 1))
	return &Bucket{client: client, bucket: bucket, prefix: prefix, requests: semaphore.NewWeighted(most), most: most}
}

// Look implements Target.
func (b *Bucket) Look(ctx context.Context, i Item) (Found, error) {
	f := Found{To: b.prefix + i.Key}
	h, err := b.client.Head(ctx, b.bucket, f.To, s3.HeadOptions{})
	switch {
	case errors.Is(err, s3.ErrGone):
		return f, nil
	case err != nil:
		return f, err
	}
	f.Exists, f.Size, f.ETag = true, h.Size, h.ETag
	if h.Encryption == s3.CustomerKey {
		f.Other = "an object under a key of a customer's own"
	}
	return f, nil
}

// Same implements Target: by the ETag that the file would get, or by a checksum that the
// server keeps of the whole object.
func (b *Bucket) Same(ctx context.Context, f Found, r *Reading) (bool, error) {
	if err := r.prove(ctx, nil, true); err != nil {
		return false, err
	}
	if f.ETag == r.etag() {
		return true, nil
	}
	h, err := b.client.Head(ctx, b.bucket, f.To, s3.HeadOptions{IfMatch: f.ETag, Checksums: true})
	if err != nil {
		return false, err
	}
	for _, c := range h.Checksums {
		if a := digest.Algorithm(c.Algorithm); c.Type == s3.FullObject && slices.Contains([]digest.Algorithm{digest.SHA256, digest.CRC64NVME}, a) {
			return r.has(ctx, a, c.Value)
		}
	}
	return false, nil
}

// has reports whether the file has that checksum, in base64.
func (r *Reading) has(ctx context.Context, a digest.Algorithm, value string) (bool, error) {
	if a == digest.SHA256 {
		return value == base64.StdEncoding.EncodeToString(r.sum[:]), nil
	}
	set, err := digest.New(digest.Wanted{Algorithm: a})
	if err != nil {
		return false, err
	}
	err = r.read(ctx, &s3.Piece{Size: r.item.Size}, r.file, []io.Writer{set}, false)
	return err == nil && set.Sums()[0].Base64() == value, err
}

// Put implements Target.
func (b *Bucket) Put(ctx context.Context, f Found, r *Reading, replace bool) (Sent, error) {
	if err := r.prove(ctx, nil, true); err != nil {
		return Sent{}, err
	}
	at := min(int64(len(r.pieces)), partsAtOnce, b.most)
	if err := b.requests.Acquire(ctx, at); err != nil {
		return Sent{}, err
	}
	defer b.requests.Release(at)
	u := s3.Upload{Bucket: b.bucket, Key: f.To, Attributes: r.item.Attributes, Content: r.content, Replace: replace}
	var stored s3.Stored
	var err error
	if r.layout.multipart {
		stored, err = b.client.PutParts(ctx, u, r.pieces, int(at))
	} else {
		stored, err = b.client.Put(ctx, u, r.pieces[0])
	}
	switch {
	case errors.Is(err, s3.ErrExists):
		return Sent{}, fmt.Errorf("%w: %w", ErrThere, err)
	case errors.Is(err, s3.ErrDigest):
		return Sent{}, fmt.Errorf("%w: %w", errCorrupt, err)
	case err != nil:
		return Sent{}, err
	}
	return b.arrived(ctx, u, stored, r)
}

// arrived makes sure that the bucket holds what was sent, and takes away what is not that.
func (b *Bucket) arrived(ctx context.Context, u s3.Upload, stored s3.Stored, r *Reading) (Sent, error) {
	switch {
	case stored.ETag == r.etag():
		return Sent{SaidByETag, stored.ETag}, nil
	case strings.HasPrefix(stored.Encryption, "aws:kms"):
		return Sent{Compared, stored.ETag}, nil
	}
	sum, err := b.readBack(ctx, u, stored)
	if err == nil && sum == r.sum {
		return Sent{ReadBack, stored.ETag}, nil
	}
	if err == nil {
		err = &providers.Error{
			Kind: providers.Unexpected, Op: "GetObject", Message: fmt.Sprintf("object %q in bucket %q is not what was sent, and was removed again", u.Key, u.Bucket),
			Remedy: "this server does not keep what it is sent: do not trust it with data that matter",
		}
	}
	return Sent{}, errors.Join(err, b.client.Remove(context.WithoutCancel(ctx), u.Bucket, u.Key, stored.VersionID))
}

func (b *Bucket) readBack(ctx context.Context, u s3.Upload, stored s3.Stored) (sum [sha256.Size]byte, err error) {
	body, err := b.client.GetRange(ctx, u.Bucket, u.Key, s3.GetOptions{IfMatch: stored.ETag, VersionID: stored.VersionID})
	if err != nil {
		return sum, err
	}
	defer func() { _ = body.Close() }()
	whole := sha256.New()
	_, err = io.Copy(whole, body)
	return [sha256.Size]byte(whole.Sum(nil)), err
}
