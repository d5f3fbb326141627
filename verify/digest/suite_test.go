package digest_test

import (
	"bytes"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"math/rand/v2"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify/digest"
)

func TestDigest(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "digest")
}

const mib = 1 << 20

// The standard library's word on each algorithm.
var references = map[digest.Algorithm]func() hash.Hash{
	digest.MD5:       md5.New,
	digest.CRC32:     func() hash.Hash { return crc32.NewIEEE() },
	digest.CRC32C:    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	digest.CRC64NVME: func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) },
	digest.SHA1:      sha1.New,
	digest.SHA256:    sha256.New,
	digest.SHA512:    sha512.New,
}

// reference computes a sum part by part.
func reference(w digest.Wanted, content []byte) []byte {
	h := references[w.Algorithm]()
	if w.Layout.Parts == 0 {
		h.Write(content)
		return h.Sum(nil)
	}
	var raw []byte
	for n := 1; n <= w.Layout.Parts; n++ {
		part := content
		if n < w.Layout.Parts {
			part = content[:w.Layout.Size]
		}
		h.Reset()
		h.Write(part)
		raw = h.Sum(raw)
		content = content[len(part):]
	}
	h.Reset()
	h.Write(raw)
	return h.Sum(nil)
}

func random(n int) []byte {
	p := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{}).Read(p)
	return p
}

func threeParts() []byte {
	return bytes.Join([][]byte{bytes.Repeat([]byte("a"), 8*mib), bytes.Repeat([]byte("b"), 8*mib), bytes.Repeat([]byte("c"), 1024)}, nil)
}

// one computes one sum in writes of chunk bytes.
func one(w digest.Wanted, content []byte, chunk int) digest.Sum {
	GinkgoHelper()
	s, err := digest.New(w)
	Expect(err).NotTo(HaveOccurred())
	write(s, content, chunk)
	return s.Sums()[0]
}

func write(s *digest.Set, content []byte, chunk int) {
	for len(content) > 0 {
		n := min(chunk, len(content))
		_, _ = s.Write(content[:n])
		content = content[n:]
	}
}
