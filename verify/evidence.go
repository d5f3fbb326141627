package verify

import "github.com/cargomedia/s3export/verify/digest"

// Evidence is what a comparison rests on.
type Evidence struct {
	Method   Method  `json:"method,omitempty"`
	Class    Class   `json:"class,omitempty"`
	Witness  Witness `json:"witness,omitempty"`
	Want     string  `json:"want,omitempty"` // what the source says
	Have     string  `json:"have,omitempty"` // what the drive gives
	PartSize int64   `json:"partSize,omitempty"`
	Parts    int     `json:"parts,omitempty"`
}

// Method is how content was compared.
type Method string

// The methods.
const (
	BySize         Method = "size"         // unequal sizes prove unequal content
	ByEmptiness    Method = "empty"        // nothing equals nothing
	ByMD5          Method = "md5"          // of the whole content
	ByMultipartMD5 Method = "multipartMD5" // the ETag of a multipart upload
	ByCRC32        Method = "crc32"
	ByCRC32C       Method = "crc32c"
	ByCRC64NVME    Method = "crc64nvme"
	BySHA1         Method = "sha1"
	BySHA256       Method = "sha256"
	BySHA512       Method = "sha512"
	ByDownload     Method = "download" // byte for byte
)

// Class says how much evidence is worth.
type Class string

// The classes, the strongest first.
const (
	Exact          Class = "exact"          // no checksum involved
	Cryptographic  Class = "cryptographic"  // SHA-256, SHA-512
	Legacy         Class = "legacy"         // MD5, SHA-1: against accident, no longer against malice
	ErrorDetecting Class = "errorDetecting" // CRC: against accident only
)

// Classes returns all classes, the strongest first.
func Classes() []Class { return []Class{Exact, Cryptographic, Legacy, ErrorDetecting} }

// Witness is where the checksum of an original comes from.
type Witness string

// The witnesses.
const (
	WitnessETag      Witness = "etag"      // of the listing
	WitnessStored    Witness = "stored"    // the service keeps it with the object
	WitnessBaseline  Witness = "baseline"  // an earlier proof has read it
	WitnessCopied    Witness = "copied"    // our own copying has read it, and compared it with what the service keeps
	WitnessBatch     Witness = "batch"     // a report of Batch Operations
	WitnessInventory Witness = "inventory" // the ETag of an inventory
	WitnessContent   Witness = "content"   // the original itself was downloaded
)

func methodOf(a digest.Algorithm) Method {
	switch a {
	case digest.MD5:
		return ByMD5
	case digest.CRC32:
		return ByCRC32
	case digest.CRC32C:
		return ByCRC32C
	case digest.CRC64NVME:
		return ByCRC64NVME
	case digest.SHA1:
		return BySHA1
	case digest.SHA256:
		return BySHA256
	case digest.SHA512:
		return BySHA512
	case digest.XXHash64, digest.XXHash3, digest.XXHash128: // cannot be computed
	}
	return ""
}

func (m Method) class() Class {
	switch m {
	case BySize, ByEmptiness, ByDownload:
		return Exact
	case BySHA256, BySHA512:
		return Cryptographic
	case ByMD5, ByMultipartMD5, BySHA1:
		return Legacy
	case ByCRC32, ByCRC32C, ByCRC64NVME:
		return ErrorDetecting
	}
	return ""
}
