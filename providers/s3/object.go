package s3

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cargomedia/s3export/providers"
)

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
