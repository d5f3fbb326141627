package reconciler_test

import (
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// scene is a decision with everything that a rule may turn on.
type scene struct {
	want   specs.Document
	seen   Snapshot
	limits Limits
}

func begin() scene {
	return scene{
		want: document(specs.Verified),
		seen: Snapshot{
			At: noon, Traits: shipped, Device: blank(), Record: record(Run{}),
			Marked: &MarkedSeen{ObservedAt: noon}, Checked: &CheckSeen{},
		},
	}
}

func (s scene) decide() Decision { return Decide(s.want, s.seen, s.limits) }

var _ = Describe("erasing", func() {
	DescribeTable("needs the right", func(change func(*scene), want string) {
		s := begin()
		change(&s)
		Expect(cell(s.decide())).To(Equal(want))
	},
		Entry("without a flag a blank drive is not erased", func(*scene) {}, "blocked: EraseNotAllowed"),
		Entry("with the flag it is", func(s *scene) { s.limits.AllowErase = true }, "FormatVolume (erase)"),
		Entry("without the flag it is when the spec names its size too", func(s *scene) {
			s.want = document(specs.Verified, "size: 4TB")
		}, "FormatVolume (erase)"),
		Entry("the flag does not help with a foreign drive", func(s *scene) {
			s.limits.AllowErase, s.seen.Device = true, foreign()
		}, "blocked: DeviceForeign"),
		Entry("nor with one that a service has loaded", func(s *scene) {
			s.limits.AllowErase, s.seen.Device = true, loaded()
		}, "blocked: DeviceForeign"),
		Entry("nor with one whose size is another", func(s *scene) {
			s.limits.AllowErase = true
			s.seen.Device.Mismatch = "size 2.0 TB, wanted 4.0 TB"
		}, "blocked: DeviceMismatch"),
		Entry("nor with one that is mounted", func(s *scene) {
			s.limits.AllowErase, s.seen.Device = true, mounted()
		}, "blocked: DeviceMounted"),
		Entry("nor with the system's", func(s *scene) {
			s.limits.AllowErase = true
			s.seen.Device.Use.System = true
		}, "blocked: DeviceSystem"),
		Entry("half-made without our intent is foreign", func(s *scene) {
			s.limits.AllowErase, s.seen.Device = true, halfMade()
		}, "blocked: DeviceForeign"),
		Entry("half-made with our intent is made again, without a flag", func(s *scene) {
			s.seen.Device = halfMade()
			s.seen.Record = record(Run{Name: "1", StartedAt: noon, Intent: &Intent{Action: "FormatVolume"}})
		}, "FormatVolume (erase)"),
		Entry("an older run of ours is erased when the spec says which", func(s *scene) {
			s.limits.AllowErase = true
			s.seen.Device = ours("", true)
			s.want.Spec.Device.Replaces, s.want.Spec.Run = "photos-a/1", "2"
		}, "FormatVolume (erase)"),
		Entry("and not when it says another", func(s *scene) {
			s.limits.AllowErase = true
			s.seen.Device = ours("", true)
			s.want = document(specs.Verified, "replaces: photos-a/0")
			s.want.Spec.Run = "2"
		}, "blocked: DeviceForeign"),
		Entry("format: Never takes the file system that is there", func(s *scene) {
			s.want = document(specs.Verified, "format: Never")
			s.seen.Device = loaded()
			s.limits.AllowErase = true
		}, "AdoptVolume (note)"),
		Entry("format: Never asks before the service wipes files", func(s *scene) {
			s.want = document(specs.Verified, "format: Never")
			s.seen.Device = loaded()
		}, "blocked: EraseNotAllowed"),
		Entry("format: Never makes no file system", func(s *scene) {
			s.want = document(specs.Verified, "format: Never")
			s.limits.AllowErase = true
		}, "blocked: NoFileSystem"),
		Entry("the service validates the manifest first", func(s *scene) {
			s.limits.AllowErase = true
			s.seen.Checked = nil
		}, "lacks ServiceCheck"),
		Entry("and a manifest that it refuses leaves the drive alone", func(s *scene) {
			s.limits.AllowErase = true
			s.seen.Checked = &CheckSeen{Err: &providers.Error{Kind: providers.Invalid, Op: "CreateJob", Code: "NoSuchBucketException", Remedy: "make it"}}
		}, "blocked: ManifestRefused"),
		Entry("our mark is looked for before anything is erased", func(s *scene) {
			s.limits.AllowErase = true
			s.seen.Marked = nil
		}, "lacks MarkedJobs"),
		Entry("Prepared alone asks no service", func(s *scene) {
			s.want = document(specs.Prepared)
			s.limits.AllowErase, s.seen.Marked, s.seen.Checked = true, nil, nil
		}, "FormatVolume (erase)"),
	)

	It("is never the next step, whatever flag is given, unless the device is proven blank or ours", func() {
		for _, r := range rows() {
			for _, c := range columns() {
				s := scene{want: document(specs.Verified, "size: 4TB"), limits: Limits{AllowErase: true, Reverify: true}}
				s.seen = Snapshot{At: noon, Traits: shipped, Job: r.job, Device: c.state, Record: record(r.run), Marked: &MarkedSeen{Jobs: r.marked}, Checked: &CheckSeen{}}
				a, acting := s.decide().Next()
				if _, erasing := a.(FormatVolume); acting && erasing {
					Expect(c.state.Content.Blank).To(BeTrue(), "%s, %s", r.name, c.name)
				}
			}
		}
	})
})

var _ = Describe("a second job", func() {
	lost := func(s *scene) {
		s.seen.Device = ours("", false)
		run := submitted()
		run.Job, run.Signature, run.Label = nil, nil, nil
		run.Intent = &Intent{Action: "CreateJob", At: noon, ServiceAt: noon}
		s.seen.Record = record(run)
	}
	lookedUp := func(s *scene, ago time.Duration) {
		at := noon.Add(-ago)
		s.seen.Record.Runs[0].LookedUp = &at
	}

	DescribeTable("is never made", func(change func(*scene), want string) {
		s := begin()
		lost(&s)
		change(&s)
		Expect(cell(s.decide())).To(Equal(want))
	},
		Entry("after an intent without a fact one empty look-up is not enough", func(*scene) {}, "wait: LookingForJob"),
		Entry("nor are two within a minute", func(s *scene) { lookedUp(s, 59*time.Second) }, "wait: LookingForJob"),
		Entry("two a minute apart are", func(s *scene) { lookedUp(s, time.Minute) }, "CreateJob (remote)"),
		Entry("one that turns up is adopted", func(s *scene) {
			lookedUp(s, time.Minute)
			s.seen.Marked.Jobs = []providers.Job{job(providers.NotReceived, providers.Pending)}
		}, "AdoptJob (note)"),
		Entry("a service that cannot be asked is waited for", func(s *scene) {
			s.seen.Marked = &MarkedSeen{Err: &providers.Error{Kind: providers.Unreachable, Op: "ListJobs", Remedy: "wait"}}
		}, "wait: Retrying"),
		Entry("canceling waits for it too", func(s *scene) { s.want = document(specs.Canceled) }, "wait: LookingForJob"),
		Entry("a job that the service has forgotten is a person's matter", func(s *scene) {
			s.seen.Record = record(submitted())
			s.seen.Job = JobSeen{Asked: true, Err: &providers.Error{Kind: providers.NotFound, Op: "GetStatus", Remedy: "look"}}
		}, "blocked: JobLost"),
	)
})

var _ = Describe("the wish", func() {
	at := func(run Run) scene {
		s := begin()
		s.seen.Record, s.seen.Device = record(run), ours(signature, false)
		s.seen.Job = asked(job(providers.NotReceived, providers.Pending))
		return s
	}

	DescribeTable("is held against what has happened", func(s scene, change func(*scene), want string) {
		change(&s)
		Expect(cell(s.decide())).To(Equal(want))
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
		Expect(cell(s.decide())).To(Equal(want))
	},
		Entry("a good one is kept", at(verify.Pass), func(*scene) {}, "converged"),
		Entry("a good one survives another digest of the spec", at(verify.Pass), func(s *scene) { s.want.Digest = "other" }, "converged"),
		Entry("a good one is made again when asked", at(verify.Pass), func(s *scene) { s.limits.Reverify = true }, "Verify (note)"),
		Entry("a good one ages", at(verify.Pass), func(s *scene) { s.seen.At = noon.AddDate(0, 0, 90) }, "Verify (note)"),
		Entry("a day before that it does not", at(verify.Pass), func(s *scene) { s.seen.At = noon.AddDate(0, 0, 89) }, "converged"),
		Entry("a bad one is not repeated by itself", at(verify.Fail), func(*scene) {}, "blocked: VerificationFailed"),
		Entry("a bad one does not hold for another spec", at(verify.Fail), func(s *scene) { s.want.Digest = "other" }, "Verify (note)"),
		Entry("nor for another device", at(verify.Incomplete), func(s *scene) { s.seen.Device.Identity.Serial = "WD-2" }, "Verify (note)"),
		Entry("an interrupted one goes on", at(verify.Fail), func(s *scene) {
			s.seen.Record.Runs[0].Intent = &Intent{Action: "Verify", Proof: &ProofPlan{Attempt: 2}}
		}, "Verify (note)"),
		Entry("no proof without the drive", at(verify.Fail), func(s *scene) {
			s.limits.Reverify, s.seen.Device = true, absent()
		}, "wait: PlugInDrive"),
	)
})

var _ = Describe("what is told", func() {
	It("keeps the beginning of a wait that goes on", func() {
		s := begin()
		s.seen.Device = absent()
		s.seen.Record.Hold = &Hold{Reason: PlugInDrive, Since: noon.Add(-time.Hour)}
		Expect(s.decide().Hold.(Waiting).Since).To(Equal(noon.Add(-time.Hour)))
	})

	It("forecasts all steps up to the first wait", func() {
		s := begin()
		s.limits.AllowErase = true
		d := s.decide()
		var names []string
		for _, a := range d.Actions {
			names = append(names, StepOf(a).Name)
		}
		Expect(names).To(Equal([]string{"FormatVolume", "TakeBaseline", "CreateJob", "WriteSignature", "FetchLabel"}))
		Expect(d.Hold).To(BeAssignableToTypeOf(Waiting{}))
		Expect(d.Hold.(Waiting).Reason).To(Equal(ShipDrive))
		Expect(d.Worst()).To(Equal(EffectErase))
	})

	It("gives every block a remedy and every wait an end", func() {
		for _, phase := range specs.WantedPhases() {
			for _, r := range rows() {
				for _, c := range columns() {
					seen := Snapshot{At: noon, Traits: shipped, Job: r.job, Device: c.state, Record: record(r.run), Marked: &MarkedSeen{Jobs: r.marked}, Checked: &CheckSeen{}}
					switch o := Decide(document(phase), seen, Limits{}).Outcome().(type) {
					case Blocked:
						Expect(o.Remedy).NotTo(BeEmpty(), "%s, %s, %s: %s", phase, r.name, c.name, o.Reason)
						Expect(o.Message).NotTo(BeEmpty(), "%s, %s, %s: %s", phase, r.name, c.name, o.Reason)
					case Waiting:
						Expect(o.Ends).NotTo(BeEmpty(), "%s, %s, %s: %s", phase, r.name, c.name, o.Reason)
						Expect(o.NextLook).To(BeTemporally(">", noon))
					}
				}
			}
		}
	})

	It("has the same digest for the same plan, and another for another device", func() {
		s := begin()
		s.limits.AllowErase = true
		d := s.decide()
		Expect(d.Digest(identity)).To(Equal(s.decide().Digest(identity)))
		other := identity
		other.Serial = "WD-2"
		Expect(d.Digest(identity)).NotTo(Equal(d.Digest(other)))
	})

	It("never erases or cancels on an error that nobody knows", func() {
		s := begin()
		s.limits.AllowErase = true
		s.seen.Marked = &MarkedSeen{Err: errors.New("what is this")}
		Expect(cell(s.decide())).To(Equal("wait: Retrying"))
		s.seen.Device = device.State{Presence: device.Unknown, Problem: "no rights", Remedy: "get some"}
		s.seen.Marked = &MarkedSeen{}
		Expect(cell(s.decide())).To(Equal("blocked: DeviceUnreadable"))
	})
})
