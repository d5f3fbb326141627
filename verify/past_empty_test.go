package verify_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

var _ = DescribeTable("an empty file in place of an object with content", func(since func(*load), outcome verify.Outcome, reason verify.Reason) {
	l := newLoad()
	put("k", ten, fake.Versioned("v2", stored(nil, "v1")))(l)
	file("photos/k", "")(l)
	baseline := population(l.end(l.start()))
	since(l)
	report := run(l.request(baseline))
	Expect(report.Tallies).To(HaveExactElements(And(HaveField("Outcome", outcome), HaveField("Reason", reason))), report.Sentence())
},
	Entry("is bad, though an older version was empty: each write that is cut short leaves that", func(*load) {}, verify.Differ, verify.SizeDiffers),
	Entry("is what S3 holds now", put("k", "", fake.Versioned("v3", stored([]byte(ten), "v2"))), verify.Match, verify.NewVersion),
	Entry("is bad, though a version in between was empty", put("k", "new", fake.Versioned("v4", stored(nil, "v3"), stored([]byte(ten), "v2"))), verify.Differ, verify.SizeDiffers),
)
