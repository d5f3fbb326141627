package s3

import (
	"context"
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/cargomedia/s3export/providers"
)

const (
	// probeName is the last part of the key that CanWrite asks to write.
	probeName = "s3export-probe"
	// wrongMD5 is no digest of an empty body, impossibleETag that of no object. Each
	// is enough for S3 to store nothing; a server may ignore one of them.
	wrongMD5       = "AAAAAAAAAAAAAAAAAAAAAA=="
	impossibleETag = `"s3export-no-object-has-this-etag"`
)

// CanWrite proves that objects whose keys begin with prefix may be written, without
// writing one: it asks for a write that S3 refuses only after it has looked at the
// rights. No access is a Denied error, no such bucket a NotFound one. A server that
// stores the probe all the same is an Unexpected error, which names the object. It
// costs one request and may be repeated.
//
// Source: PutObject and "Error responses" of the Amazon S3 API Reference (BadDigest,
// PreconditionFailed; NoSuchKey for If-Match where there is no object).
func (c *Client) CanWrite(ctx context.Context, bucket, prefix string) error {
	where := call{op: "PutObject", bucket: bucket, key: prefix + probeName}
	// No checksum of the SDK's own goes with it: serviceOptions asks for none.
	_, err := c.api.PutObject(ctx, &service.PutObjectInput{
		Bucket:     aws.String(bucket),
		Key:        aws.String(where.key),
		ContentMD5: aws.String(wrongMD5),
		IfMatch:    aws.String(impossibleETag),
	})
	switch {
	case err == nil:
		return &providers.Error{
			Kind: providers.Unexpected, Op: where.op,
			Message: fmt.Sprintf("%s was stored although its digest and its condition are wrong", where.object()),
			Remedy:  "delete the empty object; this server checks neither Content-MD5 nor If-Match as S3 does: use another S3-compatible server",
		}
	case isRefusedWrite(statusOf(err), codeOf(err)):
		return nil
	default:
		return c.failure(ctx, where, err)
	}
}

// isRefusedWrite reports whether an answer is one that S3 gives only to those who
// may write.
func isRefusedWrite(status int, code string) bool {
	switch status {
	case http.StatusBadRequest:
		return code == "BadDigest"
	case http.StatusPreconditionFailed:
		return true
	case http.StatusNotFound:
		return code == "NoSuchKey"
	default:
		return false
	}
}
