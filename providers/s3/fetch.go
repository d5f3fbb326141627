package s3

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/cargomedia/s3export/providers"
)

// Fetched is the answer to a Fetch: the bytes that were asked for, and what S3 says of
// the object on the way.
type Fetched struct {
	Body         io.ReadCloser // ends with io.EOF only when it is complete; the caller closes it
	Size         int64         // of the whole object; -1 when the server does not tell
	ETag         string        // without quotes
	VersionID    string        // empty in a bucket that never had versions
	LastModified time.Time
	Encryption   string // x-amz-server-side-encryption, or empty
	StorageClass string // empty means STANDARD
	// Attributes are what the object has besides; PartSizes are not told.
	Attributes providers.CopiedAttributes
	Checksums  []Checksum // of the whole object, where they were asked for and are told
}

// Fetch opens an object or a range of it, as GetRange does, and tells what it is. An
// archived object is an error (errors.Is ErrArchived).
func (c *Client) Fetch(ctx context.Context, bucket, key string, o GetOptions) (Fetched, error) {
	where := call{op: "GetObject", bucket: bucket, key: key}
	out, err := c.api.GetObject(ctx, &service.GetObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), VersionId: optional(o.VersionID), IfMatch: quoted(o.IfMatch), Range: rangeOf(o),
	}, checksumsOf(o))
	if err != nil {
		return Fetched{}, c.failure(ctx, where, err)
	}
	if another(unquoted(aws.ToString(out.ETag)), o.IfMatch) {
		_ = out.Body.Close()
		return Fetched{}, changed(where)
	}
	if o.Offset > 0 && !strings.HasPrefix(aws.ToString(out.ContentRange), fmt.Sprintf("bytes %d-", o.Offset)) {
		_ = out.Body.Close()
		return Fetched{}, strange(where, fmt.Sprintf("byte %d was asked for, and another range was sent", o.Offset))
	}
	b := &body{ReadCloser: out.Body, left: -1, fail: func(err error) error { return c.failure(ctx, where, err) }}
	if o.Length > 0 { // a server may ignore Range
		b.left = o.Length
	}
	return fetchedOf(out, b), nil
}

// checksumsOf asks for the checksums by the header alone: told by its input, the SDK would
// compare them too, and take a body that differs for one that was lost.
func checksumsOf(o GetOptions) func(*service.Options) {
	if !o.Checksums {
		return func(*service.Options) {}
	}
	return func(so *service.Options) {
		so.ResponseChecksumValidation = aws.ResponseChecksumValidationWhenRequired
		so.APIOptions = append(so.APIOptions, smithyhttp.SetHeaderValue("X-Amz-Checksum-Mode", "ENABLED"))
	}
}

func fetchedOf(out *service.GetObjectOutput, b io.ReadCloser) Fetched {
	f := Fetched{
		Body:         b,
		Size:         -1,
		ETag:         unquoted(aws.ToString(out.ETag)),
		VersionID:    aws.ToString(out.VersionId),
		LastModified: aws.ToTime(out.LastModified).UTC(),
		Encryption:   string(out.ServerSideEncryption),
		StorageClass: string(out.StorageClass),
		Checksums:    getChecksums(out),
		Attributes: providers.CopiedAttributes{
			ContentType: aws.ToString(out.ContentType), CacheControl: aws.ToString(out.CacheControl),
			ContentDisposition: aws.ToString(out.ContentDisposition), ContentEncoding: aws.ToString(out.ContentEncoding),
			ContentLanguage: aws.ToString(out.ContentLanguage), Expires: aws.ToString(out.ExpiresString), Metadata: metadata(out.Metadata),
		},
	}
	if total, ok := totalIn(aws.ToString(out.ContentRange)); ok {
		f.Size = total
	} else if out.ContentRange == nil && out.ContentLength != nil {
		f.Size = *out.ContentLength
	}
	return f
}

// metadata is nil where there is none: the SDK makes an empty map.
func metadata(m map[string]string) map[string]string {
	if len(m) == 0 {
		return nil
	}
	return m
}
