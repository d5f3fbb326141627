package reconciler_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("the preflight", func() {
	issue := func(k verify.IssueKind) func(*Survey) {
		return func(s *Survey) {
			s.Issues = []verify.Issue{{Kind: k, Objects: 2, Bytes: 10, Examples: []string{"s3://photos/a"}}}
		}
	}
	look := func(change func(*Survey), accept ...string) Decision {
		s := begin()
		s.limits.AllowErase = true
		s.want.Spec.Preflight.Accept = accept
		change(s.seen.Surveyed.Fact.Survey)
		return s.decide()
	}
	readable := func(d Decision) Condition {
		for _, c := range d.Conditions {
			if c.Type == "SourceReadable" {
				return c
			}
		}
		return Condition{}
	}

	DescribeTable("stops before anything is made, unless it is accepted", func(change func(*Survey), reason Reason, acceptable bool) {
		d := look(change)
		Expect(d.Actions).To(BeEmpty())
		hold, ok := d.Hold.(Blocked)
		Expect(ok).To(BeTrue(), "%+v", d.Hold)
		Expect(hold.Reason).To(Equal(reason))
		Expect(hold.Remedy).NotTo(BeEmpty())
		Expect(hold.LookAgain).NotTo(BeZero(), "listing costs requests")
		Expect(readable(d)).To(And(HaveField("Status", False), HaveField("Reason", reason)))

		d = look(change, string(reason))
		if !acceptable {
			Expect(d.Actions).To(BeEmpty())
			return
		}
		Expect(cell(listed(d))).To(Equal("FormatVolume (erase)"))
		Expect(readable(d)).To(And(HaveField("Status", False), HaveField("Message", ContainSubstring("(accepted)"))))
	},
		Entry("archived objects", issue(verify.IssueArchived), Reason("ArchivedObjects"), true),
		Entry("customer keys", issue(verify.IssueCustomerKey), Reason("CustomerKeys"), true),
		Entry("more than the drive holds", func(s *Survey) { s.Need.Bytes = 4e12 }, TooLarge, true),
		Entry("more files than the drive holds", func(s *Survey) { s.Need.Files = 4e8 }, TooLarge, true),
		Entry("nothing at all", func(s *Survey) { s.Ranges[0].Objects = 0 }, NothingSelected, false),
		Entry("several regions", func(s *Survey) { s.Buckets[0].Region = "eu-west-1" }, MultipleRegions, false),
		Entry("a log bucket that cannot be used", func(s *Survey) {
			s.Buckets[1].Problem, s.Buckets[1].Remedy = `bucket "photos-logs" cannot be used: no such bucket`, "create it"
		}, BucketUnusable, false),
	)

	DescribeTable("notes what stops nothing", func(change func(*Survey), reason Reason) {
		d := look(change)
		Expect(cell(listed(d))).To(Equal("FormatVolume (erase)"))
		Expect(d.Concerns).To(ConsistOf(And(
			HaveField("Reason", reason), HaveField("Stops", false), HaveField("Message", Not(BeEmpty())), HaveField("Remedy", Not(BeEmpty())))))
		Expect(readable(d)).To(And(HaveField("Status", True), HaveField("Message", ContainSubstring(d.Concerns[0].Message))))
	},
		Entry("keys that cannot be paths", issue(verify.IssueUnnameable), Reason("UnnameableKeys")),
		Entry("keys that collide", issue(verify.IssueColliding), Reason("CollidingKeys")),
		Entry("a nearly full drive", func(s *Survey) { s.Need.Bytes = 3.8e12 }, NearlyFull),
		Entry("an operation that selects nothing", func(s *Survey) {
			s.Ranges = append(s.Ranges, verify.RangeSurvey{Range: verify.Range{Bucket: "photos", Prefix: "none/"}})
		}, EmptyRange),
	)

	It("says all that stops at once, each with its remedy", func() {
		hold := look(func(s *Survey) {
			issue(verify.IssueArchived)(s)
			s.Buckets[0].Region = "eu-west-1"
		}).Hold.(Blocked)
		Expect(hold.Reason).To(Equal(MultipleRegions))
		Expect(hold.Message).To(And(ContainSubstring("several regions: eu-west-1 (photos), us-east-1 (photos-logs)"), ContainSubstring("in an archive class")))
		Expect(hold.Remedy).To(And(ContainSubstring("one backup for each region"), ContainSubstring("spec.preflight.accept: [ArchivedObjects]")))
	})

	It("is not repeated every few minutes while erasing is not allowed", func() {
		d := begin().decide()
		Expect(cell(d)).To(Equal("blocked: EraseNotAllowed"))
		Expect(d.Forbidden.LookAgain).NotTo(BeZero())
	})

	It("comes after the service's own validation, which costs less", func() {
		s := begin()
		s.limits.AllowErase = true
		s.seen.Surveyed = nil
		Expect(cell(s.decide())).To(Equal("lacks Survey"))
		s.seen.Checked = nil
		Expect(cell(s.decide())).To(Equal("lacks ServiceCheck"))
	})

	It("is not asked for where no load is wanted", func() {
		s := begin()
		s.want = document(specs.Prepared)
		s.limits.AllowErase = true
		s.seen.Surveyed = nil
		Expect(cell(s.decide())).To(Equal("FormatVolume (erase)"))
	})

	It("makes another listing when the spec selects something else", func() {
		s := begin()
		run := submitted()
		run.Job, run.Signature, run.Label = nil, nil, nil
		run.Baseline.Ranges = "sha256:of another selection"
		s.seen.Record, s.seen.Device, s.seen.Surveyed = record(run), ours("", false), nil
		Expect(cell(s.decide())).To(Equal("lacks Survey"))
		run.Baseline.Ranges = Ranges(s.want)
		s.seen.Record = record(run)
		Expect(cell(s.decide())).To(Equal("CreateJob (remote)"))
	})

	It("judges a source that cannot be read", func() {
		s := begin()
		s.limits.AllowErase = true
		s.seen.Surveyed = &SurveySeen{Err: &providers.Error{Kind: providers.Denied, Op: "ListObjectsV2", Code: "AccessDenied", Remedy: "allow s3:ListBucket"}}
		d := s.decide()
		Expect(cell(d)).To(Equal("blocked: AccessDenied"))
		Expect(readable(d)).To(And(HaveField("Status", False), HaveField("Reason", AccessDenied)))
	})

	It("does not hold up a job that exists", func() {
		s := begin()
		s.seen.Record, s.seen.Job, s.seen.Device = record(submitted()), asked(job(providers.NotReceived, providers.Pending)), ours(signature, false)
		run := submitted()
		run.Baseline.Survey = survey()
		issue(verify.IssueArchived)(run.Baseline.Survey)
		s.seen.Record = record(run)
		Expect(cell(s.decide())).To(Equal("wait: ShipDrive"))
	})
})
