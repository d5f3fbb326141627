package s3

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"github.com/cargomedia/s3export/providers"
)

// maxParts is the most that a multipart upload can have.
const maxParts = 10_000

// Attributes is what S3 stores about the content of an object.
type Attributes struct {
	Size         int64
	ETag         string // without quotes
	VersionID    string // empty in a bucket that never had versions
	LastModified time.Time
	StorageClass string // empty means STANDARD
	Checksums    []Checksum
	PartsCount   int // of the multipart upload; 0 when it was none
	// Parts are listed by S3 only where a checksum is stored, and complete then: there
	// are PartsCount of them, in their order.
	Parts []Part
}

// Part is a part of a multipart upload.
type Part struct {
	Number    int32 // from 1; numbers may be missing
	Size      int64
	Checksums []Checksum
}

// Attributes asks for the attributes of an object, or of one version of it where
// versionID is not empty. With ifMatch, an ETag without quotes, another state of the
// object is an error (errors.Is ErrChanged). It can be denied where Head is not
// (ErrDenied), and other servers than S3 often lack it (ErrNotSupported). It costs
// one request for each 1000 parts.
func (c *Client) Attributes(ctx context.Context, bucket, key, versionID, ifMatch string) (Attributes, error) {
	where := call{op: "GetObjectAttributes", bucket: bucket, key: key}
	in := &service.GetObjectAttributesInput{
		Bucket: aws.String(bucket), Key: aws.String(key), VersionId: optional(versionID), MaxParts: aws.Int32(1000),
		ObjectAttributes: []types.ObjectAttributes{
			types.ObjectAttributesEtag, types.ObjectAttributesChecksum, types.ObjectAttributesObjectParts,
			types.ObjectAttributesStorageClass, types.ObjectAttributesObjectSize,
		},
	}
	var all Attributes
	for {
		out, err := c.api.GetObjectAttributes(ctx, in)
		if err != nil {
			return Attributes{}, c.noAttributes(ctx, where, err)
		}
		if out.ETag == nil || out.ObjectSize == nil {
			return Attributes{}, notSupported(where)
		}
		etag := unquoted(*out.ETag)
		if (ifMatch != "" && etag != ifMatch) || (all.ETag != "" && etag != all.ETag) {
			return Attributes{}, changed(where)
		}
		next, err := all.add(out)
		if err != nil {
			return Attributes{}, strange(where, err.Error())
		}
		if next == "" {
			return all, nil
		}
		in.PartNumberMarker = aws.String(next)
	}
}

// add takes one page and returns the marker of the following one.
func (a *Attributes) add(out *service.GetObjectAttributesOutput) (next string, err error) {
	if a.ETag == "" {
		a.Size, a.ETag, a.VersionID = *out.ObjectSize, unquoted(*out.ETag), aws.ToString(out.VersionId)
		a.LastModified, a.StorageClass = aws.ToTime(out.LastModified).UTC(), string(out.StorageClass)
		a.Checksums = objectChecksums(out.Checksum)
	}
	parts := out.ObjectParts
	if parts == nil {
		return "", nil
	}
	a.PartsCount = int(aws.ToInt32(parts.TotalPartsCount))
	last := int32(0)
	if n := len(a.Parts); n > 0 {
		last = a.Parts[n-1].Number
	}
	for i := range parts.Parts {
		p := &parts.Parts[i]
		number := aws.ToInt32(p.PartNumber)
		if number <= last || number > maxParts || aws.ToInt64(p.Size) < 0 {
			return "", fmt.Errorf("part %d is listed after part %d", number, last)
		}
		last = number
		a.Parts = append(a.Parts, Part{Number: number, Size: aws.ToInt64(p.Size), Checksums: partChecksums(p)})
	}
	if !aws.ToBool(parts.IsTruncated) {
		return "", a.complete()
	}
	if len(parts.Parts) == 0 {
		return "", errors.New("the list of parts is said to go on, but does not")
	}
	return strconv.Itoa(int(last)), nil
}

// complete checks the parts against the object: a list with holes would be taken for
// bounds of parts that are none.
func (a *Attributes) complete() error {
	if len(a.Parts) == 0 {
		return nil
	}
	var sum int64
	for _, p := range a.Parts {
		sum += p.Size
	}
	if len(a.Parts) != a.PartsCount || sum != a.Size {
		return fmt.Errorf("%d parts of %d bytes are listed, of %d parts of %d bytes", len(a.Parts), sum, a.PartsCount, a.Size)
	}
	return nil
}

// noAttributes takes an answer that is no document of attributes for one of a server
// that does not know them and sends the object.
func (c *Client) noAttributes(ctx context.Context, where call, err error) error {
	if _, ok := errors.AsType[*smithy.DeserializationError](err); ok && ctx.Err() == nil {
		return notSupported(where)
	}
	return c.failure(ctx, where, err)
}

func notSupported(where call) error {
	return &providers.Error{
		Kind: providers.Unexpected, Op: where.op, Err: ErrNotSupported, Message: where.object() + ": this server does not know " + where.op,
		Remedy: "use a server that knows " + where.op + ", or do without",
	}
}

func changed(where call) error {
	return &providers.Error{
		Kind: providers.NotFound, Op: where.op, Err: ErrChanged, Message: where.object() + ": the object is another than was asked for",
		Remedy: "the object was replaced since it was listed: list the bucket again",
	}
}

func strange(where call, problem string) error {
	return &providers.Error{
		Kind: providers.Unexpected, Op: where.op, Message: where.object() + ": " + problem,
		Remedy: "this server does not answer " + where.op + " as S3 does: look at the object by hand, or use another server",
	}
}
