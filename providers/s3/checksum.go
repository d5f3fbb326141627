package s3

import (
	"strconv"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// The types of checksums.
const (
	FullObject = "FULL_OBJECT" // of the content
	Composite  = "COMPOSITE"   // of the checksums of the parts, raw and in their order
)

// Checksum is a checksum that is stored with an object or a part.
type Checksum struct {
	Algorithm string // CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5, XXHASH64, XXHASH3, XXHASH128
	Type      string // FullObject, Composite, or empty where the server does not tell
	Value     string // base64 of the bytes, CRCs with the highest first
	Parts     int    // of a Composite one, where its value says so; else 0
}

// checksums makes Checksums of the values in an answer. They are given in the order
// CRC32, CRC32C, CRC64NVME, SHA1, SHA256, SHA512, MD5, XXHASH64, XXHASH3, XXHASH128,
// and as they were sent, a composite one as "wpn7tg==-2".
func checksums(kind types.ChecksumType, values ...*string) []Checksum {
	var all []Checksum
	for i, algorithm := range [...]string{"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "SHA512", "MD5", "XXHASH64", "XXHASH3", "XXHASH128"} {
		value := aws.ToString(values[i])
		if value == "" {
			continue
		}
		all = append(all, Checksum{Algorithm: algorithm, Type: string(kind), Value: value}.split())
	}
	return all
}

// split takes the number of parts off the value of a composite checksum. A minus sign
// is no letter of base64.
func (c Checksum) split() Checksum {
	digest, count, found := strings.Cut(c.Value, "-")
	if n, err := strconv.Atoi(count); found && err == nil && n > 0 {
		c.Type, c.Value, c.Parts = Composite, digest, n
	}
	return c
}

func headChecksums(o *service.HeadObjectOutput) []Checksum {
	return checksums(o.ChecksumType, o.ChecksumCRC32, o.ChecksumCRC32C, o.ChecksumCRC64NVME, o.ChecksumSHA1, o.ChecksumSHA256,
		o.ChecksumSHA512, o.ChecksumMD5, o.ChecksumXXHASH64, o.ChecksumXXHASH3, o.ChecksumXXHASH128)
}

func getChecksums(o *service.GetObjectOutput) []Checksum {
	return checksums(o.ChecksumType, o.ChecksumCRC32, o.ChecksumCRC32C, o.ChecksumCRC64NVME, o.ChecksumSHA1, o.ChecksumSHA256,
		o.ChecksumSHA512, o.ChecksumMD5, o.ChecksumXXHASH64, o.ChecksumXXHASH3, o.ChecksumXXHASH128)
}

func objectChecksums(o *types.Checksum) []Checksum {
	if o == nil {
		return nil
	}
	return checksums(o.ChecksumType, o.ChecksumCRC32, o.ChecksumCRC32C, o.ChecksumCRC64NVME, o.ChecksumSHA1, o.ChecksumSHA256,
		o.ChecksumSHA512, o.ChecksumMD5, o.ChecksumXXHASH64, o.ChecksumXXHASH3, o.ChecksumXXHASH128)
}

func partChecksums(o *types.ObjectPart) []Checksum {
	return checksums(FullObject, o.ChecksumCRC32, o.ChecksumCRC32C, o.ChecksumCRC64NVME, o.ChecksumSHA1, o.ChecksumSHA256,
		o.ChecksumSHA512, o.ChecksumMD5, o.ChecksumXXHASH64, o.ChecksumXXHASH3, o.ChecksumXXHASH128)
}
