package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// GetOptions say which state of an object is read, and which bytes. The zero
// GetOptions read the whole object that is there now.
type GetOptions struct {
	IfMatch   string // ETag without quotes; empty: whatever is there
	VersionID string // empty: the current version
	Offset    int64  // of the first byte
	Length    int64  // in bytes; 0: to the end
	// Checksums asks for what is stored, which S3 tells of whole objects only. They are
	// the caller's to compare: the SDK then looks at none.
	Checksums bool
}

// GetRange opens a range of an object. The caller closes it. It ends with io.EOF only
// when it is complete; a range that begins behind the end of the object is refused.
// Only the request is repeated, as the SDK does it: a reader that breaks off is the
// caller's to open again. Errors are those of Head, also from Read.
func (c *Client) GetRange(ctx context.Context, bucket, key string, o GetOptions) (io.ReadCloser, error) {
	got, err := c.Fetch(ctx, bucket, key, o)
	return got.Body, err
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
