package providers

import (
	"crypto/sha256"
	"time"
)

// Item is an object that is to be copied onto a drive.
type Item struct {
	Bucket, Key  string
	Path         string // below the root of the drive, as names of files
	Size         int64  // bytes
	ETag         string // without quotes; the copy is of this state
	LastModified time.Time
	StorageClass string // empty means STANDARD
}

// Copied is an object that is on the drive, and what was learned of it on the way.
type Copied struct {
	Item      // the state that was copied, which is another one where Changed is set
	VersionID string
	SHA256    [sha256.Size]byte // of the content
	// Proven names the checksum of the service that the content was compared with: MD5,
	// MULTIPART-MD5, or that of the checksum (CRC64NVME, SHA256, …). Empty: there was none.
	Proven     string
	Changed    bool // the object was replaced after it was listed
	Gone       bool // the object was removed after it was listed: it is not on the drive
	Attributes CopiedAttributes
}

// CopiedAttributes are what an object has besides its content.
type CopiedAttributes struct {
	// PartSizes of a multipart upload, nil for none; where all but the last part are
	// equally long, the first alone.
	PartSizes          []int64
	ContentType        string
	CacheControl       string
	ContentDisposition string
	ContentEncoding    string
	ContentLanguage    string
	Expires            string            // as it was sent
	Metadata           map[string]string // names in small letters
}
