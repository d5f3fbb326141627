package restore

import (
	"context"
	"io"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// Item is an object of a copy.
type Item struct {
	Bucket, Key string
	Path        string // on the drive
	Directory   string // of the range on the drive, the beginning of Path; "" is the root
	Size        int64  // bytes
	ETag        string // without quotes; empty: not known
	// SHA256 of the content, 32 bytes; nil: nobody has read it yet.
	SHA256       []byte
	LastModified time.Time
	Attributes   providers.CopiedAttributes
	// Held is how many bytes the file on the drive has; Missing where there is none.
	Held int64
	// Excuse says why the object has no file, where that is nobody's fault; it is skipped.
	Excuse string
	// Open opens the file; it is closed where it is an io.Closer. Nil only where Held is
	// Missing, or for an object of no bytes that has no file.
	Open func() (io.ReaderAt, error)
}

// Missing is Item.Held of an object that has no file on the drive.
const Missing = -1

// Outcome is what has become of an object.
type Outcome string

// The outcomes.
const (
	Restored Outcome = "restored" // written and proven; in a dry run: would be written
	There    Outcome = "there"    // the same content was there already
	Conflict Outcome = "conflict" // something else is there, and was left alone
	Corrupt  Outcome = "corrupt"  // the drive does not hold what the copy is said to hold
	Unproven Outcome = "unproven" // no checksum says what it ought to be; not written
	Failed   Outcome = "failed"   // an error, which may be gone next time
	Skipped  Outcome = "skipped"  // not on the drive, for a reason that is nobody's fault
)

// Outcomes returns all of them in the order in which they are told.
func Outcomes() []Outcome {
	return []Outcome{Restored, There, Conflict, Corrupt, Unproven, Failed, Skipped}
}

// Proof is what has shown that a file of the copy is what the object was.
type Proof string

// The proofs.
const (
	BySHA256 Proof = "SHA-256" // the SHA-256 that the copy has of it
	ByETag   Proof = "ETag"    // its MD5, or that over its parts, is the ETag of the original
	NoProof  Proof = ""        // none; written only with Options.Unproven
)

// Arrival is how it was seen that the target holds what was read.
type Arrival string

// The arrivals.
const (
	SaidByETag Arrival = "ETag"     // the answer's ETag is that of what was sent
	Compared   Arrival = "digest"   // the server has compared the MD5 and SHA-256 of what it got
	ReadBack   Arrival = "readBack" // it was read back
	Synced     Arrival = "synced"   // a file was written and synced
)

// Result is what has become of one object.
type Result struct {
	Bucket  string  `json:"bucket"`
	Key     string  `json:"key"`
	Path    string  `json:"path"`         // on the drive
	To      string  `json:"to,omitempty"` // key or path at the target
	Bytes   int64   `json:"bytes"`
	Outcome Outcome `json:"outcome"`
	Proof   Proof   `json:"proof,omitempty"`
	Arrival Arrival `json:"arrival,omitempty"`
	SHA256  string  `json:"sha256,omitempty"` // of what was read, in hex
	ETag    string  `json:"etag,omitempty"`   // at the target
	// Reason says in words what a person has to know; always set where the outcome is
	// neither Restored nor There.
	Reason string `json:"reason,omitempty"`
	Remedy string `json:"remedy,omitempty"`
}

// Found is what is at an item's place at a target.
type Found struct {
	To     string // key, or path below the directory
	Exists bool
	Size   int64
	ETag   string // without quotes; empty: it has none
	Other  string // what it is, where it is nothing that could be written over
	Note   string // what a person has to know of the place
}

// Sent is what was written.
type Sent struct {
	Arrival Arrival
	ETag    string // at the target, where there are ETags
}

// Target is where objects are restored to. It is safe for concurrent use.
type Target interface {
	// Look says what is at the place of an item, without reading it.
	Look(ctx context.Context, i Item) (Found, error)
	// Same reports whether what was found, which is as long, has the content of the file.
	Same(ctx context.Context, f Found, r *Reading) (bool, error)
	// Put proves and writes the file, or leaves nothing. errors.Is(err, ErrThere) when
	// something is there that replace does not allow to write over.
	Put(ctx context.Context, f Found, r *Reading, replace bool) (Sent, error)
}
