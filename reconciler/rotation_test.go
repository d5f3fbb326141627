package reconciler_test

import (
	"context"
	"slices"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
	"github.com/cargomedia/s3export/specs"
)

// What the example says of the days from the copy of a drive to its next.
const (
	rotationDue    = 75 * 24 * time.Hour // refresh.maxAge
	rotationOldest = 94 * 24 * time.Hour // from a first working day to the one three months later
)

// firstWorkingDay reports whether it is that of its month.
func firstWorkingDay(t time.Time) bool {
	works := func(t time.Time) bool { return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday }
	for day := 1; day < t.Day(); day++ {
		if works(time.Date(t.Year(), t.Month(), day, 0, 0, 0, 0, time.UTC)) {
			return false
		}
	}
	return works(t)
}

// visit is what a person does on the first working day of a month.
func (r *rotation) visit(month int) {
	GinkgoHelper()
	d, last := r.docs[month%3], r.docs[(month+2)%3]
	before := len(r.runs(d))
	if before > 0 {
		Expect(r.due()).To(ConsistOf(d.Metadata.Name), "the drive to be brought, and no other")
	}
	r.bring(d)
	r.expectTowns()
	r.expectConverged(r.reconcile(d))
	runs := r.runs(d)
	Expect(runs).To(HaveLen(before+1), "the visit starts one run")
	if before > 0 {
		Expect(runs[before].Name).To(Equal("1." + r.now.Format("20060102")))
	}
	if month > 0 {
		r.takeAway(last)
	}
}

// due are the backups whose drives watch asks for.
func (r *rotation) due() (names []string) {
	GinkgoHelper()
	for _, d := range r.docs {
		if w, waits := r.reconcile(d).Outcome.(Waiting); waits && w.Reason == RefreshDue {
			names = append(names, d.Metadata.Name)
		}
	}
	return names
}

// runs are those that have come to a drive.
func (r *rotation) runs(d specs.Document) []Run {
	GinkgoHelper()
	record, err := r.store.Load(context.Background(), d.Metadata.Name)
	Expect(err).NotTo(HaveOccurred())
	return slices.DeleteFunc(record.Runs, func(run Run) bool { return run.Volume == nil }) // waits for its drive
}

func (r *rotation) expectConverged(result Result) {
	GinkgoHelper()
	Expect(result.Outcome).To(Equal(Converged{Phase: specs.Verified}))
	Expect(result.Record.Phase).To(Equal(specs.Verified))
}

// expectCopies holds at every moment, also while a drive is written to.
func (r *rotation) expectCopies() {
	GinkgoHelper()
	n := len(r.proven())
	r.most = max(r.most, n)
	Expect(n).To(BeNumerically(">=", min(r.most, len(r.docs)-1)), "proven copies on %s", r.now)
}

// expectTowns holds as soon as each drive has a copy: not all of them are in one town.
func (r *rotation) expectTowns() {
	GinkgoHelper()
	if len(r.proven()) < len(r.docs) {
		return
	}
	inBern := 0
	for _, d := range r.docs {
		if !r.here(d) && strings.HasSuffix(d.Spec.Device.Location, ", Bern") {
			inBern++
		}
	}
	Expect(inBern).To(BeNumerically(">=", 1))
}

// quietDay is what watch sees on any day, once it has done what there was to be done.
func (r *rotation) quietDay() {
	GinkgoHelper()
	for _, d := range r.docs {
		before := r.runs(d)
		result := r.reconcile(d)
		Expect(result.Done).To(BeEmpty())
		Expect(r.runs(d)).To(HaveLen(len(before)))
		r.expectStanding(d, before, result)
	}
	r.expectCopies()
	r.expectTowns()
}

// expectStanding says the rule of the example in other words than the decision.
func (r *rotation) expectStanding(d specs.Document, runs []Run, result Result) {
	GinkgoHelper()
	if len(runs) == 0 {
		Expect(result.Outcome).To(HaveField("Reason", PlugInDrive))
		return
	}
	age := r.now.Sub(runs[len(runs)-1].Load.EndedAt)
	Expect(age).To(BeNumerically("<=", rotationOldest))
	if r.here(d) || age < rotationDue {
		r.expectConverged(result)
		return
	}
	place := d.Spec.Device
	Expect(result.Outcome).To(And(HaveField("Reason", RefreshDue),
		HaveField("Ends", "bring drive "+place.Name+" (it lives in "+place.Location+") and plug it in")))
}

var _ = Describe("the example of three drives in rotation", func() {
	It("does for a year what it says", func() {
		r := newRotation(time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC))
		month := 0
		for day := r.now; day.Year() == 2027; day = day.AddDate(0, 0, 1) {
			r.now = day
			if day.Day() == 1 {
				r.work()
			}
			if firstWorkingDay(day) {
				r.visit(month)
				month++
			}
			r.quietDay()
		}
		Expect(month).To(Equal(12))
		Expect(r.keys).To(Equal(2))
		Expect(r.proven()).To(HaveLen(3))
		for _, d := range r.docs {
			Expect(r.runs(d)).To(HaveLen(4))
			for _, run := range r.runs(d) {
				Expect(run.Proofs).To(HaveLen(1))
				Expect(run.Intent).To(BeNil())
			}
			Expect(r.disk(d).Erases).To(Equal(1))
		}
		golden("rotation.golden", r.told.String())
	})

	It("lives with two months in which nobody comes, and with two drives that are lost", func() {
		r := newRotation(time.Date(2027, 1, 1, 9, 0, 0, 0, time.UTC))
		a, b, c := r.docs[0], r.docs[1], r.docs[2]
		for month := range 3 {
			r.now = time.Date(2027, time.Month(month+1), 1, 9, 0, 0, 0, time.UTC)
			r.visit(month)
		}
		By("missing a drive that does not come")
		r.now = time.Date(2027, 5, 2, 9, 0, 0, 0, time.UTC)
		Expect(r.reconcile(a).Outcome).To(HaveField("Reason", ProofDue))
		By("making the one anew that stays, as soon as it is due")
		r.now = time.Date(2027, 5, 15, 9, 0, 0, 0, time.UTC)
		r.expectConverged(r.reconcile(c))
		Expect(r.runs(c)).To(HaveLen(1))
		r.now = r.now.Add(copyTime)
		r.expectConverged(r.reconcile(c))
		Expect(r.runs(c)).To(HaveLen(2))
		By("proving once what comes late")
		r.bring(a)
		r.expectConverged(r.reconcile(a))
		Expect(r.runs(a)).To(HaveLen(2))
		Expect(r.runs(a)[1].Proofs).To(HaveLen(1))

		r.retire(b)
		r.retire(c)
		r.takeAway(a)
		r.now = time.Date(2027, 8, 2, 9, 0, 0, 0, time.UTC)
		r.bring(a)
		written := r.disk(a).Written
		Expect(r.reconcile(a).Outcome).To(HaveField("Reason", LastProvenCopy))
		Expect(r.disk(a).Written).To(Equal(written))
		Expect(r.proven()).To(HaveKey(a.Metadata.Name))
	})
})

// retire says that a drive is lost.
func (r *rotation) retire(d specs.Document) {
	GinkgoHelper()
	drive, err := r.store.Drive(context.Background(), device.Identity{Kind: device.Block, Serial: d.Spec.Device.Serial, Size: r.disk(d).Identity.Size})
	Expect(err).NotTo(HaveOccurred())
	drive.Retired = &Retirement{At: r.now, Reason: "lost"}
	_, err = r.store.SaveDrive(context.Background(), drive)
	Expect(err).NotTo(HaveOccurred())
}
