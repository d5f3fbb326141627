package reconciler_test

import (
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
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
			Marked: &MarkedSeen{ObservedAt: noon}, Checked: &CheckSeen{}, Surveyed: surveyed(),
		},
	}
}

// listed is the decision once the source was listed, which comes before any erase.
func listed(d Decision) Decision {
	if len(d.Actions) > 0 {
		if _, listing := d.Actions[0].(TakeBaseline); listing {
			d.Actions = d.Actions[1:]
		}
	}
	return d
}

func (s scene) decide() Decision { return Decide(s.want, s.seen, s.limits) }

var _ = Describe("erasing", func() {
	DescribeTable("needs the right", func(change func(*scene), want string) {
		s := begin()
		change(&s)
		Expect(cell(listed(s.decide()))).To(Equal(want))
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
		Entry("while the mkfs of a killed run holds the drive it is waited for", func(s *scene) {
			s.seen.Device = halfMade()
			s.seen.Device.Use.Holders = []string{"another process has it locked"}
			s.seen.Record = record(Run{Name: "1", StartedAt: noon, Intent: &Intent{Action: "FormatVolume"}})
		}, "wait: DeviceBusy"),
		Entry("without that it is somebody else's", func(s *scene) {
			s.limits.AllowErase = true
			s.seen.Device.Use.Holders = []string{"another process has it locked"}
		}, "blocked: DeviceInUse"),
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
				a, acting := listed(s.decide()).Next()
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
		Entry("another account is no place to look for it", func(s *scene) {
			s.seen.Record.Runs[0].Intent.Service = `region "us-east-1", endpoint "", profile "old"`
			lookedUp(s, time.Hour)
		}, "blocked: ServiceChanged"),
		Entry("canceling waits for it too", func(s *scene) { s.want = document(specs.Canceled) }, "wait: LookingForJob"),
		Entry("a job that the service has forgotten is a person's matter", func(s *scene) {
			s.seen.Record = record(submitted())
			s.seen.Job = JobSeen{Asked: true, Err: &providers.Error{Kind: providers.NotFound, Op: "GetStatus", Remedy: "look"}}
		}, "blocked: JobLost"),
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
		Expect(names).To(Equal([]string{"TakeBaseline", "FormatVolume", "CreateJob", "WriteSignature", "FetchLabel", "MakePaperwork"}))
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
					case Converged:
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
		s.seen.Device.Reason = device.DeviceLocked
		Expect(cell(s.decide())).To(Equal("blocked: DeviceLocked"))
	})
})
