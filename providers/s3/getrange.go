package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
)

// GetOptions say which state of an object is read, and which bytes. The zero
// GetOptions read the whole object that is there now.
type GetOptions struct {
	IfMatch   string // ETag without quotes; empty: whatever is there
	VersionID string // empty: the current version
	Offset    int64  // of the first byte
	Length    int64  // in bytes; 0: to the end
}

// GetRange opens a range of an object. The caller closes it. It ends with io.EOF only
// when it is complete; a range that begins behind the end of the object is refused.
// Only the request is repeated, as the SDK does it: a reader that breaks off is the
// caller's to open again. Errors are those of Head, also from Read.
func (c *Client) GetRange(ctx context.Context, bucket, key string, o GetOptions) (io.ReadCloser, error) {
	where := call{op: "GetObject", bucket: bucket, key: key}
	in := &service.GetObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), VersionId: optional(o.VersionID), IfMatch: quoted(o.IfMatch), Range: rangeOf(o),
	}
	out, err := c.api.GetObject(ctx, in)
	if err != nil {
		return nil, c.failure(ctx, where, err)
	}
	if another(unquoted(aws.ToString(out.ETag)), o.IfMatch) {
		_ = out.Body.Close()
		return nil, changed(where)
	}
	if o.Offset > 0 && !strings.HasPrefix(aws.ToString(out.ContentRange), fmt.Sprintf("bytes %d-", o.Offset)) {
		_ = out.Body.Close()
		return nil, strange(where, fmt.Sprintf("byte %d was asked for, and another range was sent", o.Offset))
	}
	body := &body{ReadCloser: out.Body, left: -1, fail: func(err error) error { return c.failure(ctx, where, err) }}
	if o.Length > 0 { // a server may ignore Range
		body.left = o.Length
	}
	return body, nil
}

func rangeOf(o GetOptions) *string {
	switch {
	case o.Length > 0:
		return aws.String(fmt.Sprintf("bytes=%d-%d", o.Offset, o.Offset+o.Length-1))
	case o.Offset > 0:
		return aws.String("bytes=" + strconv.FormatInt(o.Offset, 10) + "-")
	default:
		return nil
	}
}

// body is the body of an answer with errors that have a remedy.
type body struct {
	io.ReadCloser
	left int64 // bytes that are wanted yet; negative: all
	fail func(error) error
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, b.end()
	}
	if b.left > 0 {
		p = p[:min(int64(len(p)), b.left)]
	}
	n, err := b.ReadCloser.Read(p)
	if b.left > 0 {
		b.left -= int64(n)
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.fail(err)
	}
	return n, err
}

// end reads on where the SDK compares checksums once it has seen everything.
func (b *body) end() error {
	_, err := b.ReadCloser.Read(make([]byte, 1))
	if err != nil && !errors.Is(err, io.EOF) {
		return b.fail(err)
	}
	return io.EOF
}
