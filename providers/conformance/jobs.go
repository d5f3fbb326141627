package conformance

import (
	"context"
	"errors"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

const (
	markA = providers.Mark("s3export/v1 photos-a 2026-11 0123456789abcdef")
	markB = providers.Mark("s3export/v1 photos-b 2026-11 fedcba9876543210")
	pin   = "8675309-planted"
)

// bench is the state of one spec.
type bench struct {
	Harness
	service  Service
	controls Controls
}

// Jobs describes the contract of the job methods.
func Jobs(h Harness) {
	b := &bench{Harness: h}
	BeforeEach(func(ctx context.Context) {
		b.service, b.controls = h.New(ctx)
		Expect(b.service.Traits().HasJob).To(BeTrue(), "the suite is about services with jobs")
	})
	Describe("reading", b.reading)
	Describe("creating", b.creating)
	Describe("finding by mark", b.finding)
	Describe("updating", b.updating)
	Describe("canceling", b.canceling)
	Describe("labels", b.labels)
}

// manifest returns a complete manifest text, changed by edit.
func (b *bench) manifest(m providers.Mark, edit func(*manifest.Manifest)) providers.JobRequest {
	GinkgoHelper()
	pinCode := secret.Literal(secret.NewValue(pin))
	address := b.address()
	full := manifest.Manifest{
		ManifestVersion: "2.0",
		Generator:       string(m),
		DeviceID:        "WD-WCC4E0000000",
		FileSystem:      "EXT4",
		Operations:      []manifest.Operation{{ExportBucket: b.Bucket, TargetDirectory: "photos"}},
		LogBucket:       b.LogBucket,
		LogPrefix:       "exports/",
		PinCode:         &pinCode,
		ReturnAddress:   &address,
	}
	if edit != nil {
		edit(&full)
	}
	text, err := full.Text()
	Expect(err).NotTo(HaveOccurred())
	return providers.JobRequest{Manifest: text}
}

func (*bench) address() providers.Address {
	return providers.Address{
		Name: "Jane Roe", Street1: "123 Any Street", City: "Anytown", StateOrProvince: "WA",
		PostalCode: "91011-1111", PhoneNumber: "206-555-1111", Country: "USA",
	}
}

// incomplete is a manifest that every service refuses.
func (b *bench) incomplete() providers.JobRequest {
	GinkgoHelper()
	return b.manifest(markA, func(m *manifest.Manifest) { m.Operations = nil })
}

func (b *bench) create(ctx context.Context, m providers.Mark) providers.Job {
	GinkgoHelper()
	job, err := b.service.CreateJob(ctx, b.manifest(m, nil))
	Expect(err).NotTo(HaveOccurred())
	return job
}

func (b *bench) job(ctx context.Context, id providers.JobID) providers.Job {
	GinkgoHelper()
	job, err := b.service.Job(ctx, id)
	Expect(err).NotTo(HaveOccurred())
	return job
}

// found returns the ids that carry the mark.
func (b *bench) found(ctx context.Context, m providers.Mark, since time.Time) []providers.JobID {
	GinkgoHelper()
	found, err := b.service.FindJobs(ctx, m, since)
	Expect(err).NotTo(HaveOccurred())
	Expect(found.ObservedAt).NotTo(BeZero())
	ids := []providers.JobID{}
	for _, j := range found.Jobs {
		Expect(j.Mark).To(Equal(m))
		ids = append(ids, j.ID)
	}
	return ids
}

// expectError checks what all errors promise: kind, operation, remedy, no secret.
func expectError(err error, kind providers.ErrorKind) {
	GinkgoHelper()
	Expect(err).To(HaveOccurred())
	e, ok := errors.AsType[*providers.Error](err)
	Expect(ok).To(BeTrue(), "not a *providers.Error: %T %v", err, err)
	Expect(e.Kind).To(Equal(kind), err.Error())
	Expect(e.Op).NotTo(BeEmpty())
	Expect(e.Remedy).NotTo(BeEmpty())
	Expect(err.Error() + e.Remedy).NotTo(ContainSubstring(pin))
	Expect(err.Error()).NotTo(ContainSubstring("\n"))
}

func (b *bench) reading() {
	It("says NotFound of a job that there is not", func(ctx context.Context) {
		_, err := b.service.Job(ctx, "ZZZZZ")
		expectError(err, providers.NotFound)
	})

	It("shows a fresh job as it was created", func(ctx context.Context) {
		made := b.create(ctx, markA)
		seen := b.job(ctx, made.ID)
		Expect(seen.ID).To(Equal(made.ID))
		Expect(seen.Mark).To(Equal(markA))
		Expect(seen.Signature).To(Equal(made.Signature))
		Expect(seen.DeviceID).To(Equal("WD-WCC4E0000000"))
		Expect(seen.ManifestDigest).To(Equal(made.ManifestDigest))
		Expect(seen.Location).To(Equal(providers.NotReceived))
		Expect(seen.Progress).To(Equal(providers.Pending))
		Expect(seen.Failure).To(BeNil())
		Expect(seen.LocationCode).NotTo(BeEmpty())
		Expect(seen.ProgressCode).NotTo(BeEmpty())
		Expect(seen.Created).To(BeTemporally("~", made.Created, time.Second))
		Expect(seen.ObservedAt).To(BeTemporally(">=", seen.Created))
	})

	It("gives the same SIGNATURE each time", func(ctx context.Context) {
		made := b.create(ctx, markA)
		for range 3 {
			Expect(b.job(ctx, made.ID).Signature).To(Equal(made.Signature))
		}
	})

	It("tells time on the service's clock", func(ctx context.Context) {
		made := b.create(ctx, markA)
		b.controls.Advance(ctx, 72*time.Hour)
		Expect(b.job(ctx, made.ID).ObservedAt).To(BeTemporally("~", made.ObservedAt.Add(72*time.Hour), time.Minute))
	})

	It("shows an expired job as such, with a reason and a remedy", func(ctx context.Context) {
		made := b.create(ctx, markA)
		b.controls.Expire(ctx, made.ID)
		seen := b.job(ctx, made.ID)
		Expect(seen.ID).To(Equal(made.ID))
		Expect(seen.Progress).To(Equal(providers.Expired))
		Expect(seen.Failure).NotTo(BeNil())
		Expect(seen.Failure.Reason).NotTo(BeEmpty())
		Expect(seen.Failure.Meaning).NotTo(BeEmpty())
		Expect(seen.Failure.Remedy).NotTo(BeEmpty())
	})

	It("gives up when its context is done", func(ctx context.Context) {
		ctx, cancel := context.WithCancel(ctx)
		cancel()
		_, err := b.service.Job(ctx, "ZZZZZ")
		Expect(errors.Is(err, context.Canceled)).To(BeTrue(), "%v", err)
	})
}

func (b *bench) creating() {
	It("returns the job with all that its manifest tells", func(ctx context.Context) {
		made := b.create(ctx, markA)
		Expect(made.ID).NotTo(BeEmpty())
		Expect(made.Mark).To(Equal(markA))
		Expect(made.DeviceID).To(Equal("WD-WCC4E0000000"))
		Expect(made.ManifestDigest).To(HavePrefix("sha256:"))
		Expect(made.Location).To(Equal(providers.NotReceived))
		Expect(made.Progress).To(Equal(providers.Pending))
		Expect(made.ObservedAt).NotTo(BeZero())
		Expect(made.Signature).To(ContainSubstring(string(made.ID)))
		Expect(strings.HasSuffix(made.Signature, "\n")).To(BeTrue(), "the SIGNATURE keeps its final newline")
	})

	It("makes another job each time, with another SIGNATURE", func(ctx context.Context) {
		first, second := b.create(ctx, markA), b.create(ctx, markA)
		Expect(second.ID).NotTo(Equal(first.ID))
		Expect(second.Signature).NotTo(Equal(first.Signature))
	})

	It("can be checked beforehand, which creates nothing", func(ctx context.Context) {
		_, err := b.service.Check(ctx, b.manifest(markA, nil))
		Expect(err).NotTo(HaveOccurred())
		Expect(b.found(ctx, markA, time.Time{})).To(BeEmpty())
	})

	It("refuses a bad manifest as Invalid, as the check does, and creates nothing", func(ctx context.Context) {
		_, err := b.service.Check(ctx, b.incomplete())
		expectError(err, providers.Invalid)
		_, err = b.service.CreateJob(ctx, b.incomplete())
		expectError(err, providers.Invalid)
		Expect(b.found(ctx, markA, time.Time{})).To(BeEmpty())
	})

	It("is OutcomeUnknown when the answer is lost, and the job can be found", func(ctx context.Context) {
		b.controls.LoseCreate(ctx)
		_, err := b.service.CreateJob(ctx, b.manifest(markA, nil))
		expectError(err, providers.OutcomeUnknown)
		ids := b.found(ctx, markA, time.Time{})
		Expect(ids).To(HaveLen(1), "one job, and none by a repeat")
		Expect(b.job(ctx, ids[0]).Signature).To(ContainSubstring(string(ids[0])))
	})
}
