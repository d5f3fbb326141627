package verify

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/cargomedia/s3export/verify/digest"
)

// Range is a part of a bucket and the directory that it has on the drive.
type Range struct {
	Bucket    string `json:"bucket"`
	Prefix    string `json:"prefix,omitempty"`
	After     string `json:"after,omitempty"`   // exclusive
	Through   string `json:"through,omitempty"` // inclusive
	Directory string `json:"directory"`         // "" is the root of the drive
	Naming    Naming `json:"naming,omitempty"`  // of the files
}

// Naming says how keys become names of files.
type Naming string

// The values of Naming.
const (
	// AsServiceNames: the key is the path, as far as it can be one.
	AsServiceNames Naming = ""
	// Encoded: every key has a path of its own, which leads back to the key; see keyname.
	Encoded Naming = "encoded"
)

// String returns the range as people write it.
func (r Range) String() string {
	text := "s3://" + r.Bucket + "/" + r.Prefix
	if r.After != "" {
		text += fmt.Sprintf(" after %q", r.After)
	}
	if r.Through != "" {
		text += fmt.Sprintf(" through %q", r.Through)
	}
	return text
}

// Object is an object as a listing shows it.
type Object struct {
	Bucket       string    `json:"bucket"`
	Key          string    `json:"key"`
	Size         int64     `json:"size"`
	ETag         string    `json:"etag"` // without quotes
	LastModified time.Time `json:"lastModified"`
	VersionID    string    `json:"versionId,omitempty"`
	Current      bool      `json:"-"` // of Versions: what S3 holds now
	Deleted      bool      `json:"-"` // of Versions: a delete marker, which has no content
	StorageClass string    `json:"storageClass,omitempty"`
	// Stored says which checksum the service keeps of it; a listing does not tell its
	// value.
	Stored digest.Algorithm `json:"stored,omitempty"`
	// Composite: that checksum is one over the checksums of the parts.
	Composite bool `json:"composite,omitempty"`
	// Known is a checksum of the content that somebody has told of already.
	Known *Known `json:"known,omitempty"`
}

// Known is a checksum of a whole object, and who has told it.
type Known struct {
	Algorithm digest.Algorithm `json:"algorithm"`
	Sum       []byte           `json:"sum"`
	Witness   Witness          `json:"witness"`
}

// Ask is what a HEAD request is to tell.
type Ask struct {
	Part      int  // a part, from 1, instead of the whole object: PartSize; 0: none
	Checksums bool // what the service keeps
}

// Head is what a HEAD request tells.
type Head struct {
	Parts      int    // number of parts, when one was asked for; 0 when the object is not multipart
	PartSize   int64  // length of the part that was asked for
	Encryption string // x-amz-server-side-encryption; "customer" with SSE-C
	Checksums  []Checksum
}

// Checksum is one that the service keeps.
type Checksum struct {
	Algorithm digest.Algorithm
	Composite bool
	Sum       []byte
}

// Part is a part of a multipart upload.
type Part struct {
	Size      int64
	Checksums []Checksum
}

// Source is where the originals are. Its errors tell apart an object that is gone
// (errors.Is ErrGone), one that is another than was asked for (ErrChanged), a right
// that is lacking (ErrDenied), and what the server does not know (ErrNotSupported).
// All methods are safe for concurrent use.
type Source interface {
	// List calls yield for each object of the range in key order (bytes), and ends
	// with yield's error.
	List(ctx context.Context, r Range, yield func(Object) error) error
	// Head looks at one object, guarded by its version or else its ETag (If-Match).
	Head(ctx context.Context, o Object, a Ask) (Head, error)
	// Parts returns the parts of an object, guarded as Head is; none where the service
	// does not tell.
	Parts(ctx context.Context, o Object) ([]Part, error)
	// Versions returns the versions of the object's key, the newest first; with the delete
	// markers, for they tell that the bucket keeps versions.
	Versions(ctx context.Context, o Object) ([]Object, error)
}

// Lister is a Source that counts the pages of its listings.
type Lister interface {
	// Lists returns how many were asked for since the source was made.
	Lists() int64
}

// Downloader reads originals.
type Downloader interface {
	// Download reads the content of an object from offset on, guarded as Head is. Its errors
	// are those of a Source, and ErrArchived.
	Download(ctx context.Context, o Object, offset int64) (io.ReadCloser, error)
}
