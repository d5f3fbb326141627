package verify

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Range is a part of a bucket and the directory that it has on the drive.
type Range struct {
	Bucket    string `json:"bucket"`
	Prefix    string `json:"prefix,omitempty"`
	After     string `json:"after,omitempty"`   // exclusive
	Through   string `json:"through,omitempty"` // inclusive
	Directory string `json:"directory"`         // "" is the root of the drive
}

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
	StorageClass string    `json:"storageClass,omitempty"`
}

// Head is what a HEAD request with partNumber=1 tells.
type Head struct {
	Parts      int    // number of parts; 0 when the object is not multipart
	PartSize   int64  // length of the first part
	Encryption string // x-amz-server-side-encryption; "customer" with SSE-C
}

// Source is where the originals are. Its errors tell apart an object that is gone
// (errors.Is ErrGone) and one that is another than was asked for (ErrChanged).
type Source interface {
	// List calls yield for each object of the range in key order (bytes), and ends
	// with yield's error.
	List(ctx context.Context, r Range, yield func(Object) error) error
	// Head looks at one object, guarded by its ETag (If-Match). Safe for concurrent
	// use.
	Head(ctx context.Context, o Object) (Head, error)
}

// Tree is where the copy is. Paths are raw bytes. An error of an entry or a read that
// has a method Gone() bool, and returns true from it, says that the whole copy is not
// there any more: it ends the verification, because what cannot be seen is not bad.
type Tree interface {
	// Walk yields the entries below the directory root in the byte order of full
	// paths; a root that does not exist yields nothing. An entry that could not be
	// read has Err and does not end the walk; a directory that could not be listed
	// comes with Dir and Err before anything below it would.
	Walk(ctx context.Context, root string, yield func(Entry) error) error
	// Open opens a regular file for reading at any offset. The caller closes it if it
	// is an io.Closer. Safe for concurrent use.
	Open(e Entry) (io.ReaderAt, error)
}

// Entry is a file of a Tree.
type Entry struct {
	Path    string // relative to the tree's root, no leading slash
	Regular bool
	Dir     bool
	Size    int64
	Err     error // the entry could not be read
	Ref     any   // the tree's own handle
}
