package reconciler_test

import (
	"context"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	devicefake "github.com/cargomedia/s3export/device/fake"
	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
)

// edit has a person change the text of the spec: pairs of old and new.
func (w *world) edit(pairs ...string) {
	GinkgoHelper()
	text := strings.NewReplacer(pairs...).Replace(fmt.Sprintf(specText, specs.Verified, ", size: 4TB"))
	docs, err := specs.Decode("backup.yaml", []byte(text), specs.Options{Dir: "/specs"})
	Expect(err).NotTo(HaveOccurred())
	w.want = docs[0]
}

var _ = Describe("a spec that is edited under way", func() {
	var w *world

	BeforeEach(func() { w = newWorld(shipped) })

	reconcile := func(l Limits) Result {
		GinkgoHelper()
		result, err := w.reconciler().Reconcile(context.Background(), w.want, l)
		Expect(err).NotTo(HaveOccurred())
		return result
	}
	outcome := func(l Limits) string {
		GinkgoHelper()
		switch o := reconcile(l).Outcome.(type) {
		case Waiting:
			return "wait: " + string(o.Reason)
		case Blocked:
			Expect(o.Remedy).NotTo(BeEmpty())
			return "blocked: " + string(o.Reason)
		case Converged:
		}
		return "converged"
	}
	theJob := func() providers.JobID {
		GinkgoHelper()
		r, err := w.store.Load(context.Background(), "photos-a")
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Run("1").Job).NotTo(BeNil())
		return r.Run("1").Job.ID
	}

	It("makes no second job when the drive is selected by another name while the first one's answer is lost", func() {
		w.disks.Change(drivePath, func(k *devicefake.Disk) { k.Identity.WWN = "5000c500a1b2c3d4" })
		w.service.LoseNext("CreateJob")
		Expect(outcome(Limits{})).To(Equal("wait: Retrying"))
		w.edit("serial: WD-1", `wwn: "5000c500a1b2c3d4"`)
		for range 3 {
			outcome(Limits{})
			w.service.Advance(settleTime)
		}
		jobs := w.jobs()
		w.want = document(specs.Verified)
		Expect(jobs + w.jobs()).To(Equal(1))
	})

	It("forgets nothing of a job whose answer is lost when an earlier phase is wanted meanwhile", func() {
		w.service.FailNext("CreateJob", &providers.Error{Kind: providers.OutcomeUnknown, Op: "CreateJob", Remedy: "look"})
		Expect(outcome(Limits{})).To(Equal("wait: Retrying"))
		w.disks.Change(drivePath, func(k *devicefake.Disk) { k.Table, k.Volume = nil, nil })
		w.want.Spec.Phase = specs.Prepared
		outcome(Limits{AllowErase: true})
		w.want.Spec.Phase = specs.Verified
		Expect(outcome(Limits{AllowErase: true})).To(Equal("wait: LookingForJob"))
	})

	It("takes the baseline of the new manifest", func() {
		Expect(outcome(Limits{})).To(Equal("wait: ShipDrive"))
		w.edit("{exportBucket: photos}", "{exportBucket: photos, prefix: 2026/}", "{maxAge: 90d}", "{maxAge: 90d, sample: all}")
		Expect(outcome(Limits{})).To(Equal("wait: ShipDrive"))
		w.live()
		w.expectOneOfAll()
	})

	It("changes no manifest while the drive that carries its SIGNATURE is away", func() {
		Expect(outcome(Limits{})).To(Equal("wait: ShipDrive"))
		before, err := w.service.Job(context.Background(), theJob())
		Expect(err).NotTo(HaveOccurred())
		w.disks.Unplug(drivePath)
		w.edit("{exportBucket: photos}", "{exportBucket: photos, prefix: 2026/}")
		Expect(outcome(Limits{})).To(Equal("blocked: ManifestChanged"))
		Expect(w.service.Job(context.Background(), theJob())).To(Equal(before))
	})

	It("is not Verified for a drive that was never verified", func() {
		w.live()
		w.disks.Plug(devicefake.Disk{Identity: device.Identity{Kind: device.Block, Serial: "WD-2", Size: identity.Size}, Path: "/dev/sdz"})
		w.edit("serial: WD-1", "serial: WD-2")
		Expect(outcome(Limits{})).NotTo(Equal("converged"))
		Expect(reconcile(Limits{}).Record.Phase).NotTo(Equal(specs.Verified))
	})

	It("is approved with the manifest that was seen", func() {
		plan, err := w.reconciler().Plan(context.Background(), w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		w.source.Put("private", "k", []byte("1"))
		w.edit("{exportBucket: photos}", "{exportBucket: private}")
		Expect(outcome(Limits{Approve: plan.Digest(plan.Seen.Device.Identity)})).To(Equal("blocked: PlanChanged"))
	})

	DescribeTable("may begin a new run when the job has ended badly, as its remedy says", func(end func(providers.JobID) error) {
		Expect(outcome(Limits{})).To(Equal("wait: ShipDrive"))
		Expect(end(theJob())).To(Succeed())
		o := reconcile(Limits{}).Outcome
		Expect(o).To(BeAssignableToTypeOf(Blocked{}))
		w.want.Spec.Run = "2"
		refused := reconcile(Limits{AllowErase: true}).Outcome
		Expect(refused).To(And(HaveField("Reason", Reason(device.DeviceForeign)), HaveField("Remedy", ContainSubstring("photos-a/1"))))
		w.want.Spec.Device.Replaces = "photos-a/1"
		Expect(outcome(Limits{AllowErase: true})).To(Equal("wait: ShipDrive"))
		Expect(reconcile(Limits{}).Record.Run("2").Job).NotTo(BeNil())
	},
		Entry("expired", func(id providers.JobID) error { return w.service.Expire(id) }),
		Entry("canceled by somebody", func(id providers.JobID) error { return w.service.Cancel(id) }),
		Entry("failed", func(id providers.JobID) error { return w.service.Fail(id, "MissingSignature") }),
	)

	It("replaces no run of another backup that is under way", func() {
		Expect(outcome(Limits{})).To(Equal("wait: ShipDrive"))
		erases, job := w.erases(), theJob()
		w.edit("name: photos-a", "name: photos-b", "size: 4TB", "size: 4TB, replaces: photos-a/1")
		Expect(outcome(Limits{AllowErase: true})).To(Equal("blocked: RunUnderWay"))
		Expect(w.erases()).To(Equal(erases))
		Expect(w.service.Cancel(job)).To(Succeed())
		w.edit()
		Expect(outcome(Limits{})).To(Equal("blocked: JobCanceled"))
		w.edit("name: photos-a", "name: photos-b", "size: 4TB", "size: 4TB, replaces: photos-a/1")
		Expect(outcome(Limits{AllowErase: true})).To(Equal("wait: ShipDrive"))
		Expect(w.erases()).To(Equal(erases + 1))
	})

	It("keeps what is known of the run under way when a new one is refused", func() {
		Expect(outcome(Limits{})).To(Equal("wait: ShipDrive"))
		w.want.Spec.Run = "2"
		r := reconcile(Limits{})
		Expect(r.Outcome).To(HaveField("Reason", RunUnderWay))
		Expect(r.Record.Phase).To(Equal(specs.Labeled))
	})

	It("wants what the spec wants again after a cancel that came too late", func() {
		Expect(outcome(Limits{})).To(Equal("wait: ShipDrive"))
		Expect(w.service.Load(theJob(), 0)).To(Succeed())
		w.want.Spec.Phase = specs.Canceled
		Expect(outcome(Limits{})).To(Equal("blocked: TooLateToCancel"))
		w.want.Spec.Phase = specs.Verified
		Expect(reconcile(Limits{}).Record.Run("1").Wanted).To(Equal(specs.Verified))
	})
})

var _ = Describe("a lost record", func() {
	It("is no lasting harm: the phase is that of the facts", func() {
		w := newWorld(shipped)
		first, err := w.reconciler().Reconcile(context.Background(), w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		w.play(first.Outcome.(Waiting), first.Record) //nolint:forcetypeassert // a test
		w.store = journal.New(quickDir())
		Expect(w.live().Phase).To(Equal(specs.Verified))
		w.expectOneOfAll()
	})
})

var _ = Describe("an observation that fails", func() {
	It("is tried less and less often, and then is a person's matter", func() {
		w := newWorld(shipped)
		w.service.FailNext("FindJobs", &providers.Error{Kind: providers.Unexpected, Op: "ListJobs", Remedy: "look"})
		first, err := w.reconciler().Reconcile(context.Background(), w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		Expect(first.Outcome).To(HaveField("Reason", Retrying))
		var last Outcome
		for range 4 {
			w.service.FailNext("FindJobs", &providers.Error{Kind: providers.Unexpected, Op: "ListJobs", Remedy: "look"})
			r, err := w.reconciler().Reconcile(context.Background(), w.want, Limits{})
			Expect(err).NotTo(HaveOccurred())
			last = r.Outcome
		}
		Expect(last).To(HaveField("Reason", GivenUp))
		r, err := w.reconciler().Reconcile(context.Background(), w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		Expect(r.Outcome).To(HaveField("Reason", ShipDrive))
	})
})
