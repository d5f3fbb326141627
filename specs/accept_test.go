package specs_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

var _ = Describe("what a proof need not show", func() {
	a := func(keys string) specs.Acceptance {
		return specs.Acceptance{Outcome: "unverifiable", Keys: keys, Reason: "SSE-C", Until: "2027-06-30"}
	}
	now := time.Date(2027, 6, 30, 23, 59, 59, 0, time.UTC)

	DescribeTable("is told by the key", func(keys, key string, want bool) {
		Expect(a(keys).Covers("unverifiable", "photos", key, now)).To(Equal(want))
	},
		Entry(nil, "raw/*.cr2", "raw/1.cr2", true), Entry(nil, "raw/*.cr2", "raw/a/1.cr2", false),
		Entry(nil, "raw/**", "raw/a/1.cr2", true), Entry(nil, "raw/**", "raw", false), Entry(nil, "**", "a\nb", true),
		Entry(nil, "s3://photos/**", "x", true), Entry(nil, "s3://phot*/x", "x", true), Entry(nil, "s3://other/**", "x", false),
		Entry("bucket and key are kept apart", "s3://*/x", "y/x", false),
		Entry(nil, "raw/?.cr2", "raw/1.cr2", true), Entry(nil, "raw?1", "raw/1", false),
		Entry("brackets and dots are texts", "a[1].b", "a[1].b", true), Entry(nil, "a[1].b", "a1xb", false),
		Entry("whole keys only", "raw", "raw/1", false), Entry(nil, "", "", false),
	)

	It("has an outcome and an end", func() {
		Expect(a("**").Covers("missingOnDevice", "photos", "x", now)).To(BeFalse())
		Expect(a("**").Covers("unverifiable", "photos", "x", now.Add(time.Second))).To(BeFalse())
		endless := a("**")
		endless.Until = ""
		Expect(endless.Covers("unverifiable", "photos", "x", now)).To(BeFalse())
	})

	It("is never what differs or cannot be read", func() {
		for _, never := range []string{"differ", "error", "match", "extra", ""} {
			bad := a("**")
			bad.Outcome = never
			Expect(bad.Covers(never, "photos", "x", now)).To(BeFalse())
		}
	})

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
