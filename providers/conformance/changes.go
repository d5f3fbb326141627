package conformance

import (
	"context"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/manifest"
)

func (b *bench) finding() {
	It("finds nothing where there is nothing", func(ctx context.Context) {
		Expect(b.found(ctx, markA, time.Time{})).To(BeEmpty())
	})

	It("finds the jobs with the very mark only", func(ctx context.Context) {
		first := b.create(ctx, markA)
		b.create(ctx, markB)
		b.create(ctx, markA+"0")
		b.create(ctx, "somebody else's program 1.0")
		Expect(b.found(ctx, markA, time.Time{})).To(Equal([]providers.JobID{first.ID}))
	})

	It("tells of a job that was found what reading it tells", func(ctx context.Context) {
		made := b.create(ctx, markA)
		found, err := b.service.FindJobs(ctx, markA, time.Time{})
		Expect(err).NotTo(HaveOccurred())
		seen := b.job(ctx, made.ID)
		seen.ObservedAt = found.Jobs[0].ObservedAt
		Expect(found.Jobs).To(Equal([]providers.Job{seen}))
	})

	It("finds jobs on all pages, newest first", func(ctx context.Context) {
		var want []providers.JobID
		for i := range 2*b.PageSize + 2 {
			mark := markB
			if i%2 == 0 {
				mark = markA
			}
			id := b.create(ctx, mark).ID
			if mark == markA {
				want = append([]providers.JobID{id}, want...)
			}
			b.controls.Advance(ctx, time.Second)
		}
		Expect(b.found(ctx, markA, time.Time{})).To(Equal(want))
	})

	It("leaves out jobs from before since, and keeps one of that second", func(ctx context.Context) {
		b.create(ctx, markA)
		b.controls.Advance(ctx, time.Hour)
		second := b.job(ctx, b.create(ctx, markA).ID)
		Expect(b.found(ctx, markA, second.Created)).To(Equal([]providers.JobID{second.ID}))
		Expect(b.found(ctx, markA, second.Created.Add(999*time.Millisecond))).To(Equal([]providers.JobID{second.ID}))
		Expect(b.found(ctx, markA, second.Created.Add(time.Second))).To(BeEmpty())
	})

	It("leaves out canceled jobs", func(ctx context.Context) {
		kept, canceled := b.create(ctx, markA), b.create(ctx, markA)
		Expect(b.service.CancelJob(ctx, canceled.ID)).To(Succeed())
		Expect(b.found(ctx, markA, time.Time{})).To(Equal([]providers.JobID{kept.ID}))
	})

	It("follows the mark through an update", func(ctx context.Context) {
		made := b.create(ctx, markA)
		Expect(b.service.UpdateJob(ctx, made.ID, b.manifest(markB, nil))).To(Succeed())
		Expect(b.found(ctx, markA, time.Time{})).To(BeEmpty())
		Expect(b.found(ctx, markB, time.Time{})).To(Equal([]providers.JobID{made.ID}))
	})
}

func (b *bench) updating() {
	changed := func() providers.JobRequest {
		GinkgoHelper()
		return b.manifest(markA, func(m *manifest.Manifest) { m.Operations[0].Prefix = "2026/" })
	}

	It("replaces the manifest and keeps job and mark", func(ctx context.Context) {
		made := b.create(ctx, markA)
		Expect(b.service.UpdateJob(ctx, made.ID, changed())).To(Succeed())
		seen := b.job(ctx, made.ID)
		Expect(seen.ManifestDigest).NotTo(Equal(made.ManifestDigest))
		Expect(seen.Mark).To(Equal(markA))
		Expect(seen.Signature).To(ContainSubstring(string(made.ID)))
	})

	It("may be repeated", func(ctx context.Context) {
		made := b.create(ctx, markA)
		Expect(b.service.UpdateJob(ctx, made.ID, changed())).To(Succeed())
		once := b.job(ctx, made.ID)
		Expect(b.service.UpdateJob(ctx, made.ID, changed())).To(Succeed())
		twice := b.job(ctx, made.ID)
		Expect(twice.ManifestDigest + twice.Signature).To(Equal(once.ManifestDigest + once.Signature))
	})

	It("refuses a bad manifest and keeps the old one", func(ctx context.Context) {
		made := b.create(ctx, markA)
		expectError(b.service.UpdateJob(ctx, made.ID, b.incomplete()), providers.Invalid)
		Expect(b.job(ctx, made.ID).ManifestDigest).To(Equal(made.ManifestDigest))
	})

	It("is refused for jobs that are unknown, have started, or have ended", func(ctx context.Context) {
		expectError(b.service.UpdateJob(ctx, "ZZZZZ", changed()), providers.NotFound)
		started, canceled, expired := b.create(ctx, markA), b.create(ctx, markA), b.create(ctx, markA)
		b.controls.Start(ctx, started.ID)
		expectError(b.service.UpdateJob(ctx, started.ID, changed()), providers.TooLate)
		Expect(b.service.CancelJob(ctx, canceled.ID)).To(Succeed())
		expectError(b.service.UpdateJob(ctx, canceled.ID, changed()), providers.JobCanceled)
		b.controls.Expire(ctx, expired.ID)
		expectError(b.service.UpdateJob(ctx, expired.ID, changed()), providers.JobExpired)
	})
}

func (b *bench) canceling() {
	It("ends a job, which is then shown as canceled", func(ctx context.Context) {
		made := b.create(ctx, markA)
		Expect(b.service.CancelJob(ctx, made.ID)).To(Succeed())
		seen := b.job(ctx, made.ID)
		Expect(seen.ID).To(Equal(made.ID))
		Expect(seen.Progress).To(Equal(providers.Canceled))
		Expect(seen.Failure).NotTo(BeNil())
		Expect(seen.Failure.Remedy).NotTo(BeEmpty())
	})

	It("may be repeated, and is done for an expired job", func(ctx context.Context) {
		made, expired := b.create(ctx, markA), b.create(ctx, markA)
		Expect(b.service.CancelJob(ctx, made.ID)).To(Succeed())
		Expect(b.service.CancelJob(ctx, made.ID)).To(Succeed())
		b.controls.Expire(ctx, expired.ID)
		Expect(b.service.CancelJob(ctx, expired.ID)).To(Succeed())
	})

	It("is refused for jobs that are unknown or have started", func(ctx context.Context) {
		expectError(b.service.CancelJob(ctx, "ZZZZZ"), providers.NotFound)
		started := b.create(ctx, markA)
		b.controls.Start(ctx, started.ID)
		expectError(b.service.CancelJob(ctx, started.ID), providers.TooLate)
		Expect(b.job(ctx, started.ID).Progress).To(Equal(providers.InProgress))
	})
}

func (b *bench) labels() {
	BeforeEach(func() {
		if !b.service.Traits().HasLabel {
			Skip("this service makes no labels")
		}
	})

	It("are where the service says, each time", func(ctx context.Context) {
		ids := []providers.JobID{b.create(ctx, markA).ID, b.create(ctx, markB).ID}
		label, err := b.service.Label(ctx, ids, b.address())
		Expect(err).NotTo(HaveOccurred())
		Expect(label.Bucket).To(Equal(b.LogBucket))
		Expect(label.Key).NotTo(BeEmpty())
		Expect(label.URL).NotTo(BeEmpty())
		again, err := b.service.Label(ctx, ids, b.address())
		Expect(err).NotTo(HaveOccurred())
		Expect(again).To(Equal(label))
	})

	It("are one for the drives of several jobs, whatever the order of these", func(ctx context.Context) {
		first, second, third := b.create(ctx, markA).ID, b.create(ctx, markB).ID, b.create(ctx, markA).ID
		label, err := b.service.Label(ctx, []providers.JobID{first, second, third}, b.address())
		Expect(err).NotTo(HaveOccurred())
		Expect(label.Bucket).To(Equal(b.LogBucket))
		for _, ids := range [][]providers.JobID{{third, second, first}, {second, third, first}, {first, third, second}} {
			again, err := b.service.Label(ctx, ids, b.address())
			Expect(err).NotTo(HaveOccurred())
			Expect(again).To(Equal(label))
		}
		for _, id := range []providers.JobID{first, second, third} {
			Expect(b.job(ctx, id).Progress).To(Equal(providers.Pending))
		}
	})

	It("are refused as a whole when one of several jobs is unknown or has ended", func(ctx context.Context) {
		good, canceled, expired := b.create(ctx, markA).ID, b.create(ctx, markA).ID, b.create(ctx, markB).ID
		Expect(b.service.CancelJob(ctx, canceled)).To(Succeed())
		refused := func(bad providers.JobID, kind providers.ErrorKind) {
			GinkgoHelper()
			for _, ids := range [][]providers.JobID{{good, bad}, {bad, good}} {
				_, err := b.service.Label(ctx, ids, b.address())
				expectError(err, kind)
			}
		}
		refused("ZZZZZ", providers.NotFound)
		refused(canceled, providers.JobCanceled)
		_, err := b.service.Label(ctx, []providers.JobID{good}, b.address())
		Expect(err).NotTo(HaveOccurred())
		b.controls.Expire(ctx, expired)
		last := b.create(ctx, markA).ID // the clock may have moved past the others
		_, err = b.service.Label(ctx, []providers.JobID{last, expired}, b.address())
		expectError(err, providers.JobExpired)
	})

	It("are refused for no job at all", func(ctx context.Context) {
		_, err := b.service.Label(ctx, nil, b.address())
		Expect(err).To(HaveOccurred())
		Expect(providers.KindOf(err)).To(BeElementOf(providers.Invalid, providers.NotFound))
	})

	It("are refused for jobs that are unknown or have ended, and for half an address", func(ctx context.Context) {
		_, err := b.service.Label(ctx, []providers.JobID{"ZZZZZ"}, b.address())
		expectError(err, providers.NotFound)
		made := b.create(ctx, markA)
		half := b.address()
		half.Street1 = ""
		_, err = b.service.Label(ctx, []providers.JobID{made.ID}, half)
		expectError(err, providers.Invalid)
		Expect(b.service.CancelJob(ctx, made.ID)).To(Succeed())
		_, err = b.service.Label(ctx, []providers.JobID{made.ID}, b.address())
		expectError(err, providers.JobCanceled)
	})
}
