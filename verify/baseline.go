package verify

import (
	"cmp"
	"strings"
)

// Expected is a line of a baseline: an object that a load selects, and the path
// that it has on the drive. Lines are in the byte order of Path, then Bucket, then
// Key. An object that changed while the load ran has two lines, AtStart before
// AtEnd.
type Expected struct {
	Object
	Path string `json:"path"`
	// Seen says when the listing held this object; empty in a live listing.
	Seen Seen `json:"seen,omitempty"`
	Kind Kind `json:"kind,omitempty"`
	// Since says what has become of it, where the source was asked.
	Since Since `json:"since,omitempty"`
	// Attributes are what the object has besides its content, where somebody has asked.
	Attributes *Attributes `json:"attributes,omitempty"`
}

// Attributes are what an object has besides its content, so that it can be put back as it
// was.
type Attributes struct {
	// PartSize of a multipart upload whose parts, but for the last one, are equally long;
	// 0 for one that is not multipart.
	PartSize int64 `json:"partSize,omitempty"`
	// PartSizes of all parts, where they are not equally long.
	PartSizes          []int64           `json:"partSizes,omitempty"`
	ContentType        string            `json:"contentType,omitempty"`
	CacheControl       string            `json:"cacheControl,omitempty"`
	ContentDisposition string            `json:"contentDisposition,omitempty"`
	ContentEncoding    string            `json:"contentEncoding,omitempty"`
	ContentLanguage    string            `json:"contentLanguage,omitempty"`
	Expires            string            `json:"expires,omitempty"`  // as it was sent
	Metadata           map[string]string `json:"metadata,omitempty"` // x-amz-meta-…, names in small letters
}

// Seen says when a baseline's listing held an object.
type Seen string

// The values of Seen.
const (
	AtStart Seen = "start" // when the job was made, and not when the load ended
	AtEnd   Seen = "end"   // when the load had ended, and not when the job was made
	AtBoth  Seen = "both"
)

// Summary is what a baseline holds. Changed, Created and Deleted are zero until it
// is closed.
type Summary struct {
	Objects    int64 `json:"objects"` // without counting a changed object twice
	Bytes      int64 `json:"bytes"`   // of the newest state of each
	Markers    int64 `json:"markers"`
	Unnameable int64 `json:"unnameable"`
	Archived   int64 `json:"archived"` // in a class that no service exports
	Changed    int64 `json:"changed"`
	Created    int64 `json:"created"`
	Deleted    int64 `json:"deleted"`
	// Digest is the SHA-256 of the file's bytes, in hex.
	Digest string `json:"digest"`
}

func (s *Summary) add(e Expected, again bool) {
	switch {
	case again:
		s.Changed++
		s.Deleted--
		s.Bytes += e.Size
		return
	case e.Seen == AtEnd:
		s.Created++
	case e.Seen == AtStart:
		s.Deleted++
	}
	s.Objects++
	s.Bytes += e.Size
	switch e.Kind {
	case KindFile:
	case KindMarker:
		s.Markers++
	case KindUnnameable:
		s.Unnameable++
	}
	if e.Archived() {
		s.Archived++
	}
}

// Archived reports whether the object must be restored before anyone can read it.
// GLACIER_IR reads at once (S3 User Guide, storage classes).
func (o Object) Archived() bool {
	return o.StorageClass == "GLACIER" || o.StorageClass == "DEEP_ARCHIVE"
}

// order compares by path, and by bucket and key where several objects have one.
func order(a, b *Expected) int {
	if c := strings.Compare(a.Path, b.Path); c != 0 {
		return c
	}
	return cmp.Or(strings.Compare(a.Bucket, b.Bucket), strings.Compare(a.Key, b.Key))
}

// same reports whether two looks at one key saw the same content. An ETag changes
// with the content; LastModified also changes when the same bytes are put again.
func same(a, b Object) bool { return a.ETag == b.ETag && a.Size == b.Size }
