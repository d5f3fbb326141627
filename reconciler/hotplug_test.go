package reconciler_test

import (
	"context"
	"io"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	devicefake "github.com/cargomedia/s3export/device/fake"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// pullAt has somebody pull the drive when the effect of that name is about to happen.
func (w *world) pullAt(op string) {
	w.disks = devicefake.New(devicefake.Options{Before: func(now string) error {
		if now == op {
			w.pull()
			op = ""
		}
		return w.before(now)
	}, After: w.then})
	w.disks.Plug(devicefake.Disk{Identity: identity, Path: drivePath})
}

func (w *world) pull() {
	d, ok := w.disks.Unplug(drivePath)
	Expect(ok).To(BeTrue())
	w.away = &d
}

// pulling are devices whose drive is pulled at the first read of a file.
type pulling struct {
	evidence.Devices
	w *world
}

func (p pulling) Open(ctx context.Context, s device.Selector, k device.Key) (device.Volume, error) {
	v, err := p.Devices.Open(ctx, s, k)
	return pulledVolume{v, p.w}, err
}

type pulledVolume struct {
	device.Volume
	w *world
}

func (v pulledVolume) Open(device.Entry) (io.ReaderAt, error) { return v, nil }

func (v pulledVolume) ReadAt([]byte, int64) (int, error) {
	if _, here := v.w.disks.Disk(drivePath); here {
		v.w.pull()
	}
	return 0, &device.Error{Reason: device.DeviceVanished, Op: "read", Device: drivePath, Message: "it was taken away", Remedy: "plug it in again"}
}

var _ = Describe("a drive that is pulled", func() {
	ctx := context.Background()
	var w *world

	reconcile := func() Result {
		GinkgoHelper()
		result, err := w.reconciler().Reconcile(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		return result
	}
	waits := func(result Result) {
		GinkgoHelper()
		Expect(result.Outcome).To(And(BeAssignableToTypeOf(Waiting{}), HaveField("Reason", PlugInDrive), HaveField("Failed", false)))
		Expect(result.Record.Trouble).To(BeNil())
	}

	BeforeEach(func() { w = newWorld(shipped) })

	DescribeTable("while it is written to is a wait, and what was begun goes on when it is back",
		func(op string, erases int) {
			w.pullAt(op)
			result := reconcile()
			waits(result)
			Expect(result.Record.Events).To(ContainElement(HaveField("Reason", "DeviceVanished")))
			waits(reconcile())
			w.disks.Plug(*w.away)
			Expect(reconcile().Outcome).To(HaveField("Reason", ShipDrive))
			Expect(w.erases()).To(Equal(erases))
			Expect(w.jobs()).To(Equal(1))
		},
		Entry("before its table", "format:table", 1),
		Entry("before its file system", "format:mkfs", 2),
		Entry("before its last mark", "format:finish", 2),
		Entry("before its SIGNATURE", "sign", 1),
	)

	It("while it is verified is a wait without a verdict, and the same draw goes on when it is back", func() {
		w.want.Spec.Phase = specs.Exported
		w.live()
		w.want.Spec.Phase = specs.Verified
		r := w.reconciler()
		kept := r.Evidence.(cutEvidence)
		kept.Devices = pulling{w.disks, w}
		result, err := r.Reconcile(ctx, w.want, Limits{})
		Expect(err).NotTo(HaveOccurred())
		waits(result)
		run := result.Record.Run("1")
		Expect(run.Proofs).To(BeEmpty())
		Expect(filepath.Join(w.store.RunDir("photos-a", "1"), run.Intent.Proof.Report)).NotTo(BeAnExistingFile())

		waits(reconcile())
		w.disks.Plug(*w.away)
		result = reconcile()
		Expect(result.Outcome).To(Equal(Converged{Phase: specs.Verified}))
		proofs := result.Record.Run("1").Proofs
		Expect(proofs).To(HaveLen(1))
		Expect(proofs[0].Verdict).To(Equal(verify.Pass))
		Expect(proofs[0].Seed).To(Equal(run.Intent.Proof.Seed))
		Expect(proofs[0].Attempt).To(Equal(1))
	})
})
