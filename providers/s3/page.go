package s3

import (
	"bytes"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// page is one answer of ListObjectsV2, with keys as they were sent.
type page struct {
	objects   []Object
	encoded   bool // keys are URL-encoded
	truncated bool
	next      string // continuation token
}

// pageOf makes a page of what the SDK has read.
func pageOf(out *service.ListObjectsV2Output) page {
	p := page{
		objects:   make([]Object, 0, len(out.Contents)),
		encoded:   out.EncodingType == types.EncodingTypeUrl,
		truncated: aws.ToBool(out.IsTruncated),
		next:      aws.ToString(out.NextContinuationToken),
	}
	for i := range out.Contents {
		o := &out.Contents[i]
		object := Object{
			Key:          aws.ToString(o.Key),
			Size:         aws.ToInt64(o.Size),
			ETag:         unquoted(aws.ToString(o.ETag)),
			LastModified: aws.ToTime(o.LastModified).UTC(),
			StorageClass: string(o.StorageClass),
			ChecksumType: string(o.ChecksumType),
		}
		for _, name := range o.ChecksumAlgorithm {
			object.ChecksumAlgorithm = better(object.ChecksumAlgorithm, string(name))
		}
		p.objects = append(p.objects, object)
	}
	return p
}

// better returns the algorithm that says more about the content: cryptographic
// before legacy before error-detecting, and CRC64NVME early, because it is always
// of the full object.
func better(a, b string) string {
	if a == "" || rank(b) < rank(a) {
		return b
	}
	return a
}

func rank(algorithm string) int {
	for i, name := range [...]string{"SHA256", "SHA512", "CRC64NVME", "SHA1", "CRC32C", "CRC32", "MD5"} {
		if algorithm == name {
			return i
		}
	}
	return 100
}

// cutPage reads the document of a listing; errUnusual when the SDK has to.
func cutPage(document []byte) (page, error) {
	p := page{objects: make([]Object, 0, bytes.Count(document, []byte("<Contents>")))}
	c := cutter{rest: document}
	if err := c.begin(); err != nil {
		return p, err
	}
	for {
		name, end, empty, err := c.tag()
		switch {
		case err != nil:
			return p, err
		case end:
			return p, c.finish(name)
		case string(name) == "Contents" && !empty:
			p.objects = append(p.objects, Object{})
			err = c.object(&p.objects[len(p.objects)-1])
		default:
			err = c.field(name, empty, &p)
		}
		if err != nil {
			return p, err
		}
	}
}

func (c *cutter) finish(name []byte) error {
	c.space()
	if string(name) != "ListBucketResult" || len(c.rest) > 0 {
		return errUnusual
	}
	return nil
}

// leaf returns the text of an element that holds no other.
func (c *cutter) leaf(name []byte, empty bool) ([]byte, error) {
	if empty {
		return nil, nil
	}
	return c.text(name)
}

// field takes an element beside the objects.
func (c *cutter) field(name []byte, empty bool, p *page) error {
	text, err := c.leaf(name, empty)
	if err != nil {
		return err
	}
	switch string(name) {
	case "Name", "Prefix", "StartAfter", "ContinuationToken", "Delimiter":
	case "NextContinuationToken":
		p.next = string(text)
	case "EncodingType":
		p.encoded = string(text) == "url"
	case "KeyCount", "MaxKeys":
		_, err = digits(text)
	case "IsTruncated":
		p.truncated = string(text) == "true"
		if !p.truncated && string(text) != "false" {
			err = errUnusual
		}
	default:
		err = errUnusual
	}
	return err
}

// object takes the members of a Contents element and its closing tag. Key and ETag
// share one string, so that a key costs one allocation.
func (c *cutter) object(o *Object) error {
	e := entry{Object: o}
	for {
		name, end, empty, err := c.tag()
		if err != nil {
			return err
		}
		if end {
			both := string(append(append(make([]byte, 0, 128), e.key...), e.etag...))
			o.Key, o.ETag = both[:len(e.key)], both[len(e.key):]
			return unusualUnless(string(name) == "Contents")
		}
		if string(name) == "Owner" && !empty {
			err = c.owner()
		} else {
			err = c.member(name, empty, &e)
		}
		if err != nil {
			return err
		}
	}
}

func unusualUnless(ok bool) error {
	if !ok {
		return errUnusual
	}
	return nil
}

// entry is an object while its members are read.
type entry struct {
	*Object
	key, etag []byte
}

// member takes a leaf of a Contents element.
func (c *cutter) member(name []byte, empty bool, e *entry) error {
	text, err := c.leaf(name, empty)
	if err != nil {
		return err
	}
	switch string(name) {
	case "Key":
		e.key = text
	case "ETag":
		e.etag = bare(text)
	case "Size":
		e.Size, err = digits(text)
	case "LastModified":
		e.LastModified, err = instant(text)
	case "StorageClass":
		e.StorageClass = interned(text)
	case "ChecksumAlgorithm":
		e.ChecksumAlgorithm = better(e.ChecksumAlgorithm, interned(text))
	case "ChecksumType":
		e.ChecksumType = interned(text)
	default:
		err = errUnusual
	}
	return err
}

// owner skips an Owner element, which some servers send without being asked.
func (c *cutter) owner() error {
	for {
		name, end, empty, err := c.tag()
		switch {
		case err != nil:
			return err
		case end && string(name) == "Owner":
			return nil
		case end || (string(name) != "ID" && string(name) != "DisplayName"):
			return errUnusual
		}
		if _, err := c.leaf(name, empty); err != nil {
			return err
		}
	}
}
