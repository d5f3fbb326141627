package verify_test

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

var _ = Describe("what a proof need not show", func() {
	until := time.Date(2027, 7, 1, 0, 0, 0, 0, time.UTC)
	now := until.Add(-time.Second)
	takes := func(keys string, o verify.Outcome, key string, at time.Time) bool {
		a := verify.Acceptance{Outcome: verify.Unverifiable, Keys: keys, Reason: "SSE-C", Until: until}
		return verify.Takes(a, verify.Finding{Bucket: "photos", Key: key, Outcome: o}, at)
	}

	DescribeTable("is told by the key", func(keys, key string, want bool) {
		Expect(takes(keys, verify.Unverifiable, key, now)).To(Equal(want))
	},
		Entry(nil, "raw/*.cr2", "raw/1.cr2", true), Entry(nil, "raw/*.cr2", "raw/a/1.cr2", false),
		Entry(nil, "raw/**", "raw/a/1.cr2", true), Entry(nil, "raw/**", "raw", false), Entry(nil, "**", "a\nb", true),
		Entry(nil, "s3://photos/**", "x", true), Entry(nil, "s3://phot*/x", "x", true), Entry(nil, "s3://other/**", "x", false),
		Entry("bucket and key are kept apart", "s3://*/x", "y/x", false),
		Entry(nil, "raw/?.cr2", "raw/1.cr2", true), Entry(nil, "raw?1", "raw/1", false),
		Entry("brackets and dots are texts", "a[1].b", "a[1].b", true), Entry(nil, "a[1].b", "a1xb", false),
		Entry("whole keys only", "raw", "raw/1", false),
	)

	It("is told by the path where no key is known", func() {
		takes := func(keys string) bool {
			f := verify.Finding{Path: "photos/raw/1.cr2", Outcome: verify.MissingOnSource}
			return verify.Takes(verify.Acceptance{Outcome: f.Outcome, Keys: keys, Until: until}, f, now)
		}
		Expect(takes("*")).To(BeFalse())
		Expect(takes("photos/raw/*")).To(BeTrue())
		Expect(takes("s3://**")).To(BeFalse(), "nobody knows in which bucket it was")
	})

	It("has an outcome and an end", func() {
		Expect(takes("**", verify.MissingOnDevice, "x", now)).To(BeFalse())
		Expect(takes("**", verify.Unverifiable, "x", until)).To(BeFalse())
	})

	It("is never what differs or cannot be read", func() {
		for _, o := range verify.Outcomes() {
			Expect(o.Acceptable()).To(Equal(o == verify.Unverifiable || o == verify.ChangedAfterExport || o == verify.MissingOnSource || o == verify.MissingOnDevice))
		}
	})
})

var _ = Describe("an acceptance", func() {
	accepted := func(a verify.Acceptance) verify.Report {
		l := newLoad()
		l.both("good", ten)
		both(put("kms/k", ten, fake.Encrypted("customer")), file("photos/kms/k", ten), put("lost", ten))(l)
		r := l.request(l.live())
		r.Accept = []verify.Acceptance{a}
		return run(r)
	}

	It("takes its findings out of the verdict, and leaves them in the report", func() {
		a := verify.Acceptance{Outcome: verify.Unverifiable, Keys: "s3://photos/kms/**", Reason: "we hold no key", Until: verified.AddDate(0, 1, 0)}
		report := accepted(a)
		Expect(report.Verdict()).To(Equal(verify.Fail), "of what is lost")
		Expect(report.Accepted).To(HaveLen(1))
		Expect(report.Accepted[0].Findings).To(BeEquivalentTo(1))
		Expect(report.Findings).To(ContainElement(And(HaveField("Key", "kms/k"), HaveField("Accepted", "we hold no key"))))
		a.Until = verified
		Expect(accepted(a).Accepted[0].Findings).To(BeZero(), "it has ended")
	})

	DescribeTable("is refused where it would hide what is wrong", func(a verify.Acceptance) {
		l := newLoad()
		r := l.request(l.live())
		r.Accept = []verify.Acceptance{a}
		_, err := verify.Run(context.Background(), r)
		Expect(err).To(HaveOccurred())
	},
		Entry("differ", verify.Acceptance{Outcome: verify.Differ, Keys: "**"}),
		Entry("error", verify.Acceptance{Outcome: verify.Failure, Keys: "**"}),
		Entry("no keys", verify.Acceptance{Outcome: verify.Unverifiable}),
	)
})
