// Length: one world for all that is kept of a run.

package evidence_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	devicefake "github.com/cargomedia/s3export/device/fake"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/importexport"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/verify"
	verifyfake "github.com/cargomedia/s3export/verify/fake"
)

func TestEvidence(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "evidence")
}

const spec = `apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: photos-a}
spec:
  phase: Verified
  provider: {importExport: {region: us-east-1}}
  manifest:
    operations: [{exportBucket: photos, prefix: 2026/, targetDirectory: pictures}]
    logBucket: logs
    pinCode: {env: PIN}
    returnAddress: {name: Jane Roe, street1: 1 Any Street, city: Anytown, stateOrProvince: WA, postalCode: "91011", country: USA, phoneNumber: "206"}
  device: {serial: WD-1}
`

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

var _ = Describe("the evidence", func() {
	var (
		ctx      = context.Background()
		selector = device.Selector{Serial: "WD-1"}
		identity = device.Identity{Kind: device.Block, Serial: "WD-1", Size: 1 << 40}
		d        specs.Document
		source   *verifyfake.Source
		disks    *devicefake.Disks
		keeper   *evidence.Keeper
		label    *labels
		buckets  places
		run      reconciler.Run
	)

	BeforeEach(func() {
		docs, err := specs.Decode("backup.yaml", []byte(spec), specs.Options{Dir: "/specs"})
		Expect(err).NotTo(HaveOccurred())
		d = docs[0]
		source, label, buckets = verifyfake.NewSource(), &labels{text: "%PDF"}, places{}
		disks = devicefake.New(devicefake.Options{})
		files := map[string][]byte{}
		for i := range 4 {
			data := []byte(fmt.Sprintf("content %d", i))
			source.Put("photos", fmt.Sprintf("2026/%d.jpg", i), data, verifyfake.Modified(noon.AddDate(0, -1, 0)))
			files[fmt.Sprintf("pictures/2026/%d.jpg", i)] = data
		}
		source.Put("photos", "2025/other.jpg", []byte("out of range"))
		disks.Plug(devicefake.Disk{Identity: identity, Path: "/dev/sdx", Table: &devicefake.Table{GUID: "g"}, Volume: &devicefake.Volume{UUID: "u", Files: files}})
		keeper = &evidence.Keeper{
			Journal: journal.New(GinkgoT().TempDir()), Source: source, Buckets: buckets, Objects: label, ReadLog: importexport.ReadLog, Devices: disks,
			Clock: func() time.Time { return noon }, Subject: verify.Subject{Tool: "s3export test"},
		}
		plan := reconciler.ProofPlan{Report: "reports/2026-11-23-1.json", Seed: "000102030405060708090a0b0c0d0e0f", Sample: "all", Attempt: 1}
		run = reconciler.Run{Name: "1", Load: &reconciler.LoadFact{EndedAt: noon}, Intent: &reconciler.Intent{Action: "Verify", Proof: &plan}}
	})

	take := func(atEnd bool) reconciler.BaselineFact {
		GinkgoHelper()
		if !atEnd {
			fact, err := keeper.Survey(ctx, d, nil)
			Expect(err).NotTo(HaveOccurred())
			return fact
		}
		fact, err := keeper.CloseBaseline(ctx, d, reconciler.BaselineFact{})
		Expect(err).NotTo(HaveOccurred())
		return fact
	}
	prove := func() (reconciler.Proof, error) {
		closed := take(true)
		run.Baseline = &closed
		return keeper.Prove(ctx, d, selector, identity, run)
	}
	file := func(name string) string { return filepath.Join(keeper.Journal.RunDir("photos-a", "1"), name) }

	It("lists what the load selects, and gives the same again", func() {
		first := take(false)
		Expect(first.Objects).To(BeEquivalentTo(4))
		Expect(first.Complete).To(BeFalse())
		Expect(take(false)).To(Equal(first))
	})

	It("closes the baseline, and may be asked to twice", func() {
		take(false)
		source.Put("photos", "2026/new.jpg", []byte("new"), verifyfake.Modified(noon))
		first := take(true)
		Expect(first.Complete).To(BeTrue())
		Expect(first.Objects).To(BeEquivalentTo(5))
		Expect(take(true)).To(Equal(first))
	})

	It("proves the drive, and writes the report once", func() {
		take(false)
		proof, err := prove()
		Expect(err).NotTo(HaveOccurred())
		Expect(proof.Verdict).To(Equal(verify.Pass))
		Expect(proof.Full).To(BeTrue())
		Expect(proof.Device).To(Equal(identity))
		report, err := os.ReadFile(file("reports/2026-11-23-1.json"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(report)).To(And(ContainSubstring("s3export test"), ContainSubstring(d.Digest), ContainSubstring("WD-1")))
	})

	It("takes a report that is there for the result, without reading the drive again", func() {
		take(false)
		first, err := prove()
		Expect(err).NotTo(HaveOccurred())
		disks.Unplug("/dev/sdx")
		Expect(prove()).To(Equal(first))
	})

	It("takes no report for the result that was made under another spec", func() {
		take(false)
		_, err := prove()
		Expect(err).NotTo(HaveOccurred())
		d.Digest = "sha256:another"
		second, err := prove()
		Expect(err).NotTo(HaveOccurred())
		Expect(second.Report).To(Equal("reports/2026-11-23-2.json"))
		Expect(second.SpecDigest).To(Equal("sha256:another"))
	})

	Describe("with a rolling sample", func() {
		proveAt := func(attempt int, seed string) (reconciler.Proof, error) {
			run.Intent.Proof = &reconciler.ProofPlan{
				Report: fmt.Sprintf("reports/2026-11-23-%d.json", attempt), Seed: seed, Sample: "rolling", Attempt: attempt,
			}
			return prove()
		}
		seeds := func(i int) string { return fmt.Sprintf("%032x", 7*i+1) }

		It("goes on where the last proof ended, until all was compared", func() {
			take(false)
			var last reconciler.Proof
			for i := range 10 {
				proof, err := proveAt(i+1, seeds(i))
				Expect(err).NotTo(HaveOccurred())
				Expect(proof.Verdict).To(Equal(verify.Pass))
				Expect(proof.Full).To(BeFalse())
				last = proof
			}
			Expect(last.Summary).To(HaveSuffix("rolling: 100 % covered since 2026-11-23"))
			text, err := os.ReadFile(file("rolling.json"))
			Expect(err).NotTo(HaveOccurred())
			Expect(string(text)).To(ContainSubstring(`"seed": "` + seeds(0) + `"`))
		})

		It("counts a proof once whose report was kept and not recorded", func() {
			take(false)
			first, err := proveAt(1, seeds(1))
			Expect(err).NotTo(HaveOccurred())
			before, err := os.ReadFile(file("rolling.json"))
			Expect(err).NotTo(HaveOccurred())
			Expect(proveAt(1, seeds(1))).To(Equal(first))
			Expect(os.Remove(file("rolling.json"))).To(Succeed()) // killed just before it
			Expect(proveAt(1, seeds(1))).To(Equal(first))
			Expect(os.ReadFile(file("rolling.json"))).To(Equal(before))
		})

		It("takes the same arc again when the source did not answer", func() {
			take(false)
			closed := take(true)
			disks.Plug(devicefake.Disk{Identity: identity, Path: "/dev/sdx", Table: &devicefake.Table{GUID: "g"},
				Volume: &devicefake.Volume{UUID: "u", Files: map[string][]byte{
					"pictures/2026/0.jpg": []byte("rotten  0"), "pictures/2026/1.jpg": []byte("rotten  1"),
					"pictures/2026/2.jpg": []byte("rotten  2"), "pictures/2026/3.jpg": []byte("rotten  3"),
				}}})
			keeper.Source = silent{source}
			run.Baseline = &closed
			run.Intent.Proof = &reconciler.ProofPlan{Report: "reports/2026-11-23-1.json", Seed: seeds(1), Sample: "rolling", Attempt: 1}
			proof, err := keeper.Prove(ctx, d, selector, identity, run)
			Expect(err).NotTo(HaveOccurred())
			Expect(proof.Verdict).To(Equal(verify.Incomplete))
			Expect(file("rolling.json")).NotTo(BeAnExistingFile())
		})

		It("does not guess what a broken ledger says", func() {
			take(false)
			_, err := proveAt(1, seeds(1))
			Expect(err).NotTo(HaveOccurred())
			Expect(os.WriteFile(file("rolling.json"), []byte(`{"arcs": [{"from": "x"}]}`), 0o600)).To(Succeed())
			_, err = proveAt(2, seeds(2))
			var broken *reconciler.FileError
			Expect(errors.As(err, &broken)).To(BeTrue())
			Expect(broken.Remedy).To(ContainSubstring("remove it"))
		})
	})

	It("does not believe a report that was tampered with", func() {
		take(false)
		_, err := prove()
		Expect(err).NotTo(HaveOccurred())
		path := file("reports/2026-11-23-1.json")
		text, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(path, text[:len(text)/2], 0o600)).To(Succeed())
		_, err = prove()
		Expect(err).To(HaveOccurred())
	})

	It("says what is missing and what differs", func() {
		take(false)
		disks.Change("/dev/sdx", func(k *devicefake.Disk) {
			delete(k.Volume.Files, "pictures/2026/0.jpg")
			k.Volume.Files["pictures/2026/1.jpg"] = []byte("CONTENT 1")
		})
		proof, err := prove()
		Expect(err).NotTo(HaveOccurred())
		Expect(proof.Verdict).To(Equal(verify.Fail))
		Expect(proof.Summary).To(ContainSubstring("2 bad"))
	})

	It("learns nothing about its baseline from a proof against the bucket", func() {
		start := take(false)
		source.Put("photos", "2026/1.jpg", []byte("CONTENT 1"), verifyfake.Modified(noon.AddDate(0, -1, 0)))
		disks.Change("/dev/sdx", func(k *devicefake.Disk) { k.Volume.Files["pictures/2026/1.jpg"] = []byte("CONTENT 1") })
		run.Baseline = &start
		d.Spec.Verify.Against = specs.AgainstBucket
		proof, err := keeper.Prove(ctx, d, selector, identity, run)
		Expect(err).NotTo(HaveOccurred())
		Expect(proof.Verdict).To(Equal(verify.Pass))
		Expect(proof.Baseline).To(BeNil(), "what equals the bucket need not be what the baseline lists")
	})

	It("leaves no report when the drive cannot be opened", func() {
		take(false)
		disks.Unplug("/dev/sdx")
		_, err := prove()
		Expect(err).To(HaveOccurred())
		Expect(file("reports")).NotTo(BeADirectory())
	})

	It("looks at each bucket once, and at whether the log can be written", func() {
		fact, err := keeper.Survey(ctx, d, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(fact.Survey.Buckets).To(Equal([]reconciler.BucketSeen{
			{Name: "photos", Region: "us-east-1"}, {Name: "logs", Region: "us-east-1", Log: true},
		}))
		Expect(fact.Survey.Ranges[0].Objects).To(BeEquivalentTo(4))
	})

	It("names a log bucket that may not be written, with what to do", func() {
		buckets["write logs/"] = &providers.Error{Kind: providers.Denied, Op: "PutObject", Code: "AccessDenied", Remedy: "allow s3:PutObject"}
		fact, err := keeper.Survey(ctx, d, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(fact.Survey.Buckets[1]).To(And(
			HaveField("Problem", `bucket "logs" cannot be used: PutObject: AccessDenied`), HaveField("Remedy", "allow s3:PutObject")))
	})

	It("does not take a bad connection for a bad bucket", func() {
		buckets["logs"] = &providers.Error{Kind: providers.Unreachable, Op: "HeadBucket", Remedy: "look at the network"}
		_, err := keeper.Survey(ctx, d, nil)
		Expect(providers.KindOf(err)).To(Equal(providers.Unreachable))
		Expect(filepath.Glob(file("*"))).To(BeEmpty())
	})

	It("keeps the listing that the record names when the spec selects something else", func() {
		first := take(false)
		other := d
		m := *d.Manifest
		m.Operations = []manifest.Operation{{ExportBucket: "photos", Prefix: "2025/", TargetDirectory: "pictures"}}
		other.Manifest = &m
		second, err := keeper.Survey(ctx, other, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(second.File).NotTo(Equal(first.File))
		_, err = keeper.CloseBaseline(ctx, d, first)
		Expect(err).NotTo(HaveOccurred())
	})

	It("keeps nothing of a look that only plans", func() {
		fact, err := evidence.Scout{Source: source, Buckets: buckets}.Survey(ctx, d, nil)
		Expect(err).NotTo(HaveOccurred())
		Expect(fact.Objects).To(BeEquivalentTo(4))
		Expect(file("")).NotTo(BeADirectory())
	})

	It("leaves no baseline when the source cannot be listed", func() {
		keeper.Source = broken{}
		_, err := keeper.Survey(ctx, d, nil)
		Expect(err).To(MatchError(ContainSubstring("no such bucket")))
		Expect(filepath.Glob(file("*"))).To(BeEmpty())
	})

	It("keeps the service's log as it was, and the proof heeds it", func() {
		source.Put("photos", "2026/up//and-away.jpg", []byte("away"), verifyfake.Modified(noon.AddDate(0, -1, 0)))
		source.Put("photos", "2026/cold.jpg", []byte("cold"), verifyfake.Modified(noon.AddDate(0, -1, 0)), verifyfake.Class("GLACIER"))
		disks.Change("/dev/sdx", func(k *devicefake.Disk) { k.Volume.Files["EXPORT-RECOVERY/0000/0000"] = []byte("away") })
		label.text = "DateTime\tFile\tStatus\tCode\tKey\n" +
			"t\t/pictures/2026/0.jpg\t200\tOK\t/photos/2026/0.jpg\n" +
			"t\t/EXPORT-RECOVERY/0000/0000\t200\tOK\t/photos/2026/up//and-away.jpg\n" +
			"t\t\t403\tInvalidObjectState\t/photos/2026/cold.jpg\nnoise\n"
		take(false)
		fact, err := keeper.KeepLog(ctx, d, reconciler.LoadFact{LogBucket: "logs", LogKey: "export-log-EX1ID"})
		Expect(err).NotTo(HaveOccurred())
		Expect(os.ReadFile(file(fact.File))).To(BeEquivalentTo(label.text))
		Expect(fact.Failures).To(Equal([]reconciler.LogFailure{{Bucket: "photos", Key: "2026/cold.jpg", Code: "InvalidObjectState"}}))
		run.Log = &fact
		rest := fact
		rest.SHA256, rest.Failures = "", nil
		Expect(rest).To(Equal(reconciler.LogFact{
			At: noon, File: "export-log.txt", Lines: 3, Failed: 1, Moved: 1, Unread: 1,
			Warnings: []string{`line 5: it names no object with a status: "noise"`},
		}))
		proof, err := prove()
		Expect(err).NotTo(HaveOccurred())
		Expect(proof.Summary).To(ContainSubstring("content of 5 of 6 compared, 1 bad; 1 missingOnDevice"))
		text, err := os.ReadFile(file(proof.Report))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(And(ContainSubstring(`"reason": "FailedByService"`), ContainSubstring(`"logDigest": "`+fact.SHA256+`"`)))
	})

	DescribeTable("does not prove without the log that it has kept", func(spoil func(path string) error, want string) {
		label.text = "t\t\t403\tAccessDenied\t/photos/2026/0.jpg\n"
		take(false)
		fact, err := keeper.KeepLog(ctx, d, reconciler.LoadFact{LogBucket: "logs", LogKey: "export-log-EX1ID"})
		Expect(err).NotTo(HaveOccurred())
		run.Log = &fact
		Expect(spoil(file(fact.File))).To(Succeed())
		_, err = prove()
		Expect(err).To(MatchError(ContainSubstring(want)))
		Expect(err).To(HaveField("Remedy", Not(BeEmpty())))
		Expect(file("reports")).NotTo(BeADirectory())
	},
		Entry("it is gone", os.Remove, "no such file"),
		Entry("it was changed", func(path string) error {
			return os.WriteFile(path, []byte("t\t\t200\tOK\t/photos/2026/0.jpg\n"), 0o600)
		}, "not the one that the record names"),
		Entry("it is a part", func(path string) error { return os.Truncate(path, 10) }, "not the one that the record names"),
	)

	It("proves without a log that could not be had", func() {
		run.Log = &reconciler.LogFact{Problem: "GetObject: AccessDenied"}
		take(false)
		proof, err := prove()
		Expect(err).NotTo(HaveOccurred())
		Expect(proof.Verdict).To(Equal(verify.Pass))
	})

	It("keeps no log that cannot be had", func() {
		label.err = &providers.Error{Kind: providers.NotFound, Op: "GetObject", Remedy: "look"}
		_, err := keeper.KeepLog(ctx, d, reconciler.LoadFact{LogBucket: "logs", LogKey: "x"})
		Expect(providers.KindOf(err)).To(Equal(providers.NotFound))
		Expect(filepath.Glob(file("*"))).To(BeEmpty())
	})

	It("keeps the label where the spec wants it", func() {
		d.Spec.Paperwork.Directory = GinkgoT().TempDir()
		fact, err := keeper.KeepLabel(ctx, d, []providers.JobID{"EX1ID"}, providers.Label{Bucket: "logs", Key: "x"})
		Expect(err).NotTo(HaveOccurred())
		Expect(fact.File).To(Equal(filepath.Join(d.Spec.Paperwork.Directory, "shipping-label-EX1ID.pdf")))
		Expect(os.ReadFile(fact.File)).To(BeEquivalentTo("%PDF"))
		label.err = &providers.Error{Kind: providers.NotFound, Op: "GetObject", Remedy: "look"}
		_, err = keeper.KeepLabel(ctx, d, []providers.JobID{"EX1ID"}, providers.Label{})
		Expect(providers.KindOf(err)).To(Equal(providers.NotFound))
		Expect(os.ReadFile(fact.File)).To(BeEquivalentTo("%PDF"))
	})
})
