package reconciler_test

import (
	"context"
	"fmt"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
)

// jobs counts the jobs that were made.
func (w *world) jobs() int {
	found, err := w.service.FindJobs(GinkgoT().Context(), providers.NewMark("photos-a", "1", w.want.Selector()), noon.AddDate(-10, 0, 0))
	Expect(err).NotTo(HaveOccurred())
	return len(found.Jobs)
}

// expectOneOfAll holds after any crash: one job, one erase, one report, and not a
// byte on the other disk.
func (w *world) expectOneOfAll() {
	GinkgoHelper()
	record := w.live()
	Expect(record.Phase).To(Equal(specs.Verified))
	run := record.Run("1")
	Expect(run.Intent).To(BeNil())
	Expect(run.Proofs).To(HaveLen(1))
	w.remembered(run)
	reports, err := filepath.Glob(filepath.Join(w.store.RunDir("photos-a", "1"), "reports", "*.json"))
	Expect(err).NotTo(HaveOccurred())
	Expect(reports).To(HaveLen(1))
	if w.traits.HasJob {
		Expect(w.jobs()).To(Equal(1))
	}
	other, _ := w.disks.Disk(otherPath)
	Expect(other.Written).To(BeZero())
	Expect(other.Erases).To(BeZero())
	drive, _ := w.disks.Disk(drivePath)
	Expect(drive.Erases).To(BeNumerically("<=", 2), "a half-made volume is made once more, a finished one never")
}

var _ = DescribeTable("the crash sweep", func(traits providers.Traits, atLeast int) {
	clean := newWorld(traits)
	clean.expectOneOfAll()
	drive, _ := clean.disks.Disk(drivePath)
	Expect(drive.Erases).To(Equal(1))
	Expect(clean.effects).To(BeNumerically(">=", atLeast), "%v", clean.names)
	for k := 1; k <= clean.effects; k++ {
		for _, after := range []bool{false, true} {
			By(fmt.Sprintf("cutting %s effect %d, %s", map[bool]string{false: "before", true: "after"}[after], k, clean.names[k-1]))
			w := newWorld(traits)
			w.cut, w.after = k, after
			w.expectOneOfAll()
		}
	}
},
	Entry("with a service that loads a shipped drive", shipped, 25),
	Entry("with a provider that ships nothing and fills the drive here", pulled, 12),
)

// remembered checks that the record of the drive says what the backup's does.
func (w *world) remembered(run Run) {
	GinkgoHelper()
	drives, err := w.store.ListDrives(context.Background())
	Expect(err).NotTo(HaveOccurred())
	Expect(drives).To(HaveLen(1))
	h := drives[0].Holds
	Expect(h.RunName()).To(Equal(w.want.Metadata.Name + "/" + run.Name))
	Expect(h.Proven()).To(BeTrue())
	if run.Volume != nil { // else the record was lost meanwhile
		Expect(h.PartitionGUID).To(Equal(run.Volume.PartitionGUID))
	}
	Expect(*h.CopiedAt).To(BeTemporally("==", run.Load.EndedAt))
	Expect(h.Proof.Report).To(Equal(run.Proofs[0].Report))
	Expect(h.Ended).To(BeTrue())
	Expect(drives[0].Seen).NotTo(BeNil())
}
