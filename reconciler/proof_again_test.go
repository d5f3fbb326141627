package reconciler_test

import (
	"context"
	"os"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	devicefake "github.com/cargomedia/s3export/device/fake"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("a proof that is asked for", func() {
	var w *world
	ctx := context.Background()

	BeforeEach(func() {
		w = newWorld(shipped)
		w.want.Spec.Phase = specs.Exported
		w.live()
	})

	again := func(l Limits) Result {
		GinkgoHelper()
		l.Reverify = true
		w.local = w.local.Add(time.Hour)
		result, err := w.reconciler().Reconcile(ctx, w.want, l)
		Expect(err).NotTo(HaveOccurred())
		return result
	}
	latest := func(r Result) Proof {
		GinkgoHelper()
		p, found := r.Record.Run("1").LatestProof()
		Expect(found).To(BeTrue())
		return p
	}
	rot := func() {
		w.disks.Change(drivePath, func(k *devicefake.Disk) { k.Volume.Files["photos/2026/1.jpg"] = []byte("CONTENT 1") })
	}
	// cutAt lets the process die around the n-th effect of a verification.
	cutAt := func(n int, after bool) {
		GinkgoHelper()
		w.cut, w.after = w.effects+n, after
		_, err := w.reconciler().Reconcile(ctx, w.want, Limits{Reverify: true})
		Expect(err).To(HaveOccurred())
		Expect(w.dead).To(BeTrue())
		w.dead, w.cut = false, 0
	}

	It("says that it failed, also where the spec wants no proof", func() {
		rot()
		Expect(again(Limits{}).Outcome).To(HaveField("Reason", VerificationFailed))
	})

	It("passes where the spec wants no proof", func() {
		Expect(again(Limits{}).Outcome).To(Equal(Converged{Phase: specs.Verified}))
	})

	It("says that the drive is not here, and not that the last proof is old", func() {
		again(Limits{})
		w.disks.Unplug(drivePath)
		Expect(again(Limits{}).Outcome).To(HaveField("Reason", PlugInDrive))
	})

	It("has the sample that was asked for, also after another one was interrupted", func() {
		w.want.Spec.Verify.Sample = "2"
		cutAt(1, true) // the intent is saved, nothing is read
		w.want.Spec.Verify.Sample = "all"
		r := again(Limits{})
		Expect(latest(r)).To(And(HaveField("Sample", "all"), HaveField("Full", true)))
		Expect(r.Record.Run("1").Proofs).To(HaveLen(2), "the interrupted one is brought to its end too")
	})

	It("has the seed that was asked for, also after another one was interrupted", func() {
		cutAt(1, true)
		seed := "000102030405060708090a0b0c0d0e0f"
		Expect(latest(again(Limits{Seed: seed}))).To(HaveField("Seed", seed))
	})

	It("reads the drive now, also when an earlier report was left unrecorded", func() {
		cutAt(2, true) // the report is written, not recorded
		rot()
		r := again(Limits{})
		Expect(r.Outcome).To(HaveField("Reason", VerificationFailed))
		Expect(r.Record.Run("1").Proofs).To(HaveLen(2))
	})

	It("goes on with an interrupted one of the same kind, and makes no second", func() {
		cutAt(1, true)
		Expect(again(Limits{}).Record.Run("1").Proofs).To(HaveLen(1))
	})

	It("never takes an older report for its own, and never overwrites it", func() {
		path := filepath.Join(w.store.Dir("photos-a"), "record.json")
		old, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		first := again(Limits{})
		Expect(latest(first).Verdict).To(Equal(verify.Pass))
		report := filepath.Join(w.store.RunDir("photos-a", "1"), latest(first).Report)
		before, err := os.ReadFile(report)
		Expect(err).NotTo(HaveOccurred())

		Expect(os.WriteFile(path, old, 0o600)).To(Succeed(), "the record is restored from a copy")
		rot()
		second := again(Limits{})
		Expect(second.Outcome).To(HaveField("Reason", VerificationFailed))
		Expect(latest(second).Report).NotTo(Equal(latest(first).Report))
		Expect(os.ReadFile(report)).To(Equal(before))
	})

	It("is made against the baseline of the record, and no other", func() {
		starts, err := filepath.Glob(filepath.Join(w.store.RunDir("photos-a", "1"), "baseline.start-*.jsonl.gz"))
		Expect(err).NotTo(HaveOccurred())
		Expect(starts).To(HaveLen(1))
		file := starts[0]
		other, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		Expect(os.WriteFile(filepath.Join(filepath.Dir(file), "baseline.jsonl.gz"), other, 0o600)).To(Succeed())
		o := again(Limits{}).Outcome
		Expect(o).To(And(HaveField("Reason", FileTrouble), HaveField("Remedy", ContainSubstring("restore"))))
		Expect(os.Remove(filepath.Join(filepath.Dir(file), "baseline.jsonl.gz"))).To(Succeed())
		Expect(again(Limits{}).Outcome).To(And(HaveField("Reason", FileTrouble), HaveField("Remedy", ContainSubstring("restore"))))
	})
})
