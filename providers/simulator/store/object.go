package store

import (
	"errors"
	"time"
)

// The refusals of a store. Their text is for logs; who speaks a protocol words
// them anew.
var (
	ErrNoSuchBucket   = errors.New("no such bucket")
	ErrBucketExists   = errors.New("bucket exists")
	ErrBucketNotEmpty = errors.New("bucket is not empty")
	ErrBucketName     = errors.New("not a bucket name")
	ErrNoSuchKey      = errors.New("no such key")
	ErrNoSuchVersion  = errors.New("no such version")
	ErrIsMarker       = errors.New("the version is a delete marker")
	ErrNoSuchUpload   = errors.New("no such multipart upload")
	ErrPrecondition   = errors.New("the object is not as the condition wants it")
	ErrInvalidPart    = errors.New("a part is missing or another")
	ErrPartOrder      = errors.New("parts are not in ascending order")
	ErrPartTooSmall   = errors.New("a part other than the last is too small")
	ErrPartChecksum   = errors.New("a part has no checksum to combine")
	ErrBadChecksum    = errors.New("the checksum is another")
	ErrSize           = errors.New("the object has another size")
	ErrSeedChanged    = errors.New("a seed file was changed after it was loaded")
	ErrNeedsKey       = errors.New("the object is encrypted with a key of the customer's")
	ErrOtherKey       = errors.New("the object is encrypted with another key")
	ErrTakesNoKey     = errors.New("the object is not encrypted with a key of the customer's")
	ErrArchived       = errors.New("the object must be restored before it is read")
	ErrNotArchived    = errors.New("the object is not archived")
	ErrRestoring      = errors.New("the object is being restored")
	ErrNoSuchTier     = errors.New("objects of this class are not restored like that")
)

// The kinds of server-side encryption, as S3 names them but for the last one. An
// object with any but the first has an ETag that is no MD5.
const (
	EncryptionS3  = "AES256"
	EncryptionKMS = "aws:kms"
	// EncryptionDSSE is KMS in two layers.
	EncryptionDSSE = "aws:kms:dsse"
	// EncryptionCustomer is that with a key which only the customer has (SSE-C).
	EncryptionCustomer = "customer"
)

// HasOpaqueETag reports whether objects under this encryption have ETags that are
// no MD5s.
func HasOpaqueETag(encryption string) bool {
	return encryption == EncryptionKMS || encryption == EncryptionDSSE || encryption == EncryptionCustomer
}

// ChecksumType says what a checksum of a multipart object covers.
type ChecksumType string

// The types of a checksum.
const (
	FullObject ChecksumType = "FULL_OBJECT"
	Composite  ChecksumType = "COMPOSITE"
)

// Checksum is a checksum that was uploaded with an object or a part.
type Checksum struct {
	Algorithm string // as in ListObjectsV2, one of Algorithms
	Value     string // base64 of the big-endian bytes; with "-N" at the end when composite
	Type      ChecksumType
}

// Object is a version of an object.
type Object struct {
	Key          string
	Size         int64  // bytes
	ETag         string // without quotes
	LastModified time.Time
	PartSizes    []int64 // nil when the object was not made by a multipart upload
	// PartChecksums has one checksum for each part, or is nil: when the upload was begun
	// without an algorithm, or a part came without.
	PartChecksums []Checksum
	Checksum      Checksum // zero when none is kept
	// VersionID is "" in a bucket that never had versions, and NullVersion for what was
	// written while it had none.
	VersionID string
	Archive   *Archive // nil when nothing but the class says how it is archived
	Attributes
}

// Attributes is what the writer of an object says about it.
type Attributes struct {
	StorageClass string // "" is STANDARD
	ContentType  string
	Encryption   string // one of the constants; "" takes the bucket's default
	// CustomerKeyMD5 is the base64 of the MD5 of the key of an EncryptionCustomer. It
	// opens the object; its bytes are kept as they are.
	CustomerKeyMD5 string
	// Headers are the other headers that S3 gives back, by canonical name:
	// Content-Encoding, Content-Disposition, Cache-Control, Content-Language, Expires.
	Headers  map[string]string
	Metadata map[string]string // user metadata, names in lower case without x-amz-meta-
}

// Part is a part of a multipart upload that is under way.
type Part struct {
	Number       int
	Size         int64
	ETag         string
	LastModified time.Time
	Checksum     Checksum
}

// BucketInfo is what is known about a bucket.
type BucketInfo struct {
	Name    string
	Created time.Time
	BucketOptions
}

// BucketOptions are the choices at the making of a bucket.
type BucketOptions struct {
	Region     string // default us-east-1
	Encryption string // of objects that do not ask for one; default EncryptionS3
	// KMSKeyID and BucketKey are told with the encryption, and change nothing else.
	KMSKeyID   string
	BucketKey  bool
	Versioning Versioning
	// NoChecksum keeps no checksum of objects whose writers send none, as S3 did before
	// December 2024. The store says so; who speaks the protocol heeds it.
	NoChecksum bool
}

// PutOptions are the choices at the writing of an object.
type PutOptions struct {
	Attributes
	// Size is a hint of the body's length; 0 when it is not known. A finished multipart
	// upload must have it.
	Size int64
	// PartSize makes the object look as if it came by a multipart upload with parts
	// of that many bytes; 0 for a plain one.
	PartSize int64
	// Checksum is asked after the body was read; nil keeps no checksum.
	Checksum func() Checksum
	// Compute is the algorithm of a checksum that the store takes and keeps itself,
	// over the whole object, when there is no other; "" for none.
	Compute string
	// Conditions on the object that is there already. IfMatch is an unquoted ETag.
	IfAbsent bool
	IfMatch  string
}
