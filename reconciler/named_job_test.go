package reconciler_test

import (
	"context"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
)

// foreignJob is one that carries no mark of ours.
func foreignJob(progress providers.Progress) *JobSeen {
	j := job(providers.NotReceived, progress)
	if progress == providers.Canceled {
		j.Failure = &providers.Failure{Reason: "JobCanceled", Remedy: "set a new run"}
	}
	return &JobSeen{Asked: true, Job: j}
}

var _ = Describe("a job that is named", func() {
	DescribeTable("is taken over by a run that has none, or not at all", func(phase specs.Phase, change func(*scene), want string) {
		s := begin()
		s.want = document(phase)
		s.limits.Job, s.seen.Named, s.seen.Marked = "EX1ID", foreignJob(providers.Pending), nil
		s.seen.Device = ours("", false)
		change(&s)
		Expect(cell(s.decide())).To(Equal(want))
	},
		Entry("it is asked for by its id, not by a mark", specs.Labeled, func(s *scene) { s.seen.Named = nil }, "lacks NamedJob"),
		Entry("it is adopted", specs.Labeled, func(*scene) {}, "AdoptJob (note)"),
		Entry("also to be canceled", specs.Canceled, func(*scene) {}, "AdoptJob (note)"),
		Entry("also when the drive is away", specs.Labeled, func(s *scene) { s.seen.Device = absent() }, "AdoptJob (note)"),
		Entry("one that nobody knows is a person's matter", specs.Labeled, func(s *scene) {
			s.seen.Named = &JobSeen{Asked: true, Err: &providers.Error{Kind: providers.NotFound, Op: "GetStatus", Remedy: "check the id"}}
		}, "blocked: NotFound"),
		Entry("also to be canceled", specs.Canceled, func(s *scene) {
			s.seen.Named = &JobSeen{Asked: true, Err: &providers.Error{Kind: providers.NotFound, Op: "GetStatus", Remedy: "check the id"}}
		}, "blocked: NotFound"),
		Entry("a service that is down is waited for", specs.Labeled, func(s *scene) {
			s.seen.Named = &JobSeen{Asked: true, Err: &providers.Error{Kind: providers.Unreachable, Op: "GetStatus", Remedy: "wait"}}
		}, "wait: Retrying"),
		Entry("one for another drive is not", specs.Labeled, func(s *scene) { s.seen.Named.Job.DeviceID = "WD-2" }, "blocked: DeviceIDMismatch"),
		Entry("one with another manifest is not updated", specs.Labeled, func(s *scene) { s.seen.Named.Job.ManifestDigest = "sha256:0" }, "blocked: ManifestChanged"),
		Entry("one that is canceled is not", specs.Labeled, func(s *scene) { s.seen.Named = foreignJob(providers.Canceled) }, "blocked: JobCanceled"),
		Entry("canceling does not ask what it is for", specs.Canceled, func(s *scene) {
			s.seen.Named.Job.DeviceID, s.seen.Named.Job.ManifestDigest = "WD-2", ""
		}, "AdoptJob (note)"),
		Entry("one that has ended well cannot be canceled", specs.Canceled, func(s *scene) { s.seen.Named = foreignJob(providers.Complete) }, "blocked: TooLateToCancel"),
		Entry("a run that has another one keeps it", specs.Labeled, func(s *scene) {
			s.seen.Record, s.limits.Job = record(submitted()), "EX2ID"
		}, "blocked: OtherJob"),
		Entry("a run that has it goes on", specs.Labeled, func(s *scene) {
			s.seen.Record, s.seen.Job = record(submitted()), *foreignJob(providers.Pending)
			s.seen.Device = ours(signature, false)
		}, "converged"),
		Entry("a job of the run whose answer was lost comes first", specs.Labeled, func(s *scene) {
			s.seen.Record = record(Run{Name: "1", StartedAt: noon, Intent: &Intent{Action: "CreateJob"}})
		}, "blocked: OtherJob"),
		Entry("and is taken when it is the one that is named", specs.Labeled, func(s *scene) {
			s.seen.Record = record(Run{Name: "1", StartedAt: noon, Intent: &Intent{Action: "CreateJob"}})
			s.seen.Named.Job.Mark = s.seen.Record.Runs[0].MarkFor(s.want)
		}, "AdoptJob (note)"),
	)

	It("never leads to another one, whatever is known of it and of the drive", func() {
		for _, phase := range specs.WantedPhases() {
			for _, c := range columns() {
				for _, named := range []*JobSeen{
					{Asked: true, Err: &providers.Error{Kind: providers.NotFound, Op: "GetStatus", Remedy: "check the id"}},
					{Asked: true, Err: &providers.Error{Kind: providers.Denied, Op: "GetStatus", Remedy: "check the key"}},
					foreignJob(providers.Pending), foreignJob(providers.Canceled), foreignJob(providers.Complete), foreignJob(providers.ProgressUnknown),
				} {
					s := begin()
					s.want, s.seen.Device, s.seen.Named = document(phase), c.state, named
					s.limits = Limits{Job: "EX1ID", AllowErase: true}
					for _, a := range s.decide().Actions {
						Expect(a).NotTo(BeAssignableToTypeOf(CreateJob{}), "%s, %s", phase, c.name)
					}
				}
			}
		}
	})
})

var _ = Describe("asking before anything is erased", func() {
	DescribeTable("outweighs what a spec allows", func(change func(*scene), want string) {
		s := begin()
		s.want, s.limits.AskErase = document(specs.Verified, "size: 4TB"), true
		change(&s)
		d := listed(s.decide())
		Expect(cell(d)).To(Equal(want))
		if d.Forbidden != nil {
			Expect(d.Forbidden.Remedy).To(ContainSubstring("run the same again with --allow-erase"))
		}
	},
		Entry("a blank drive whose size is named", func(*scene) {}, "blocked: EraseNotAllowed"),
		Entry("what a killed run has begun", func(s *scene) {
			s.seen.Device = halfMade()
			s.seen.Record = record(Run{Name: "1", StartedAt: noon, Intent: &Intent{Action: "FormatVolume"}})
		}, "blocked: EraseNotAllowed"),
		Entry("files that the service would wipe", func(s *scene) {
			s.want, s.seen.Device = document(specs.Verified, "size: 4TB", "format: Never"), loaded()
		}, "blocked: EraseNotAllowed"),
		Entry("until it is allowed", func(s *scene) { s.limits.AllowErase = true }, "FormatVolume (erase)"),
		Entry("and never allows what is not ours", func(s *scene) {
			s.limits.AllowErase, s.seen.Device = true, foreign()
		}, "blocked: DeviceForeign"),
	)
})

var _ = Describe("taking over a job", func() {
	ctx := context.Background()
	var w *world
	var theirs providers.JobID

	BeforeEach(func() {
		w = newWorld(shipped)
		text, err := w.want.ManifestFor(ctx, "WD-1", "another tool 1.0", w.reconciler().Secrets)
		Expect(err).NotTo(HaveOccurred())
		j, err := w.service.CreateJob(ctx, providers.JobRequest{Manifest: text})
		Expect(err).NotTo(HaveOccurred())
		theirs = j.ID
	})
	creations := func() (n int) {
		for _, c := range w.service.Calls() {
			if c.Op == "CreateJob" {
				n++
			}
		}
		return n
	}
	reconcile := func(phase specs.Phase, id providers.JobID) Result {
		GinkgoHelper()
		w.want.Spec.Phase = phase
		result, err := w.reconciler().Reconcile(ctx, w.want, Limits{Job: id})
		Expect(err).NotTo(HaveOccurred())
		return result
	}

	It("signs the drive for it and fetches its label, and makes no other", func() {
		result := reconcile(specs.Labeled, theirs)
		Expect(result.Outcome).To(BeAssignableToTypeOf(Converged{}))
		run := result.Record.Run("1")
		Expect(run.Job).To(And(HaveField("ID", theirs), HaveField("Adopted", true)))
		Expect(run.Label).NotTo(BeNil())
		Expect(result.Record.Events).To(ContainElement(HaveField("Message", "take over job "+string(theirs)+", which was named")))
		Expect(w.names).NotTo(ContainElement(ContainSubstring("UpdateJob")))
		Expect(creations()).To(Equal(1))
		Expect(reconcile(specs.Labeled, theirs).Done).To(BeEmpty())
	})

	It("cancels it", func() {
		result := reconcile(specs.Canceled, theirs)
		Expect(result.Outcome).To(BeAssignableToTypeOf(Converged{}))
		Expect(result.Record.Run("1").Canceled).To(HaveField("Job", theirs))
		j, err := w.service.Job(ctx, theirs)
		Expect(err).NotTo(HaveOccurred())
		Expect(j.Progress).To(Equal(providers.Canceled))
	})

	It("makes none when there is no such job", func() {
		for _, phase := range []specs.Phase{specs.Labeled, specs.Canceled} {
			Expect(reconcile(phase, "NOONE").Outcome).To(And(BeAssignableToTypeOf(Blocked{}), HaveField("Reason", NotFound)))
		}
		Expect(creations()).To(Equal(1))
		Expect(w.names).NotTo(ContainElement(ContainSubstring("Format")))
	})
})
