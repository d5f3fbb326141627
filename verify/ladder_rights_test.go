package verify_test

import (
	"crypto/sha256"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
	"github.com/cargomedia/s3export/verify/fake"
)

// overParts is the SHA-256 that the service keeps over those of parts of any sizes.
func overParts(parts [][]byte) verify.Checksum {
	all := sha256.New()
	for _, p := range parts {
		sum := sha256.Sum256(p)
		all.Write(sum[:])
	}
	return verify.Checksum{Algorithm: digest.SHA256, Composite: true, Sum: all.Sum(nil)}
}

var _ = Describe("the ladder without rights", func() {
	It("names the right that is lacking where a checksum may not be read", func() {
		l := newLoad()
		single(fox, fake.Encrypted("aws:kms"), fake.Keeps(sumOf(digest.SHA256, fox)), fake.Seals())(l)
		f := run(l.request(l.live())).Findings[0]
		Expect(f.Reason).To(Equal(verify.EncryptedETag))
		Expect(f.Detail).To(And(HavePrefix("aws:kms"), ContainSubstring("kms:Decrypt")))
	})
})
