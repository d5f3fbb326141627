package reconciler_test

import (
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

const pullText = `apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: photos-a}
spec:
  phase: Verified
  run: "%s"
  set: photos
  provider: {pull: {}}
  source: {ranges: [{bucket: photos}]}
  refresh: {maxAge: 35d}
  device: {serial: WD-1, location: safe 2}
`

func pullDocument(run string) specs.Document {
	docs, err := specs.Decode("backup.yaml", []byte(fmt.Sprintf(pullText, run)), specs.Options{Dir: "/specs"})
	Expect(err).NotTo(HaveOccurred())
	return docs[0]
}

// copied is a run that has come to its end at a moment.
func copied(name string, at time.Time, verdict verify.Verdict) Run {
	d := pullDocument("1")
	r := Run{
		Name: name, StartedAt: at, Wanted: specs.Verified,
		Volume:   &VolumeFact{At: at, Device: identity, PartitionGUID: id.PartitionGUID, UUID: id.UUID},
		Baseline: &BaselineFact{File: "baseline-copy-1.jsonl.gz", Complete: true, Ranges: Ranges(d), Objects: 300, Bytes: 1 << 30},
		Load:     &LoadFact{EndedAt: at, ReturnedAt: &at},
	}
	if name != "1" {
		r.Volume.Of = "1"
	}
	if verdict != "" {
		r.Proofs = []Proof{{At: at.Add(time.Hour), Verdict: verdict, SpecDigest: d.Digest, Device: identity, ProofPlan: ProofPlan{Report: "reports/1.json"}}}
	}
	return r
}

var refreshing = providers.Traits{Fill: providers.ByUs, Refreshes: true}

// pulling is a scene in which a copy of that age is on the drive, which is here.
func refreshScene(days int, verdict verify.Verdict) scene {
	return scene{
		want: pullDocument("1"),
		seen: Snapshot{At: noon, Traits: refreshing, Device: ours("", true), Record: record(copied("1", noon.AddDate(0, 0, -days), verdict)), Surveyed: surveyed()},
	}
}

var _ = Describe("a copy that is made anew by itself", func() {
	DescribeTable("begins a run", func(days int, verdict verify.Verdict, change func(*scene), run, want string) {
		s := refreshScene(days, verdict)
		change(&s)
		s.want = Current(s.want, s.seen)
		Expect(s.want.Spec.Run).To(Equal(run))
		Expect(cell(listed(s.decide()))).To(Equal(want))
	},
		Entry("not before it is due", 34, verify.Pass, func(*scene) {}, "1", "converged"),
		Entry("when it is due and the drive is here", 35, verify.Pass, func(*scene) {}, "1.20261123", "AdoptVolume (note)"),
		Entry("when it is due and the drive is away: not, but says so", 40, verify.Pass, func(s *scene) { s.seen.Device = absent() }, "1", "wait: RefreshDue"),
		Entry("not over a copy that is bad", 40, verify.Fail, func(*scene) {}, "1", "blocked: VerificationFailed"),
		Entry("not over a copy that was not proven", 40, verify.Verdict(""), func(*scene) {}, "1", "Verify (note)"),
		Entry("not while it is suspended", 40, verify.Pass, func(s *scene) { s.want.Spec.Suspend = true }, "1", "wait: Suspended"),
		Entry("not when it is given up", 40, verify.Pass, func(s *scene) { s.want.Spec.Phase = specs.Canceled }, "1", "blocked: TooLateToCancel"),
		Entry("after an older one, on the same volume", 90, verify.Pass, func(s *scene) {
			s.seen.Record.Runs = append(s.seen.Record.Runs, copied("1.20261001", noon.AddDate(0, 0, -53), verify.Pass))
		}, "1.20261123", "AdoptVolume (note)"),
		Entry("after one of the same day", 90, verify.Pass, func(s *scene) {
			s.seen.Record.Runs = append(s.seen.Record.Runs, copied("1.20261123", noon.AddDate(0, 0, -36), verify.Pass))
		}, "1.20261123-2", "AdoptVolume (note)"),
		Entry("goes on with one that was interrupted", 90, verify.Pass, func(s *scene) {
			r := copied("1.20261120", noon, "")
			r.Load, r.Baseline.Complete, r.Intent = nil, false, &Intent{Action: "Fill"}
			s.seen.Record.Runs = append(s.seen.Record.Runs, r)
		}, "1.20261120", "Fill (overwrite)"),
		Entry("does not mistake another run for one of its own", 40, verify.Pass, func(s *scene) {
			s.seen.Record.Runs[0].Name, s.seen.Record.Runs[0].Volume.Of = "1.2", "1"
			s.want.Spec.Run = "1.2"
		}, "1.2.20261123", "AdoptVolume (note)"),
	)

	It("never writes over the last proven copy of a set", func() {
		s := refreshScene(40, verify.Pass)
		s.seen.Drive = DriveRecord{Key: "WD-1", Holds: &Holding{Backup: "photos-a", Run: "1", Set: "photos", Ended: true, Proof: passed()}}
		s.want = Current(s.want, s.seen)
		Expect(cell(listed(s.decide()))).To(Equal("blocked: LastProvenCopy"))
		s.seen.Copies = []DriveRecord{s.seen.Drive, {Key: "WD-2", Holds: &Holding{Set: "photos", Proof: passed()}}}
		Expect(cell(listed(s.decide()))).To(Equal("AdoptVolume (note)"))
	})

	It("is not the last proven copy beside one of other ranges", func() {
		s := refreshScene(40, verify.Pass)
		s.seen.Drive = DriveRecord{Key: "WD-1", Holds: &Holding{Backup: "photos-a", Run: "1", Set: "photos", Ranges: "sha256:all", Ended: true, Proof: passed()}}
		s.want = Current(s.want, s.seen)
		s.seen.Copies = []DriveRecord{s.seen.Drive, {Key: "WD-2", Holds: &Holding{Set: "photos", Ranges: "sha256:half", Proof: passed()}}}
		Expect(cell(listed(s.decide()))).To(Equal("blocked: LastProvenCopy"))
	})

	It("never writes over the last proven copy of a set on a file system of somebody else", func() {
		s := refreshScene(1, verify.Pass)
		s.want = pullDocument("2")
		s.want.Spec.Device.Format = specs.FormatNever
		s.seen.Drive = DriveRecord{Key: "WD-1", Holds: &Holding{Backup: "photos-a", Run: "1", Set: "photos", Ended: true, Proof: passed()}}
		Expect(cell(s.decide())).To(Equal("blocked: LastProvenCopy"))
		s.seen.Drive.Holds.Set = ""
		s.seen.Surveyed = nil
		Expect(cell(s.decide())).To(Equal("lacks Survey"))
	})

	It("waits for what a killed copy still has under way", func() {
		s := refreshScene(1, verify.Pass)
		run := &s.seen.Record.Runs[0]
		run.Load, run.Proofs, run.Baseline.Complete, run.Intent = nil, nil, false, &Intent{Action: "Fill"}
		s.seen.Device.Use.Holders = []string{"loop device /dev/loop0"}
		Expect(cell(s.decide())).To(Equal("wait: DeviceBusy"))
		run.Intent = nil
		Expect(cell(s.decide())).To(Equal("blocked: DeviceInUse"))
	})

	It("goes on with a volume that was made under another name", func() {
		s := refreshScene(1, verify.Pass)
		other := device.NewVolumeID("photos-old", "7")
		s.want = pullDocument("2")
		s.seen.Record.Runs[0].Volume.PartitionGUID, s.seen.Record.Runs[0].Volume.UUID = other.PartitionGUID, other.UUID
		s.seen.Device = older("photos-old", "7")
		Expect(listed(s.decide()).Actions).To(ContainElement(AdoptVolume{Device: identity, GUID: other.PartitionGUID, UUID: other.UUID, Of: "1"}))
	})

	It("goes on with the older volume for a run that a person has begun", func() {
		s := refreshScene(1, verify.Pass)
		s.want = pullDocument("2")
		Expect(Current(s.want, s.seen).Spec.Run).To(Equal("2"))
		d := listed(s.decide())
		Expect(d.Actions).To(ContainElement(AdoptVolume{Device: identity, GUID: id.PartitionGUID, UUID: id.UUID, Of: "1"}))
		Expect(d.Worst()).To(Equal(EffectOverwrite))
	})

	It("does not call a copy of other ranges that of the spec", func() {
		s := refreshScene(1, verify.Pass)
		s.seen.Record.Runs[0].Baseline.Ranges = "sha256:other"
		Expect(cell(s.decide())).To(Equal("blocked: SelectionChanged"))
	})
})

var _ = Describe("what is on the drive", func() {
	guarded := func(d verify.Drift) Decision {
		s := refreshScene(40, verify.Pass)
		s.want = Current(s.want, s.seen)
		s.seen.Record.Runs = append(s.seen.Record.Runs, Run{Name: s.want.Spec.Run, Volume: &VolumeFact{Device: identity, Of: "1"}})
		fact := *s.seen.Surveyed
		survey := *fact.Fact.Survey
		survey.Drift = &d
		fact.Fact.Survey = &survey
		s.seen.Surveyed = &fact
		return s.decide()
	}

	DescribeTable("is guarded against a disaster in the source", func(d verify.Drift, want string) {
		Expect(cell(guarded(d))).To(Equal(want))
	},
		Entry("nothing has happened", verify.Drift{Before: 1000}, "TakeBaseline (note)"),
		Entry("a share that the guard lets pass", verify.Drift{Before: 1000, Deleted: 10, Changed: 200}, "TakeBaseline (note)"),
		Entry("too much is gone", verify.Drift{Before: 1000, Deleted: 11}, "blocked: SourceShrank"),
		Entry("all is gone", verify.Drift{Before: 1000, Deleted: 1000}, "blocked: SourceShrank"),
		Entry("too much is another content", verify.Drift{Before: 1000, Changed: 201}, "blocked: SourceChanged"),
	)

	It("says the figures and what to do", func() {
		b, ok := guarded(verify.Drift{Before: 1000, Changed: 1000, ChangedSuch: []string{"photos/a.jpg"}}).Hold.(Blocked)
		Expect(ok).To(BeTrue())
		Expect(b.Message).To(ContainSubstring(`1000 of the 1000 objects on the drive have another content in the source (100.0 %), more than the 20% that the spec lets pass, such as "photos/a.jpg"`))
		Expect(b.Remedy).To(ContainSubstring("spec.preflight.accept"))
	})
})

var _ = Describe("repair", func() {
	repairing := func(verdict verify.Verdict) scene {
		s := refreshScene(1, verdict)
		s.limits.Repair = true
		return s
	}

	It("fetches what a bad proof names, and proves again", func() {
		d := repairing(verify.Fail).decide()
		Expect(cell(d)).To(Equal("Fill (overwrite)"))
		Expect(d.Actions).To(HaveLen(2))
		Expect(d.Actions[0]).To(Equal(Fill{Objects: 300, Bytes: 1 << 30, Repair: "reports/1.json"}))
		Expect(StepOf(d.Actions[1]).Name).To(Equal("Verify"))
	})

	DescribeTable("has nothing to do", func(s scene, want string) { Expect(cell(s.decide())).To(Equal(want)) },
		Entry("after a good proof", repairing(verify.Pass), "blocked: NothingToRepair"),
		Entry("without a proof", repairing(""), "blocked: NothingToRepair"),
	)

	It("needs the drive", func() {
		s := repairing(verify.Fail)
		s.seen.Device = device.State{Presence: device.Absent}
		Expect(cell(s.decide())).To(Equal("wait: PlugInDrive"))
	})

	It("leaves a proof of before the copy without weight", func() {
		s := refreshScene(1, verify.Fail)
		s.seen.Record.Runs[0].Load.EndedAt = noon
		Expect(cell(s.decide())).To(Equal("Verify (note)"))
		s = refreshScene(1, verify.Pass)
		s.seen.Record.Runs[0].Load.EndedAt = noon
		Expect(cell(s.decide())).To(Equal("Verify (note)"))
	})
})
