package reconciler_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	devicefake "github.com/cargomedia/s3export/device/fake"
	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

// fullDisk is a journal whose disk is full after some saves.
type fullDisk struct {
	Journal
	left int
}

func (j *fullDisk) Save(ctx context.Context, r Record) (Record, error) {
	if j.left--; j.left < 0 {
		return r, &FileError{Op: "writing", Path: "record.json", Remedy: "make room", Err: syscall.ENOSPC}
	}
	return j.Journal.Save(ctx, r)
}

// erases counts what Format has done to the drive.
func (w *world) erases() int {
	d, _ := w.disks.Disk(drivePath)
	return d.Erases
}

var _ = Describe("a reconcile", func() {
	var w *world
	ctx := context.Background()

	BeforeEach(func() { w = newWorld(shipped) })

	reconcile := func(l Limits) Result {
		GinkgoHelper()
		result, err := w.reconciler().Reconcile(ctx, w.want, l)
		Expect(err).NotTo(HaveOccurred())
		return result
	}
	blockedBy := func(r Reason) OmegaMatcher {
		return And(BeAssignableToTypeOf(Blocked{}), HaveField("Reason", r), HaveField("Remedy", Not(BeEmpty())))
	}
	waitingFor := func(r Reason) OmegaMatcher {
		return And(BeAssignableToTypeOf(Waiting{}), HaveField("Reason", r))
	}

	It("takes a drive that somebody has erased, though it was the last copy of its set", func() {
		drive, err := w.store.Drive(ctx, identity)
		Expect(err).NotTo(HaveOccurred())
		drive.Identity = identity
		drive.Holds = &Holding{Backup: "photos-a", Run: "0", Set: "photos", Ended: true, Proof: passed()}
		_, err = w.store.SaveDrive(ctx, drive)
		Expect(err).NotTo(HaveOccurred())
		Expect(reconcile(Limits{}).Done).To(ContainElement(HaveField("Name", "FormatVolume")))
	})

	It("does nothing the second time, and writes nothing", func() {
		Expect(reconcile(Limits{}).Outcome).To(waitingFor(ShipDrive))
		path := filepath.Join(w.store.Dir("photos-a"), "record.json")
		before, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		effects := w.effects
		again := reconcile(Limits{})
		Expect(again.Outcome).To(waitingFor(ShipDrive))
		Expect(again.Done).To(BeEmpty())
		Expect(w.effects).To(Equal(effects))
		Expect(os.ReadFile(path)).To(Equal(before))
	})

	It("plans what it does, and writes nothing to plan it", func() {
		r := w.reconciler()
		r.Source = evidence.Scout{Source: w.source, Buckets: buckets{}}
		plan, err := r.Plan(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		Expect(w.effects).To(BeZero())
		var planned, done []string
		for _, a := range plan.Actions {
			planned = append(planned, StepOf(a).Name)
		}
		for _, s := range reconcile(Limits{}).Done {
			done = append(done, s.Name)
		}
		Expect(done).To(Equal(planned))
	})

	It("carries out the plan that was approved, and no other", func() {
		r := w.reconciler()
		plan, err := r.Plan(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		Expect(reconcile(Limits{Approve: "sha256:0"}).Outcome).To(blockedBy(PlanChanged))
		Expect(w.erases()).To(BeZero())
		digest := plan.Digest(plan.Seen.Device.Identity)
		Expect(reconcile(Limits{Approve: digest}).Outcome).To(waitingFor(ShipDrive))
		Expect(w.erases()).To(Equal(1))
	})

	It("reads secrets before it erases anything", func() {
		r := w.reconciler()
		r.Secrets = func(context.Context, secret.Source) (secret.Value, error) {
			return secret.Value{}, &secret.Error{Source: "env:PIN", Problem: "it is empty", Remedy: "set PIN"}
		}
		result, err := r.Reconcile(ctx, w.want, Limits{AllowErase: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.Outcome).To(blockedBy(SecretUnreadable))
		Expect(w.erases()).To(BeZero())
		Expect(w.jobs()).To(BeZero())
	})

	It("erases nothing when the service refuses the manifest", func() {
		w.service.FailNext("Check", &providers.Error{Kind: providers.Invalid, Op: "CreateJob", Code: "NoSuchBucketException", Remedy: "make the bucket"})
		Expect(reconcile(Limits{}).Outcome).To(blockedBy(ManifestRefused))
		Expect(w.erases()).To(BeZero())
	})

	It("erases nothing when the source cannot be listed", func() {
		r := w.reconciler()
		r.Source = unlisted{}
		result, err := r.Reconcile(ctx, w.want, Limits{AllowErase: true})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.Outcome).To(blockedBy(AccessDenied))
		Expect(w.erases()).To(BeZero())
	})

	It("looks for the job whose creation had no answer, and makes no second one", func() {
		w.service.LoseNext("CreateJob")
		Expect(reconcile(Limits{}).Outcome).To(And(waitingFor(Retrying), HaveField("Failed", true)))
		Expect(reconcile(Limits{}).Outcome).To(waitingFor(ShipDrive))
		Expect(w.jobs()).To(Equal(1))
	})

	It("creates again only after two empty looks a minute apart", func() {
		w.service.FailNext("CreateJob", &providers.Error{Kind: providers.OutcomeUnknown, Op: "CreateJob", Remedy: "look"})
		Expect(reconcile(Limits{}).Outcome).To(waitingFor(Retrying))
		Expect(reconcile(Limits{}).Outcome).To(waitingFor(LookingForJob))
		Expect(reconcile(Limits{}).Outcome).To(waitingFor(LookingForJob))
		Expect(w.jobs()).To(BeZero())
		w.service.Advance(settleTime)
		Expect(reconcile(Limits{}).Outcome).To(waitingFor(ShipDrive))
		Expect(w.jobs()).To(Equal(1))
	})

	It("stops after some tries of what nobody knows", func() {
		for range 4 {
			w.service.FailNext("Label", errors.New("what is this"))
			Expect(reconcile(Limits{}).Outcome).To(waitingFor(Retrying))
		}
		w.service.FailNext("Label", errors.New("what is this"))
		Expect(reconcile(Limits{}).Outcome).To(blockedBy(GivenUp))
		Expect(reconcile(Limits{}).Outcome).To(waitingFor(ShipDrive), "the next try succeeds")
	})

	It("puts a wrong SIGNATURE right before the drive is shipped, and says so", func() {
		reconcile(Limits{})
		w.disks.Change(drivePath, func(k *devicefake.Disk) { k.Volume.Files["SIGNATURE"] = []byte("wrong") })
		result := reconcile(Limits{})
		Expect(result.Outcome).To(waitingFor(ShipDrive))
		Expect(result.Done).To(HaveLen(1))
		Expect(result.Done[0].Text).To(ContainSubstring("in place of a wrong one"))
	})

	It("does not write for ever on a drive that forgets", func() {
		reconcile(Limits{})
		forgets := w.disks
		r := w.reconciler()
		r.Disks = forgetful{forgets}
		result, err := r.Reconcile(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		Expect(result.Outcome).To(blockedBy(NoProgress))
	})

	It("updates the job when the manifest changes before the load", func() {
		reconcile(Limits{})
		w.want.Manifest.LogPrefix = "other/"
		result := reconcile(Limits{})
		Expect(result.Done[0].Name).To(Equal("UpdateJob"))
		Expect(result.Outcome).To(waitingFor(ShipDrive))
		Expect(w.jobs()).To(Equal(1))
	})

	It("cancels the job and ends the run, once", func() {
		reconcile(Limits{})
		w.want.Spec.Phase = specs.Canceled
		Expect(reconcile(Limits{}).Outcome).To(Equal(Converged{Phase: specs.Canceled}))
		Expect(reconcile(Limits{}).Done).To(BeEmpty())
		Expect(w.jobs()).To(BeZero(), "of jobs that are not canceled")
		w.want.Spec.Phase = specs.Verified
		Expect(reconcile(Limits{}).Outcome).To(blockedBy(RunCanceled))
	})

	It("stops at a journal that cannot be written, before the step that needs the intent", func() {
		r := w.reconciler()
		r.Journal = &fullDisk{Journal: r.Journal}
		_, err := r.Reconcile(ctx, w.want, Limits{})
		Expect(err).To(MatchError(syscall.ENOSPC))
		Expect(w.erases()).To(BeZero())
	})

	It("goes on after the journal's disk was full in the middle", func() {
		for left := 1; left < 8; left++ {
			r := w.reconciler()
			r.Journal = &fullDisk{Journal: r.Journal, left: left}
			_, err := r.Reconcile(ctx, w.want, Limits{})
			if err == nil {
				break
			}
			Expect(err).To(MatchError(syscall.ENOSPC))
			w.service.Advance(settleTime)
		}
		w.expectOneOfAll()
	})

	It("leaves a backup alone that another run works on", func() {
		release, err := journal.New(filepath.Dir(filepath.Dir(w.store.Dir("photos-a")))).Lock(ctx, "photos-a")
		Expect(err).NotTo(HaveOccurred())
		_, err = w.reconciler().Reconcile(ctx, w.want, Limits{})
		var locked *journal.LockedError
		Expect(errors.As(err, &locked)).To(BeTrue())
		Expect(w.effects).To(BeZero())
		Expect(release()).To(Succeed())
	})

	It("ends with the context", func() {
		canceled, cancel := context.WithCancel(ctx)
		cancel()
		_, err := w.reconciler().Reconcile(canceled, w.want, Limits{})
		Expect(err).To(MatchError(context.Canceled))
		Expect(w.effects).To(BeZero())
	})
})

// unlisted is evidence of a source that may not be read.
type unlisted struct{ Evidence }

func (unlisted) Survey(context.Context, specs.Document, []PriorCopy) (BaselineFact, error) {
	return BaselineFact{}, &providers.Error{Kind: providers.Denied, Op: "ListObjectsV2", Code: "AccessDenied", Remedy: "allow s3:ListBucket"}
}

// forgetful shows every SIGNATURE as missing.
type forgetful struct{ DiskReader }

func (f forgetful) Inspect(ctx context.Context, s deviceSelector) (deviceState, error) {
	st, err := f.DiskReader.Inspect(ctx, s)
	if fs := st.Content.FileSystem; fs != nil {
		forgotten := *fs
		forgotten.Signature = ""
		st.Content.FileSystem = &forgotten
	}
	return st, err
}
