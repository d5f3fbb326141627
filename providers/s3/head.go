package s3

import (
	"context"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/cargomedia/s3export/providers"
)

// CustomerKey is Head.Encryption of an object that is encrypted with a key that
// only the customer has (SSE-C).
const CustomerKey = "customer"

// HeadOptions say which state of an object is looked at, and what is asked about it.
// The zero HeadOptions look at the whole object that is there now.
type HeadOptions struct {
	IfMatch   string // ETag without quotes; empty: whatever is there
	VersionID string // empty: the current version
	Part      int32  // of a multipart upload, 1 to 10,000; 0: the whole object
	// Checksums asks for what is stored. For an object under SSE-KMS that wants
	// kms:Decrypt, so it can be denied where the same look without it is not.
	Checksums bool
}

// Head is what a look at an object tells.
type Head struct {
	Size         int64  // of the whole object; -1 when the server does not tell
	Parts        int    // of the multipart upload; 0 when it was none or no part was asked for
	PartSize     int64  // length of the part asked for; of the whole object when Parts is 0
	Encryption   string // x-amz-server-side-encryption, CustomerKey, or empty
	ETag         string // without quotes
	VersionID    string // empty in a bucket that never had versions
	LastModified time.Time
	StorageClass string // empty means STANDARD
	// Checksums are those of the part, where one was asked for.
	Checksums []Checksum
	// Attributes are what the object has besides; PartSizes are not told.
	Attributes providers.CopiedAttributes
}

// Head looks at an object, or at one part of it. With IfMatch it answers for that
// state of the object only: errors.Is(err, ErrChanged) when there is another,
// errors.Is(err, ErrGone) when there is none. Without the right to look, or to use the
// KMS key for the checksums, errors.Is(err, ErrDenied). An SSE-C object tells
// nothing but its encryption. It costs one request; a second one where an empty
// object has no part, and one where a refusal has to be understood.
func (c *Client) Head(ctx context.Context, bucket, key string, o HeadOptions) (Head, error) {
	in := headInput(bucket, key, o)
	out, err := c.api.HeadObject(ctx, in)
	if o.Part == 1 && statusOf(err) == http.StatusRequestedRangeNotSatisfiable { // some servers have no part 1 of an empty object
		in.PartNumber = nil
		out, err = c.api.HeadObject(ctx, in)
	}
	if statusOf(err) == http.StatusBadRequest {
		reason := c.refusalOfGet(ctx, bucket, key, o)
		if codeOf(reason) == "InvalidRequest" {
			return Head{Encryption: CustomerKey}, nil
		}
		if strings.HasPrefix(codeOf(reason), "KMS.") || statusOf(reason) == http.StatusPreconditionFailed {
			err = reason
		}
	}
	if err != nil {
		return Head{}, c.failure(ctx, call{op: "HeadObject", bucket: bucket, key: key}, err)
	}
	h := headOf(out, in.PartNumber != nil)
	if another(h.ETag, o.IfMatch) {
		return Head{}, changed(call{op: "HeadObject", bucket: bucket, key: key})
	}
	return h, nil
}

// another reports whether an answer is about another state of the object than was asked
// for: not every server heeds If-Match.
func another(etag, ifMatch string) bool { return ifMatch != "" && etag != "" && etag != ifMatch }

func headInput(bucket, key string, o HeadOptions) *service.HeadObjectInput {
	in := &service.HeadObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), VersionId: optional(o.VersionID), IfMatch: quoted(o.IfMatch)}
	if o.Part > 0 {
		in.PartNumber = aws.Int32(o.Part)
	}
	if o.Checksums {
		in.ChecksumMode = types.ChecksumModeEnabled
	}
	return in
}

func headOf(out *service.HeadObjectOutput, part bool) Head {
	h := Head{
		Size:         aws.ToInt64(out.ContentLength),
		Encryption:   string(out.ServerSideEncryption),
		ETag:         unquoted(aws.ToString(out.ETag)),
		VersionID:    aws.ToString(out.VersionId),
		LastModified: aws.ToTime(out.LastModified).UTC(),
		StorageClass: string(out.StorageClass),
		Checksums:    headChecksums(out),
		Attributes: providers.CopiedAttributes{
			ContentType: aws.ToString(out.ContentType), CacheControl: aws.ToString(out.CacheControl),
			ContentDisposition: aws.ToString(out.ContentDisposition), ContentEncoding: aws.ToString(out.ContentEncoding),
			ContentLanguage: aws.ToString(out.ContentLanguage), Expires: aws.ToString(out.ExpiresString), Metadata: metadata(out.Metadata),
		},
	}
	if aws.ToString(out.SSECustomerAlgorithm) != "" {
		h.Encryption = CustomerKey
	}
	if part {
		h.Parts, h.PartSize = int(aws.ToInt32(out.PartsCount)), h.Size
	}
	if total, ok := totalIn(aws.ToString(out.ContentRange)); ok {
		h.Size = total
	} else if h.Parts > 1 {
		h.Size = -1
	}
	return h
}

// totalIn reads the length of the whole from "bytes 0-8388607/16778240".
func totalIn(contentRange string) (int64, bool) {
	_, total, found := strings.Cut(contentRange, "/")
	n, err := strconv.ParseInt(total, 10, 64)
	return n, found && err == nil && n >= 0
}

// refusalOfGet finds out what a 400 to HEAD means, which has no body: S3 answers a
// GET of an SSE-C object without the key with InvalidRequest, and one whose KMS key
// cannot be used with a code of KMS, and sends no data. With another state of the object
// than IfMatch there is none of this.
func (c *Client) refusalOfGet(ctx context.Context, bucket, key string, o HeadOptions) error {
	out, err := c.api.GetObject(ctx, &service.GetObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(key), VersionId: optional(o.VersionID), IfMatch: quoted(o.IfMatch), Range: aws.String("bytes=0-0"),
	})
	if err == nil {
		_ = out.Body.Close()
	}
	return err
}

func quoted(etag string) *string {
	if etag == "" {
		return nil
	}
	return aws.String(`"` + etag + `"`)
}
