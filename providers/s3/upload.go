package s3

import (
	"bytes"
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/cargomedia/s3export/providers"
)

// MaxPut is the longest object that one PutObject takes, and the longest part, in bytes
// (Amazon S3 User Guide, multipart upload limits).
const MaxPut = 5 << 30

// ErrExists is the cause of the error about an object that is there already and was not
// to be replaced.
var ErrExists = errors.New("there is an object of that key already")

// ErrDigest is the cause of the error about content that was not what its checksums
// said; the server has kept nothing of it.
var ErrDigest = errors.New("the content does not fit its checksums")

// Upload is an object that is to be written.
type Upload struct {
	Bucket, Key string
	// Attributes but for their part sizes.
	Attributes providers.CopiedAttributes
	// Content is read at any offset, also several times and from several goroutines.
	Content io.ReaderAt
	// Replace allows writing over what is there. Without it the write is under a
	// condition; a server that knows none has to be asked beforehand.
	Replace bool
}

// Piece is a range of the content that is sent at once, with the checksums of its bytes:
// the server refuses others, so what is read here must be what was read before.
type Piece struct {
	Offset, Size int64
	MD5          [md5.Size]byte
	SHA256       [sha256.Size]byte
}

// Stored is what a server says of an object that was written.
type Stored struct {
	ETag       string // without quotes
	VersionID  string // empty in a bucket that has no versions
	Encryption string // x-amz-server-side-encryption; with aws:kms the ETag is no MD5
}

// Put writes an object with one request. errors.Is(err, ErrExists) when one is there and
// Replace is not set, ErrDigest when the content is not that of the piece. An error of
// Content is returned as it is. A repeat is safe; without Replace it finds what the first
// one wrote.
func (c *Client) Put(ctx context.Context, u Upload, p Piece) (Stored, error) {
	where := call{op: "PutObject", bucket: u.Bucket, key: u.Key}
	source := &source{ReaderAt: u.Content}
	a := u.Attributes
	in := &service.PutObjectInput{
		Bucket: aws.String(u.Bucket), Key: aws.String(u.Key), Body: source.section(p), ContentLength: aws.Int64(p.Size), ContentMD5: p.contentMD5(),
		IfNoneMatch: u.condition(), Metadata: a.Metadata, ContentType: optional(a.ContentType), CacheControl: optional(a.CacheControl),
		ContentDisposition: optional(a.ContentDisposition), ContentEncoding: optional(a.ContentEncoding), ContentLanguage: optional(a.ContentLanguage),
	}
	out, err := c.api.PutObject(ctx, in, writing(a.Expires, &p))
	if isUnconditional(err) && in.IfNoneMatch != nil {
		in.IfNoneMatch, in.Body = nil, source.section(p)
		out, err = c.api.PutObject(ctx, in, writing(a.Expires, &p))
	}
	if err != nil {
		return Stored{}, c.notWritten(ctx, where, err, source)
	}
	return Stored{ETag: unquoted(aws.ToString(out.ETag)), VersionID: aws.ToString(out.VersionId), Encryption: string(out.ServerSideEncryption)}, nil
}

// Remove deletes an object, or the version of it. One that is not there is no error.
func (c *Client) Remove(ctx context.Context, bucket, key, versionID string) error {
	_, err := c.api.DeleteObject(ctx, &service.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), VersionId: optional(versionID)})
	if err != nil {
		return c.failure(ctx, call{op: "DeleteObject", bucket: bucket, key: key}, err)
	}
	return nil
}

func (u Upload) condition() *string {
	if u.Replace {
		return nil
	}
	return aws.String("*")
}

func (p Piece) contentMD5() *string { return aws.String(base64.StdEncoding.EncodeToString(p.MD5[:])) }

// writing has a request carry the checksums of a piece and no other: the SDK would add a
// CRC32, which S3 keeps in place of the CRC64NVME that it computes itself, and which
// older servers refuse. The SHA-256 is that of the signature, so that the content need
// not be read for it once more. Expires is sent as it was; it need not be a date.
func writing(expires string, p *Piece) func(*service.Options) {
	return func(o *service.Options) {
		o.RequestChecksumCalculation = aws.RequestChecksumCalculationWhenRequired
		if expires != "" {
			o.APIOptions = append(o.APIOptions, smithyhttp.SetHeaderValue("Expires", expires))
		}
		if p != nil {
			o.APIOptions = append(o.APIOptions, p.sign)
		}
	}
}

func (p *Piece) sign(s *middleware.Stack) error {
	return s.Initialize.Add(middleware.InitializeMiddlewareFunc("PieceDigest",
		func(ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler) (middleware.InitializeOutput, middleware.Metadata, error) {
			return next.HandleInitialize(v4.SetPayloadHash(ctx, hex.EncodeToString(p.SHA256[:])), in)
		}), middleware.Before)
}

// notWritten is failure for a request that sends content.
func (c *Client) notWritten(ctx context.Context, where call, err error, s *source) error {
	switch code, status := codeOf(err), statusOf(err); {
	case ctx.Err() == nil && s.failed() != nil:
		return s.failed()
	case status == http.StatusPreconditionFailed || code == "ConditionalRequestConflict":
		return &providers.Error{
			Kind: providers.Invalid, Op: where.op, Code: code, Err: ErrExists, Message: where.object() + " is there already",
			Remedy: "look at what is there; allow overwriting only if it is not needed any more",
		}
	case isOtherDigest(code):
		return &providers.Error{
			Kind: providers.Invalid, Op: where.op, Code: code, Err: ErrDigest, Message: where.object() + ": what was sent is not what was read before",
			Remedy: "the drive gives other bytes each time that it is read, or the network changes them: check cable, bridge and memory, then run the same again",
		}
	}
	return c.failure(ctx, where, err)
}

// isUnconditional knows a server that has no conditions on writes.
func isUnconditional(err error) bool {
	return codeOf(err) == "NotImplemented" || statusOf(err) == http.StatusNotImplemented
}

// source keeps the first error of reading the content, which in the SDK's errors looks
// like one of the network.
type source struct {
	io.ReaderAt
	err atomic.Pointer[error]
}

// ReadAt implements io.ReaderAt.
func (s *source) ReadAt(b []byte, off int64) (int, error) {
	n, err := s.ReaderAt.ReadAt(b, off)
	if err != nil && !errors.Is(err, io.EOF) {
		s.err.CompareAndSwap(nil, &err)
	}
	return n, err
}

func (s *source) failed() error {
	if err := s.err.Load(); err != nil {
		return *err
	}
	return nil
}

// section is the body of a request. That of nothing has no reader: net/http would send
// it in chunks.
func (s *source) section(p Piece) io.ReadSeeker {
	if p.Size == 0 {
		return bytes.NewReader(nil)
	}
	return io.NewSectionReader(s, p.Offset, p.Size)
}
