package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	"github.com/cargomedia/s3export/providers"
)

// probeName is put behind the prefix. With it a key is no longer than with the
// export-log-JOBID that the service puts there.
const probeName = "s3export-probe"

// CanWrite proves that objects below the prefix may be written, and writes none: it
// sends one of a few bytes under digests that are not its own, which the server
// can refuse only after it has granted the write. Nil when it is refused for that;
// else a *providers.Error, Denied without the right and NotFound without the bucket.
// It costs one request; a repeat is safe.
func (c *Client) CanWrite(ctx context.Context, bucket, prefix string) error {
	where := call{op: "PutObject", bucket: bucket, key: prefix + probeName}
	other := md5.Sum([]byte("another content"))
	_, err := c.api.PutObject(ctx, &service.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String(where.key), Body: bytes.NewReader([]byte("s3export: may this be written?\n")),
		ContentMD5: aws.String(base64.StdEncoding.EncodeToString(other[:])),
	}, otherDigests)
	switch {
	case err == nil:
		return c.clean(ctx, where)
	case isOtherDigest(codeOf(err)):
		return nil
	}
	return c.failure(ctx, where, err)
}

// otherDigests has a request signed for another body than it has, and sends no
// checksum that fits. The hash is a part of the signature and older than all
// conditions on writes, so servers that ignore Content-MD5 still check it.
func otherDigests(o *service.Options) {
	o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
	o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error {
		return s.Initialize.Add(middleware.InitializeMiddlewareFunc("OtherDigests",
			func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
				sum := sha256.Sum256([]byte("another content"))
				return next.HandleInitialize(v4.SetPayloadHash(ctx, hex.EncodeToString(sum[:])), in)
			}), middleware.Before)
	})
}

// isOtherDigest knows the codes for a body that does not fit its digest: those of S3
// and its imitations, and Garage's, which has one for all.
func isOtherDigest(code string) bool {
	return code == "BadDigest" || code == "XAmzContentSHA256Mismatch" || code == "InvalidDigest"
}

// clean removes what a server has written that compares no digest at all. That it
// may be written is proven then.
func (c *Client) clean(ctx context.Context, where call) error {
	_, err := c.api.DeleteObject(ctx, &service.DeleteObjectInput{Bucket: aws.String(where.bucket), Key: aws.String(where.key)})
	if err == nil {
		return nil
	}
	return &providers.Error{
		Kind: providers.Unexpected, Op: where.op, Err: c.failure(ctx, call{"DeleteObject", where.bucket, where.key}, err),
		Message: where.object() + " was written although its digests did not fit, and cannot be removed again",
		Remedy:  "remove it by hand; this server does not check what it is sent: do not trust it with data that matter",
	}
}
