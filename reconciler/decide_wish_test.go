package reconciler_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("the wish", func() {
	at := func(run Run) scene {
		s := begin()
		s.seen.Record, s.seen.Device = record(run), ours(signature, false)
		s.seen.Job = asked(job(providers.NotReceived, providers.Pending))
		return s
	}

	DescribeTable("is held against what has happened", func(s scene, change func(*scene), want string) {
		change(&s)
		Expect(cell(listed(s.decide()))).To(Equal(want))
	},
		Entry("an earlier phase is never gone back to", at(submitted()), func(s *scene) {
			s.want = document(specs.Prepared)
			s.seen.Record.Runs[0].Wanted = specs.Labeled
		}, "blocked: PhaseBehind"),
		Entry("an earlier phase is fine where the later one was never reached", at(Run{Name: "1", Wanted: specs.Verified, Volume: &VolumeFact{Device: identity}}), func(s *scene) {
			s.want = document(specs.Prepared)
		}, "converged"),
		Entry("a new run waits for the end of the old one", at(submitted()), func(s *scene) {
			s.want.Spec.Run = "2"
		}, "blocked: RunUnderWay"),
		Entry("a new run may begin when the old one has ended", at(proven(verify.Fail, noon)), func(s *scene) {
			s.want.Spec.Run, s.seen.Device, s.limits.AllowErase = "2", blank(), true
		}, "FormatVolume (erase)"),
		Entry("an old run is not taken up again", at(submitted()), func(s *scene) {
			s.seen.Record.Runs = append([]Run{{Name: "0"}}, s.seen.Record.Runs...)
			s.want.Spec.Run = "0"
		}, "blocked: RunUnderWay"),
		Entry("suspend does nothing", at(submitted()), func(s *scene) {
			s.want.Spec.Suspend, s.seen.Device = true, ours("x", false)
		}, "wait: Suspended"),
		Entry("a canceled run stays canceled", at(submitted()), func(s *scene) {
			s.seen.Record.Runs[0].Canceled = &CanceledFact{}
		}, "blocked: RunCanceled"),
		Entry("Canceled cancels", at(submitted()), func(s *scene) { s.want = document(specs.Canceled) }, "CancelJob (remote)"),
		Entry("Canceled with a job that somebody canceled only records", at(submitted()), func(s *scene) {
			s.want = document(specs.Canceled)
			s.seen.Job = asked(job(providers.NotReceived, providers.Canceled))
		}, "RecordCanceled (note)"),
		Entry("Canceled after the load is too late", at(submitted()), func(s *scene) {
			s.want = document(specs.Canceled)
			s.seen.Job = asked(job(providers.AtService, providers.Complete))
		}, "blocked: TooLateToCancel"),
		Entry("another manifest before the load is an update", at(submitted()), func(s *scene) {
			s.seen.Job.Job.ManifestDigest = "other"
		}, "UpdateJob (remote)"),
		Entry("another manifest during the load is a person's matter", at(submitted()), func(s *scene) {
			s.seen.Job = asked(job(providers.AtService, providers.InProgress))
			s.seen.Job.Job.ManifestDigest = "other"
		}, "blocked: ManifestChanged"),
		Entry("another drive in place of the prepared one is refused", at(submitted()), func(s *scene) {
			s.seen.Device.Identity.Serial = "WD-2"
			s.want = document(specs.Verified)
			s.want.Spec.Device.Serial, s.want.Spec.Device.WWN = "", "0x5000"
		}, "blocked: OtherDevice"),
	)
})

var _ = Describe("a proof", func() {
	at := func(v verify.Verdict) scene {
		s := begin()
		s.seen.Record, s.seen.Device = record(proven(v, noon)), loaded()
		return s
	}

	DescribeTable("holds as long as it should", func(s scene, change func(*scene), want string) {
		change(&s)
		Expect(cell(listed(s.decide()))).To(Equal(want))
	},
		Entry("a good one is kept", at(verify.Pass), func(*scene) {}, "converged"),
		Entry("a good one survives another digest of the spec", at(verify.Pass), func(s *scene) { s.want.Digest = "other" }, "converged"),
		Entry("a good one is made again when asked", at(verify.Pass), func(s *scene) { s.limits.Reverify = true }, "Verify (note)"),
		Entry("a good one ages", at(verify.Pass), func(s *scene) { s.seen.At = noon.AddDate(0, 0, 90) }, "Verify (note)"),
		Entry("a day before that it does not", at(verify.Pass), func(s *scene) { s.seen.At = noon.AddDate(0, 0, 89) }, "converged"),
		Entry("a bad one is not repeated by itself", at(verify.Fail), func(*scene) {}, "blocked: VerificationFailed"),
		Entry("a bad one does not hold for another spec", at(verify.Fail), func(s *scene) { s.want.Digest = "other" }, "Verify (note)"),
		Entry("nor for another device", at(verify.Incomplete), func(s *scene) { s.seen.Device.Identity.Serial = "WD-2" }, "Verify (note)"),
		Entry("asking for one does nothing else: no format, no job", at(verify.Pass), func(s *scene) {
			s.limits = Limits{Reverify: true, AllowErase: true}
			s.seen.Record, s.seen.Device = record(Run{}), blank()
		}, "blocked: NothingToVerify"),
		Entry("asking for one is no going back from the phase that is wanted", at(verify.Pass), func(s *scene) {
			s.want, s.limits.Reverify = document(specs.Exported), true
		}, "Verify (note)"),
		Entry("an interrupted one goes on", at(verify.Fail), func(s *scene) {
			s.seen.Record.Runs[0].Intent = &Intent{Action: "Verify", Proof: &ProofPlan{Attempt: 2}}
		}, "Verify (note)"),
		Entry("no proof without the drive", at(verify.Fail), func(s *scene) {
			s.limits.Reverify, s.seen.Device = true, absent()
		}, "wait: PlugInDrive"),
	)
})
