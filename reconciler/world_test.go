package reconciler_test

import (
	"fmt"
	"time"

	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

var (
	noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

	shipped = providers.Traits{HasJob: true, ShipsDrive: true, SignsVolume: true, HasLabel: true, FormatsDrive: true, Fill: providers.ByService}
	pulled  = providers.Traits{Fill: providers.ByUs}
)

const specText = `apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: photos-a}
spec:
  phase: %s
  provider: {importExport: {region: us-east-1}}
  manifest:
    operations: [{exportBucket: photos}]
    logBucket: photos-logs
    pinCode: {env: PIN}
    returnAddress: {name: Jane Roe, street1: 1 Any Street, city: Anytown, stateOrProvince: WA, postalCode: "91011", country: USA, phoneNumber: "206"}
  device: {serial: WD-1%s}
  verify: {maxAge: 90d}
`

// document returns a valid document; more are members of spec.device.
func document(phase specs.Phase, more ...string) specs.Document {
	extra := ""
	for _, m := range more {
		extra += ", " + m
	}
	docs, err := specs.Decode("backup.yaml", []byte(fmt.Sprintf(specText, phase, extra)), specs.Options{Dir: "/specs"})
	Expect(err).NotTo(HaveOccurred())
	Expect(docs).To(HaveLen(1))
	return docs[0]
}

const signature = "version:2.0\nsigningMethod:HmacSHA1\njobId:EX1ID\nsignature:abc=\n"

var (
	id       = device.NewVolumeID("photos-a", "1")
	identity = device.Identity{Kind: device.Block, Serial: "WD-1", Size: 4_000_000_000_000}
)

// job returns the job of the run in a state.
func job(location providers.Location, progress providers.Progress) providers.Job {
	return providers.Job{
		ID: "EX1ID", Created: noon.Add(-time.Hour), ObservedAt: noon, Location: location, Progress: progress,
		LocationCode: string(location), ProgressCode: string(progress), Signature: signature, DeviceID: "WD-1",
		ManifestDigest: document(specs.Verified).ManifestDigest("WD-1"),
	}
}

// submitted returns a run up to the label.
func submitted() Run {
	return Run{
		Name: "1", StartedAt: noon.Add(-2 * time.Hour), Wanted: specs.Prepared,
		Volume:    &VolumeFact{Device: identity, PartitionGUID: id.PartitionGUID, UUID: id.UUID},
		Baseline:  &BaselineFact{File: "baseline.start.jsonl.gz", Objects: 300, Bytes: 1 << 30},
		Job:       &JobFact{ID: "EX1ID", CreatedAt: noon.Add(-time.Hour), DeviceID: "WD-1"},
		Signature: &SignatureFact{}, Label: &LabelFact{File: "/label.pdf"},
		Paperwork: &PaperworkFact{Directory: "/", Digest: PapersDigest(document(specs.Verified), Run{Job: &JobFact{ID: "EX1ID", CreatedAt: noon.Add(-time.Hour), DeviceID: "WD-1"}})},
	}
}

// returned returns a run whose drive is back.
func returned() Run {
	r := submitted()
	back := noon
	r.Baseline.Complete = true
	r.Load = &LoadFact{EndedAt: noon, ReturnedAt: &back}
	return r
}

func proven(v verify.Verdict, at time.Time) Run {
	r := returned()
	r.Proofs = []Proof{{
		ProofPlan: ProofPlan{Report: "reports/2026-11-23-1.json", Attempt: 1}, At: at, Verdict: v, Summary: "a summary",
		SpecDigest: document(specs.Verified).Digest, Device: identity,
	}}
	return r
}

func record(run Run) Record {
	if run.Name == "" {
		return Record{Name: "photos-a"}
	}
	return Record{Name: "photos-a", Runs: []Run{run}}
}

// surveyed is a source in order.
func surveyed() *SurveySeen {
	return &SurveySeen{Fact: BaselineFact{
		File: "baseline.start.jsonl.gz", Ranges: Ranges(document(specs.Verified)), Objects: 300, Bytes: 100 << 20, Survey: survey(),
	}}
}

func survey() *Survey {
	return &Survey{
		Survey: verify.Survey{
			Ranges: []verify.RangeSurvey{{Range: verify.Range{Bucket: "photos", Directory: "photos"}, Objects: 300, Bytes: 100 << 20}},
			Need:   verify.Need{Files: 300, Directories: 2, Bytes: 101 << 20}, Probed: 20,
		},
		Buckets: []BucketSeen{{Name: "photos", Region: "us-east-1"}, {Name: "photos-logs", Region: "us-east-1", Log: true}},
	}
}

// Devices in the states that matter.
func here(c device.Content) device.State {
	c.Fingerprint = "f"
	return device.State{Presence: device.Present, Path: "/dev/sdx", Identity: identity, Content: c}
}

func blank() device.State { return here(device.Content{Blank: true}) }

func ours(signature string, files bool) device.State {
	return here(device.Content{
		Partitions: []device.Partition{{Number: 1, GUID: id.PartitionGUID, Start: 1 << 20, Size: 1 << 40}},
		FileSystem: &device.FileSystem{Type: device.Ext4, PartitionGUID: id.PartitionGUID, UUID: id.UUID, Signature: signature, HasFiles: files},
		Found:      "our volume",
	})
}

func halfMade() device.State {
	return here(device.Content{Partitions: []device.Partition{{Number: 1, GUID: id.PartitionGUID}}, Found: "GPT, no file system"})
}

func foreign() device.State {
	return here(device.Content{
		Partitions: []device.Partition{{Number: 1, GUID: "11111111-2222-3333-4444-555555555555"}},
		FileSystem: &device.FileSystem{Type: "ntfs", Label: "WORK"}, Found: `GPT with ntfs "WORK"`,
	})
}

func loaded() device.State {
	return here(device.Content{
		Partitions: []device.Partition{{Number: 1, GUID: id.PartitionGUID}},
		FileSystem: &device.FileSystem{Type: device.Ext4, UUID: "99999999-2222-4333-8444-555555555555", HasFiles: true}, Found: "GPT with ext4",
	})
}

func absent() device.State { return device.State{Presence: device.Absent} }

func ambiguous() device.State {
	return device.State{Presence: device.Ambiguous, Matches: []string{"/dev/sdx WD-1 4.0 TB", "/dev/sdy WD-1 4.0 TB"}}
}

func mounted() device.State {
	s := ours("", false)
	s.Use.Mounted = []string{"/mnt"}
	return s
}

type (
	deviceSelector = device.Selector
	deviceState    = device.State
)
