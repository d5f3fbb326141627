package s3

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/providers"
)

// abortTime is how long giving up an upload may take once its context has ended.
const abortTime = 10 * time.Second

// PutParts writes an object as a multipart upload of these pieces, of which at most
// parallel are under way at once. The object is there once all of them are; after an
// error the upload is aborted, so that nobody pays for its parts. Errors are those of Put.
func (c *Client) PutParts(ctx context.Context, u Upload, pieces []Piece, parallel int) (Stored, error) {
	where := call{op: "CreateMultipartUpload", bucket: u.Bucket, key: u.Key}
	if len(pieces) == 0 || len(pieces) > maxParts {
		return Stored{}, &providers.Error{
			Kind: providers.Invalid, Op: where.op, Message: fmt.Sprintf("%s cannot have %d parts", where.object(), len(pieces)),
			Remedy: "report this as a defect: S3 takes 1 to 10,000 parts",
		}
	}
	a := u.Attributes
	made, err := c.api.CreateMultipartUpload(ctx, &service.CreateMultipartUploadInput{
		Bucket: aws.String(u.Bucket), Key: aws.String(u.Key), Metadata: a.Metadata, ContentType: optional(a.ContentType),
		CacheControl: optional(a.CacheControl), ContentDisposition: optional(a.ContentDisposition), ContentEncoding: optional(a.ContentEncoding),
		ContentLanguage: optional(a.ContentLanguage),
	}, writing(a.Expires, nil))
	if err != nil {
		return Stored{}, c.failure(ctx, where, err)
	}
	id := aws.ToString(made.UploadId)
	stored, err := c.putParts(ctx, u, id, pieces, parallel)
	if err != nil {
		return Stored{}, errors.Join(err, c.abort(ctx, u, id))
	}
	if stored.Encryption == "" {
		stored.Encryption = string(made.ServerSideEncryption)
	}
	return stored, nil
}

func (c *Client) putParts(ctx context.Context, u Upload, id string, pieces []Piece, parallel int) (Stored, error) {
	parts := make([]types.CompletedPart, len(pieces))
	s := sending{u, id, &source{ReaderAt: u.Content}}
	group, all := errgroup.WithContext(ctx)
	group.SetLimit(max(parallel, 1))
	for i := range pieces {
		if all.Err() != nil {
			break
		}
		group.Go(func() (err error) {
			parts[i], err = c.putPart(all, s, int32(i+1), &pieces[i])
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return Stored{}, err
	}
	if err := ctx.Err(); err != nil {
		return Stored{}, c.failure(ctx, call{op: "UploadPart", bucket: u.Bucket, key: u.Key}, err)
	}
	return c.complete(ctx, u, id, parts)
}

// sending is a multipart upload under way.
type sending struct {
	Upload
	id     string
	source *source
}

func (c *Client) putPart(ctx context.Context, s sending, number int32, p *Piece) (types.CompletedPart, error) {
	where := call{op: "UploadPart", bucket: s.Bucket, key: s.Key}
	out, err := c.api.UploadPart(ctx, &service.UploadPartInput{
		Bucket: aws.String(s.Bucket), Key: aws.String(s.Key), UploadId: aws.String(s.id), PartNumber: aws.Int32(number),
		Body: s.source.section(*p), ContentLength: aws.Int64(p.Size), ContentMD5: p.contentMD5(),
	}, writing("", p))
	if err != nil {
		return types.CompletedPart{}, c.notWritten(ctx, where, err, s.source)
	}
	return types.CompletedPart{PartNumber: aws.Int32(number), ETag: out.ETag}, nil
}

func (c *Client) complete(ctx context.Context, u Upload, id string, parts []types.CompletedPart) (Stored, error) {
	in := &service.CompleteMultipartUploadInput{
		Bucket: aws.String(u.Bucket), Key: aws.String(u.Key), UploadId: aws.String(id), IfNoneMatch: u.condition(),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: parts},
	}
	out, err := c.api.CompleteMultipartUpload(ctx, in, writing("", nil))
	if isUnconditional(err) && in.IfNoneMatch != nil {
		in.IfNoneMatch = nil
		out, err = c.api.CompleteMultipartUpload(ctx, in, writing("", nil))
	}
	if err != nil {
		return Stored{}, c.notWritten(ctx, call{op: "CompleteMultipartUpload", bucket: u.Bucket, key: u.Key}, err, &source{})
	}
	return Stored{ETag: unquoted(aws.ToString(out.ETag)), VersionID: aws.ToString(out.VersionId), Encryption: string(out.ServerSideEncryption)}, nil
}

// abort gives an upload up, also when its context has ended. One that is not there any
// more was completed, or aborted by somebody else.
func (c *Client) abort(ctx context.Context, u Upload, id string) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()
	_, err := c.api.AbortMultipartUpload(ctx, &service.AbortMultipartUploadInput{Bucket: aws.String(u.Bucket), Key: aws.String(u.Key), UploadId: aws.String(id)})
	if err == nil || codeOf(err) == "NoSuchUpload" {
		return nil
	}
	failed := c.failure(ctx, call{"AbortMultipartUpload", u.Bucket, u.Key}, err)
	if e, ok := errors.AsType[*providers.Error](failed); ok {
		e.Remedy = "remove the unfinished upload by hand, or by a lifecycle rule (AbortIncompleteMultipartUpload): its parts are paid for"
	}
	return failed
}
