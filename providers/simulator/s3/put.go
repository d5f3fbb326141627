package s3

import (
	"net/http"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

func (x *exchange) putObject() error {
	var o store.PutOptions
	var err error
	if o.Attributes, err = x.attributes(); err != nil {
		return err
	}
	if err := x.writeConditions(&o); err != nil {
		return err
	}
	if _, err := x.store.Bucket(x.bucket); err != nil {
		return err
	}
	b, err := x.body()
	if err != nil {
		return err
	}
	o.Size, o.Checksum = b.size, b.sum.kept
	if b.sum == nil {
		if o.Compute, err = x.defaultAlgorithm(); err != nil {
			return err
		}
	}
	made, err := x.store.Put(x.bucket, x.key, b, o)
	if err != nil {
		return err
	}
	x.set("ETag", quoted(made.ETag))
	x.setChecksum(made.Checksum)
	x.setEncryption(made.Attributes)
	x.setVersion(made.VersionID)
	return x.status(http.StatusOK)
}

// defaultAlgorithm returns the algorithm of the checksum that an object in this
// bucket gets whose writer sends none; "" for none.
func (x *exchange) defaultAlgorithm() (string, error) {
	info, err := x.store.Bucket(x.bucket)
	if err != nil || info.NoChecksum {
		return "", err
	}
	return store.DefaultAlgorithm, nil
}

// attributes reads what a request says about the object that it makes.
func (x *exchange) attributes() (store.Attributes, error) {
	h := x.r.Header
	for _, name := range []string{"X-Amz-Tagging", "X-Amz-Website-Redirect-Location",
		"X-Amz-Object-Lock-Mode", "X-Amz-Object-Lock-Retain-Until-Date", "X-Amz-Object-Lock-Legal-Hold"} {
		if h.Get(name) != "" {
			return store.Attributes{}, x.notImplemented(lower(name))
		}
	}
	a := store.Attributes{
		StorageClass: h.Get("X-Amz-Storage-Class"),
		ContentType:  h.Get("Content-Type"),
		Headers:      map[string]string{},
		Metadata:     metadata(h),
	}
	if a.StorageClass != "" && !slices.Contains(storageClasses(), a.StorageClass) {
		return a, newError(http.StatusBadRequest, "InvalidStorageClass", "The storage class you specified is not valid").
			with("StorageClassRequested", a.StorageClass)
	}
	if err := x.encrypt(&a); err != nil {
		return a, err
	}
	for _, name := range []string{"Content-Disposition", "Cache-Control", "Content-Language", "Expires"} {
		if value := h.Get(name); value != "" {
			a.Headers[name] = value
		}
	}
	if value := withoutChunked(h.Get("Content-Encoding")); value != "" {
		a.Headers["Content-Encoding"] = value
	}
	return a, checkMetadata(a.Metadata)
}

// storageClasses are the classes that a client may ask for.
// Source: the S3 model of botocore 1.43.11.
func storageClasses() []string {
	return []string{"STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE", "GLACIER_IR"}
}

const metadataPrefix = "x-amz-meta-"

func metadata(h http.Header) map[string]string {
	m := map[string]string{}
	for name, values := range h {
		if name = lower(name); strings.HasPrefix(name, metadataPrefix) {
			m[name[len(metadataPrefix):]] = strings.Join(values, ",")
		}
	}
	return m
}

// checkMetadata holds the limit of 2 KB for names and values together.
func checkMetadata(m map[string]string) error {
	const limit = 2 << 10
	size := 0
	for name, value := range m {
		size += len(name) + len(value)
	}
	if size > limit {
		return newError(http.StatusBadRequest, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size").
			with("MaxSizeAllowed", "2048")
	}
	return nil
}

// withoutChunked removes the encoding that is only of the transfer.
func withoutChunked(encoding string) string {
	var kept []string
	for part := range strings.SplitSeq(encoding, ",") {
		if part = strings.TrimSpace(part); part != "" && part != "aws-chunked" {
			kept = append(kept, part)
		}
	}
	return strings.Join(kept, ",")
}

func lower(s string) string { return strings.ToLower(s) }
