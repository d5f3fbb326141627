package digest

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/crc32"

	"github.com/minio/crc64nvme"
)

// Algorithm is a checksum by the name that S3 uses for it (ChecksumAlgorithm of the
// API reference). MD5 is also what ETags are made of.
type Algorithm string

// The algorithms that S3 knows.
const (
	MD5       Algorithm = "MD5"
	CRC32     Algorithm = "CRC32"
	CRC32C    Algorithm = "CRC32C"
	CRC64NVME Algorithm = "CRC64NVME"
	SHA1      Algorithm = "SHA1"
	SHA256    Algorithm = "SHA256"
	SHA512    Algorithm = "SHA512"
	XXHash64  Algorithm = "XXHASH64"
	XXHash3   Algorithm = "XXHASH3"
	XXHash128 Algorithm = "XXHASH128"
)

// Known reports whether S3 has an algorithm of that name.
func (a Algorithm) Known() bool {
	switch a {
	case XXHash64, XXHash3, XXHash128:
		return true
	default:
		return a.Computable()
	}
}

// Computable reports whether a [Set] can compute it.
func (a Algorithm) Computable() bool { return a.Size() > 0 }

// Size is the length of a raw sum in bytes, 0 when it cannot be computed.
func (a Algorithm) Size() int {
	switch a {
	case MD5:
		return md5.Size
	case CRC32, CRC32C:
		return crc32.Size
	case CRC64NVME:
		return crc64nvme.Size
	case SHA1:
		return sha1.Size
	case SHA256:
		return sha256.Size
	case SHA512:
		return sha512.Size
	default:
		return 0
	}
}

// newHash is nil for what cannot be computed. The CRCs give their sums as
// big-endian bytes, as S3 does.
func (a Algorithm) newHash() hash.Hash {
	switch a {
	case MD5:
		return md5.New()
	case CRC32:
		return crc32.NewIEEE()
	case CRC32C:
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case CRC64NVME:
		return crc64nvme.New()
	case SHA1:
		return sha1.New()
	case SHA256:
		return sha256.New()
	case SHA512:
		return sha512.New()
	default:
		return nil
	}
}
