package store

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"fmt"
	"hash"
	"hash/crc32"
	"io"

	"github.com/minio/crc64nvme"
)

// Algorithms returns the names of the checksums that are taken and kept.
// S3 knows XXHASH64, XXHASH3 and XXHASH128 besides; see UnsupportedAlgorithms.
func Algorithms() []string {
	return []string{"CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256", "MD5", "SHA512"}
}

// UnsupportedAlgorithms are those of S3 that are not taken: the standard library
// has none of them.
func UnsupportedAlgorithms() []string { return []string{"XXHASH64", "XXHASH3", "XXHASH128"} }

// DefaultAlgorithm is that of the checksum which S3 takes of an object whose writer
// sends none.
const DefaultAlgorithm = "CRC64NVME"

// NewHash returns the hash of a checksum algorithm, nil when there is none of that
// name. The value of a Checksum is the base64 of its sum.
func NewHash(algorithm string) hash.Hash {
	switch algorithm {
	case "CRC32":
		return crc32.NewIEEE()
	case "CRC32C":
		return crc32.New(crc32.MakeTable(crc32.Castagnoli))
	case "CRC64NVME":
		return crc64nvme.New()
	case "SHA1":
		return sha1.New()
	case "SHA256":
		return sha256.New()
	case "MD5":
		return md5.New()
	case "SHA512":
		return sha512.New()
	}
	return nil
}

// DefaultType returns what a multipart upload's checksum covers when its maker
// does not say: the CRC of 64 bits knows whole objects only.
// Source: "Checking object integrity in Amazon S3" of the Amazon S3 User Guide.
func DefaultType(algorithm string) ChecksumType {
	if algorithm == "CRC64NVME" {
		return FullObject
	}
	return Composite
}

// HasType reports whether S3 knows this kind of checksum for a multipart upload.
func HasType(algorithm string, t ChecksumType) bool {
	switch algorithm {
	case "CRC32", "CRC32C":
		return t == FullObject || t == Composite
	case "CRC64NVME":
		return t == FullObject
	case "SHA1", "SHA256", "MD5", "SHA512":
		return t == Composite
	}
	return false
}

// composite combines the checksums of parts into that of the object.
func composite(algorithm string, parts []Part) (Checksum, error) {
	h := NewHash(algorithm)
	for _, p := range parts {
		raw, err := base64.StdEncoding.DecodeString(p.Checksum.Value)
		if err != nil || p.Checksum.Algorithm != algorithm {
			return Checksum{}, fmt.Errorf("part %d: %w", p.Number, ErrPartChecksum)
		}
		h.Write(raw)
	}
	return Checksum{algorithm, fmt.Sprintf("%s-%d", encode(h.Sum(nil)), len(parts)), Composite}, nil
}

// whole returns the checksum over all of a content.
func whole(algorithm string, m *memory) (Checksum, error) {
	h := NewHash(algorithm)
	if _, err := io.Copy(h, io.NewSectionReader(m, 0, m.size())); err != nil {
		return Checksum{}, err
	}
	return Checksum{algorithm, encode(h.Sum(nil)), FullObject}, nil
}

func encode(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }
