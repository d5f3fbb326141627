package s3

import (
	"encoding/xml"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

func (x *exchange) createUpload() error {
	u := store.Upload{Key: x.key}
	var err error
	if u.Attributes, err = x.attributes(); err != nil {
		return err
	}
	if u.Algorithm, err = x.copyAlgorithm(); err != nil {
		return err
	}
	if u.ChecksumType, err = x.checksumType(u.Algorithm); err != nil {
		return err
	}
	if u, err = x.store.CreateUpload(x.bucket, u); err != nil {
		return err
	}
	if u.Algorithm != "" {
		x.set("x-amz-checksum-algorithm", u.Algorithm)
		x.set("x-amz-checksum-type", string(u.ChecksumType))
	}
	x.setEncryption(u.Attributes)
	doc := newDocument()
	doc.open("InitiateMultipartUploadResult", namespace)
	doc.text("Bucket", x.bucket)
	doc.text("Key", x.key)
	doc.text("UploadId", u.ID)
	doc.close("InitiateMultipartUploadResult")
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) checksumType(algorithm string) (store.ChecksumType, error) {
	wanted := store.ChecksumType(strings.ToUpper(x.r.Header.Get("X-Amz-Checksum-Type")))
	switch {
	case algorithm == "" && wanted == "":
		return "", nil
	case algorithm == "":
		return "", invalid("The x-amz-checksum-type header can only be used with the x-amz-checksum-algorithm header.")
	case wanted == "":
		return store.DefaultType(algorithm), nil
	case !store.HasType(algorithm, wanted):
		return "", invalid(fmt.Sprintf("The %s checksum type cannot be used with the %s checksum algorithm.", wanted, strings.ToLower(algorithm)))
	}
	return wanted, nil
}

// part is one part as a CompleteMultipartUpload request names it.
type part struct {
	PartNumber int
	ETag       string
	Others     []struct {
		XMLName xml.Name
		Value   string `xml:",chardata"`
	} `xml:",any"` // its checksums among them
}

func (p part) checksum(algorithm string) string {
	for _, other := range p.Others {
		if other.XMLName.Local == "Checksum"+algorithm {
			return other.Value
		}
	}
	return ""
}

func (x *exchange) completeUpload() error {
	u, err := x.store.Upload(x.bucket, x.key, x.query.Get("uploadId"))
	if err != nil {
		return err
	}
	named, err := x.namedParts(u)
	if err != nil {
		return err
	}
	o, err := x.completion(u)
	if err != nil {
		return err
	}
	made, err := x.store.CompleteUpload(x.bucket, u, named, o)
	if err != nil {
		return err
	}
	x.setEncryption(made.Attributes)
	x.setVersion(made.VersionID)
	doc := newDocument()
	doc.open("CompleteMultipartUploadResult", namespace)
	doc.text("Location", "http://"+x.r.Host+x.r.URL.EscapedPath())
	doc.text("Bucket", x.bucket)
	doc.text("Key", x.key)
	doc.etag(made.ETag)
	doc.checksum(made.Checksum)
	doc.close("CompleteMultipartUploadResult")
	x.send(http.StatusOK, doc)
	return nil
}

func (x *exchange) namedParts(u store.Upload) ([]store.Part, error) {
	var wanted struct {
		XMLName xml.Name `xml:"CompleteMultipartUpload"`
		Part    []part
	}
	b, err := x.plainBody() // a checksum header is about the object
	if err != nil {
		return nil, err
	}
	if err := b.document(&wanted); err != nil {
		return nil, err
	}
	if len(wanted.Part) == 0 {
		return nil, malformedXML()
	}
	named := make([]store.Part, len(wanted.Part))
	for i, p := range wanted.Part {
		named[i] = store.Part{Number: p.PartNumber, ETag: unquoted(p.ETag)}
		named[i].Checksum.Value = p.checksum(u.Algorithm)
	}
	return named, nil
}

// completion reads the conditions on the finished object.
func (x *exchange) completion(u store.Upload) (store.PutOptions, error) {
	var o store.PutOptions
	if err := x.writeConditions(&o); err != nil {
		return o, err
	}
	if u.Algorithm == "" {
		var err error
		if o.Compute, err = x.defaultAlgorithm(); err != nil {
			return o, err
		}
		u.Algorithm, u.ChecksumType = o.Compute, store.FullObject
	}
	if err := x.namedChecksum(u, &o); err != nil {
		return o, err
	}
	if text := x.r.Header.Get("X-Amz-Mp-Object-Size"); text != "" {
		size, err := strconv.ParseInt(text, 10, 64)
		if err != nil || size < 0 {
			return o, invalid("Value for x-amz-mp-object-size header is invalid.")
		}
		o.Size = size
	}
	return o, nil
}

// namedChecksum reads what the request says about the checksum of the object, which
// must be of the upload's kind.
func (x *exchange) namedChecksum(u store.Upload, o *store.PutOptions) error {
	if err := supported(x.r.Header); err != nil {
		return err
	}
	if t := x.r.Header.Get("X-Amz-Checksum-Type"); t != "" && !strings.EqualFold(t, string(u.ChecksumType)) {
		return newError(http.StatusBadRequest, "BadDigest", "The checksum type you specified did not match the checksum type of the multipart upload.")
	}
	for _, algorithm := range store.Algorithms() {
		name := checksumHeader(algorithm)
		value := x.r.Header.Get(name)
		sum, _, _ := strings.Cut(value, "-")
		switch {
		case value == "":
		case algorithm != u.Algorithm:
			return mismatchedAlgorithm(u.Algorithm, algorithm)
		case !isSum(algorithm, sum):
			return invalid("Value for " + name + " header is invalid.")
		default:
			o.Checksum = func() store.Checksum { return store.Checksum{Algorithm: algorithm, Value: value} }
		}
	}
	return nil
}

func mismatchedAlgorithm(expected, actual string) *refusal {
	if expected == "" {
		expected = "null"
	}
	return invalid("Checksum Type mismatch occurred, expected checksum Type: " + strings.ToLower(expected) +
		", actual checksum Type: " + strings.ToLower(actual))
}

func (x *exchange) abortUpload() error {
	if err := x.store.AbortUpload(x.bucket, x.key, x.query.Get("uploadId")); err != nil {
		return err
	}
	return x.status(http.StatusNoContent)
}
