package s3

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cargomedia/s3export/providers"
)

// CustomerKey is Head.Encryption of an object that is encrypted with a key that
// only the customer has (SSE-C).
const CustomerKey = "customer"

// Head is what a look at an object tells.
type Head struct {
	Parts        int    // of the multipart upload; 0 when it was none
	PartSize     int64  // length of the first part; of the whole object when Parts is 0
	Encryption   string // x-amz-server-side-encryption, CustomerKey, or empty
	ETag         string // without quotes
	LastModified time.Time
	StorageClass string // empty means STANDARD
}

// Head looks at part 1 of an object. With ifMatch, an ETag without quotes, it
// answers for that state of the object only: errors.Is(err, ErrChanged) when there
// is another, errors.Is(err, ErrGone) when there is none. An SSE-C object tells
// nothing but its encryption.
func (c *Client) Head(ctx context.Context, bucket, key, ifMatch string) (Head, error) {
	in := &service.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), PartNumber: aws.Int32(1)}
	if ifMatch != "" {
		in.IfMatch = aws.String(`"` + ifMatch + `"`)
	}
	out, err := c.api.HeadObject(ctx, in)
	if statusOf(err) == http.StatusRequestedRangeNotSatisfiable { // some servers have no part 1 of an empty object
		in.PartNumber = nil
		out, err = c.api.HeadObject(ctx, in)
	}
	if statusOf(err) == http.StatusBadRequest && c.hasCustomerKey(ctx, bucket, key) {
		return Head{Encryption: CustomerKey}, nil
	}
	if err != nil {
		return Head{}, c.failure(ctx, call{op: "HeadObject", bucket: bucket, key: key}, err)
	}
	h := Head{
		Parts:        int(aws.ToInt32(out.PartsCount)),
		PartSize:     aws.ToInt64(out.ContentLength),
		Encryption:   string(out.ServerSideEncryption),
		ETag:         unquoted(aws.ToString(out.ETag)),
		LastModified: aws.ToTime(out.LastModified).UTC(),
		StorageClass: string(out.StorageClass),
	}
	if aws.ToString(out.SSECustomerAlgorithm) != "" {
		h.Encryption = CustomerKey
	}
	return h, nil
}

// hasCustomerKey finds out what a 400 to HEAD means, which has no body: S3 answers
// a GET of an SSE-C object without the key with InvalidRequest and sends no data.
func (c *Client) hasCustomerKey(ctx context.Context, bucket, key string) bool {
	out, err := c.api.GetObject(ctx, &service.GetObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), Range: aws.String("bytes=0-0"),
	})
	if err == nil {
		_ = out.Body.Close()
		return false
	}
	return codeOf(err) == "InvalidRequest"
}

// Get copies an object of at most limit bytes to w. A longer one is refused, before
// anything is written where the server tells the length. After an error w may have
// got a part of the object.
func (c *Client) Get(ctx context.Context, bucket, key string, w io.Writer, limit int64) error {
	where := call{op: "GetObject", bucket: bucket, key: key}
	out, err := c.api.GetObject(ctx, &service.GetObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	if err != nil {
		return c.failure(ctx, where, err)
	}
	defer out.Body.Close() //nolint:errcheck // only read from
	if aws.ToInt64(out.ContentLength) > limit {
		return tooLong(where, limit)
	}
	sink := &writer{w: w}
	n, err := io.Copy(sink, io.LimitReader(out.Body, limit+1))
	switch {
	case sink.err != nil:
		return fmt.Errorf("writing %s: %w", where.object(), sink.err)
	case err != nil:
		return c.failure(ctx, where, err)
	case n > limit:
		return tooLong(where, limit)
	}
	return nil
}

// writer keeps its error, to tell it from one of the reader.
type writer struct {
	w   io.Writer
	err error
}

// Write implements io.Writer.
func (w *writer) Write(p []byte) (int, error) {
	n, err := w.w.Write(p)
	if err != nil {
		w.err = err
	}
	return n, err
}

func tooLong(where call, limit int64) error {
	return &providers.Error{
		Kind: providers.Unexpected, Op: where.op,
		Message: fmt.Sprintf("%s is longer than %d bytes", where.object(), limit),
		Remedy:  "look at the object by hand: it is not what was expected there",
	}
}
