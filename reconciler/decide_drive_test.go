package reconciler_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// older is the volume of the run that a spec may replace.
func older(name, run string) device.State {
	v := device.NewVolumeID(name, run)
	return here(device.Content{
		Partitions: []device.Partition{{Number: 1, GUID: v.PartitionGUID, Name: v.Label}}, Found: "GPT with ext4",
		FileSystem: &device.FileSystem{Type: device.Ext4, UUID: v.UUID, HasFiles: true},
	})
}

func passed() *HeldProof { return &HeldProof{At: noon.Add(-time.Hour), Verdict: verify.Pass} }

var _ = Describe("a drive that is remembered", func() {
	fresh := func() scene {
		s := begin()
		s.limits.AllowErase = true
		s.seen.Device = blank()
		return s
	}

	DescribeTable("is taken or not", func(change func(*scene), want string) {
		s := fresh()
		change(&s)
		Expect(cell(listed(s.decide()))).To(Equal(want))
	},
		Entry("never seen", func(*scene) {}, "FormatVolume (erase)"),
		Entry("ours already", func(s *scene) {
			s.seen.Drive.Holds = &Holding{Backup: "photos-a", Run: "1"}
		}, "FormatVolume (erase)"),
		Entry("of another backup's run that is under way", func(s *scene) {
			s.seen.Drive.Holds = &Holding{Backup: "photos-b", Run: "1"}
		}, "blocked: DriveClaimed"),
		Entry("of another backup's run that has ended, and somebody has cleared it", func(s *scene) {
			s.seen.Drive.Holds = &Holding{Backup: "photos-b", Run: "1", Ended: true}
		}, "FormatVolume (erase)"),
		Entry("of another backup's run that has ended, and its copy is there", func(s *scene) {
			s.seen.Drive.Holds, s.seen.Device = &Holding{Backup: "photos-b", Run: "1", Ended: true, Proof: passed()}, older("photos-b", "1")
		}, "blocked: DriveClaimed"),
		Entry("of another backup's run that the spec replaces", func(s *scene) {
			s.seen.Drive.Holds, s.seen.Device = &Holding{Backup: "photos-b", Run: "1", Ended: true, Proof: passed()}, older("photos-b", "1")
			s.want = document(specs.Verified, "replaces: photos-b/1")
		}, "FormatVolume (erase)"),
		Entry("of another run than the one that the spec replaces", func(s *scene) {
			s.seen.Drive.Holds, s.seen.Device = &Holding{Backup: "photos-b", Run: "2", Ended: true}, older("photos-b", "2")
			s.want = document(specs.Verified, "replaces: photos-b/1")
		}, "blocked: DriveClaimed"),
		Entry("selected by two specs", func(s *scene) { s.limits.Rivals = []string{"photos-b"} }, "blocked: DriveClaimed"),
		Entry("selected by a second spec after we have it", func(s *scene) {
			s.limits.Rivals, s.seen.Device = []string{"photos-b"}, ours("", false)
			s.seen.Record = record(Run{Name: "1", Volume: &VolumeFact{Device: identity, UUID: id.UUID, PartitionGUID: id.PartitionGUID}})
		}, "CreateJob (remote)"),
		Entry("retired", func(s *scene) { s.seen.Drive.Retired = &Retirement{At: noon, Reason: "clicks"} }, "blocked: DriveRetired"),
		Entry("the last proven copy of a set", func(s *scene) {
			s.seen.Device, s.seen.Drive.Key = older("photos-b", "1"), "WD-1"
			s.seen.Drive.Holds = &Holding{Backup: "photos-b", Run: "1", Set: "photos", Ended: true, Proof: passed()}
			s.want = document(specs.Verified, "replaces: photos-b/1")
			s.seen.Copies = []DriveRecord{
				{Key: "WD-1", Holds: s.seen.Drive.Holds},
				{Key: "WD-2", Holds: &Holding{Set: "other", Proof: passed()}},
				{Key: "WD-3", Holds: &Holding{Set: "photos"}},
				{Key: "WD-4", Holds: &Holding{Set: "photos", Proof: &HeldProof{Verdict: verify.Fail}}},
				{Key: "WD-5", Holds: &Holding{Set: "photos", Proof: passed()}, Retired: &Retirement{}},
			}
		}, "blocked: LastProvenCopy"),
		Entry("one of two proven copies of a set", func(s *scene) {
			s.seen.Device, s.seen.Drive.Key = older("photos-b", "1"), "WD-1"
			s.seen.Drive.Holds = &Holding{Backup: "photos-b", Run: "1", Set: "photos", Ended: true, Proof: passed()}
			s.want = document(specs.Verified, "replaces: photos-b/1")
			s.seen.Copies = []DriveRecord{{Key: "WD-1", Holds: s.seen.Drive.Holds}, {Key: "WD-2", Holds: &Holding{Set: "photos", Proof: passed()}}}
		}, "FormatVolume (erase)"),
	)

	It("is a rival's where two specs name it, unless one follows the other", func() {
		named := func(name string, change func(*specs.Document)) specs.Document {
			d := document(specs.Verified)
			d.Metadata.Name = name
			change(&d)
			return d
		}
		same := func(*specs.Document) {}
		a, b := named("photos-a", same), named("photos-b", same)
		Expect(Rivals(a, []specs.Document{a, b})).To(Equal([]string{"photos-b"}))
		Expect(Rivals(b, []specs.Document{a, b})).To(Equal([]string{"photos-a"}))
		for _, o := range []specs.Document{
			named("photos-b", func(d *specs.Document) { d.Spec.Device.Serial = "WD-2" }),
			named("photos-b", func(d *specs.Document) { d.Spec.Suspend = true }),
			named("photos-b", func(d *specs.Document) { d.Spec.Phase = specs.Canceled }),
			named("photos-b", func(d *specs.Document) { d.Spec.Device.Replaces = "photos-a/1" }),
		} {
			Expect(Rivals(a, []specs.Document{a, o})).To(BeEmpty())
			if o.Spec.Device.Replaces != "" || o.Spec.Device.Serial == "WD-2" {
				Expect(Rivals(o, []specs.Document{a, o})).To(BeEmpty())
			}
		}
	})
})
