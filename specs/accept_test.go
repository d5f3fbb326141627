package specs_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

var _ = Describe("what a proof need not show", func() {
	a := func(keys string) specs.Acceptance {
		return specs.Acceptance{Outcome: "unverifiable", Keys: keys, Reason: "SSE-C", Until: "2027-06-30"}
	}

	It("enters the digest, and only where it is written", func() {
		plain := decodeOne(minimal())
		with := decodeOne(minimal() + "  verify:\n    accept: [{outcome: unverifiable, keys: s3://photos/raw/**, reason: SSE-C, until: \"2027-06-30\"}]\n")
		Expect(with.Digest).NotTo(Equal(plain.Digest))
		Expect(with.Spec.Verify.Accept).To(Equal([]specs.Acceptance{a("s3://photos/raw/**")}))
		// The digest of before there were these members: it names proofs and approvals.
		Expect(plain.Digest).To(Equal(digestOfMinimal))
	})
})

const digestOfMinimal = "sha256:aeda29a9eebab6f09a388ecbb51054dccceb31a63e1453d872fb72468432a162"
