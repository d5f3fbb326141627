package fake_test

import (
	"context"
	"errors"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/fake"
	"github.com/cargomedia/s3export/specs/secret"
)

func request() providers.JobRequest {
	return providers.JobRequest{Manifest: secret.NewValue("generator: s3export/v1 a 1 0123456789abcdef\ndeviceId: D\nlogBucket: logs\nlogPrefix: x/\n" +
		"operations:\n  - exportBucket: photos\nreturnAddress:\n  name: J\n")}
}

var _ = Describe("signatures", func() {
	It("follow the formula of the 2009 edition", func() {
		text := secret.NewValue("manifestVersion: 2.0\r\ndeviceId: ABC\r\n")
		Expect(fake.Signature("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "EX1ID", text)).To(Equal("xr0OmjSkoNUm0SaTH6IKZ561eMo="))
	})
})

var _ = Describe("a job's journey", func() {
	var s *fake.Service
	var id providers.JobID
	look := func(ctx context.Context) providers.Job {
		GinkgoHelper()
		j, err := s.Job(ctx, id)
		Expect(err).NotTo(HaveOccurred())
		return j
	}
	BeforeEach(func(ctx context.Context) {
		s = fake.New(fake.Options{Traits: fake.Shipping()})
		j, err := s.CreateJob(ctx, request())
		Expect(err).NotTo(HaveOccurred())
		id = j.ID
		Expect(string(id)).To(MatchRegexp("^[1-9A-NP-Z]{5}$"))
	})

	It("goes there and back", func(ctx context.Context) {
		Expect(s.Receive(id)).To(Succeed())
		Expect(look(ctx).Location).To(Equal(providers.AtService))
		Expect(s.Start(id)).To(Succeed())
		Expect(look(ctx).Progress).To(Equal(providers.InProgress))
		Expect(s.Load(id, 2)).To(Succeed())
		j := look(ctx)
		Expect(j.Progress).To(Equal(providers.CompleteWithErrors))
		Expect(j.ErrorCount).To(Equal(2))
		Expect(j.LogKey).To(Equal("x/export-log-" + string(id)))
		Expect(s.Load(id, 0)).To(Succeed())
		Expect(look(ctx).Progress).To(Equal(providers.Complete))
		Expect(s.Return(id)).To(Succeed())
		j = look(ctx)
		Expect(j.Location).To(Equal(providers.Returned))
		Expect(j.Carrier).NotTo(BeEmpty())
	})

	It("ends badly, strangely, or not at all", func(ctx context.Context) {
		Expect(s.Fail(id, "MissingSignature")).To(Succeed())
		Expect(look(ctx).Failure.Reason).To(Equal("MissingSignature"))
		Expect(s.Puzzle(id)).To(Succeed())
		Expect(look(ctx).Progress).To(Equal(providers.ProgressUnknown))
		Expect(s.Cancel(id)).To(Succeed())
		Expect(look(ctx).Progress).To(Equal(providers.Canceled))
		Expect(s.Forget(id)).To(Succeed())
		_, err := s.Job(ctx, id)
		Expect(providers.KindOf(err)).To(Equal(providers.NotFound))
		Expect(s.Receive(id)).NotTo(Succeed())
	})

	It("ends by itself after 30 days, unless the drive has come", func(ctx context.Context) {
		other, err := s.CreateJob(ctx, request())
		Expect(err).NotTo(HaveOccurred())
		Expect(s.Receive(other.ID)).To(Succeed())
		s.Advance(fake.Lifetime - time.Minute)
		Expect(look(ctx).Progress).To(Equal(providers.Pending))
		s.Advance(time.Minute)
		Expect(look(ctx).Progress).To(Equal(providers.Expired))
		id = other.ID
		Expect(look(ctx).Progress).To(Equal(providers.Pending))
	})
})

var _ = Describe("hooks", func() {
	It("stop an effect before and after, and see no reading", func(ctx context.Context) {
		s := fake.New(fake.Options{Traits: fake.Shipping()})
		crash := errors.New("crash")
		var seen []string
		s.SetHooks(func(op string) error { seen = append(seen, "before "+op); return crash }, nil)
		_, err := s.CreateJob(ctx, request())
		Expect(err).To(BeIdenticalTo(crash))
		mark := providers.Mark("s3export/v1 a 1 0123456789abcdef")
		found, err := s.FindJobs(ctx, mark, time.Time{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Jobs).To(BeEmpty())

		s.SetHooks(nil, func(op string) error { seen = append(seen, "after "+op); return crash })
		_, err = s.CreateJob(ctx, request())
		Expect(err).To(BeIdenticalTo(crash))
		found, err = s.FindJobs(ctx, mark, time.Time{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Jobs).To(HaveLen(1))
		Expect(seen).To(Equal([]string{"before CreateJob", "after CreateJob"}))
		Expect(s.Calls()).To(Equal([]fake.Call{{Op: "CreateJob"}, {Op: "FindJobs"}, {Op: "CreateJob"}, {Op: "FindJobs"}}))
	})

	It("are not needed to make a call fail", func(ctx context.Context) {
		s := fake.New(fake.Options{Traits: fake.Shipping()})
		busy := &providers.Error{Kind: providers.Throttled, Op: "Job", Remedy: "wait"}
		s.FailNext("Job", busy)
		_, err := s.Job(ctx, "X")
		Expect(err).To(BeIdenticalTo(busy))
		_, err = s.Job(ctx, "X")
		Expect(providers.KindOf(err)).To(Equal(providers.NotFound))
	})
})

// files is a volume in memory.
type files map[string]string

func (f files) WriteFile(path string, data []byte) error {
	f[path] = string(data)
	return nil
}

var _ = Describe("a provider that ships nothing", func() {
	It("has no jobs and fills the drive itself", func(ctx context.Context) {
		s := fake.New(fake.Options{Traits: fake.Filling()})
		s.Put("photos", "b", []byte("22"))
		s.Put("photos", "a/1", []byte("1"))
		_, err := s.CreateJob(ctx, request())
		Expect(providers.KindOf(err)).To(Equal(providers.Invalid))

		volume, stopped := files{}, 0
		s.SetHooks(nil, func(string) error {
			if stopped++; stopped == 1 {
				return errors.New("crash")
			}
			return nil
		})
		done, err := s.Fill(ctx, "photos", "p", volume)
		Expect(err).To(MatchError(ContainSubstring("crash")))
		Expect(done.Files).To(BeZero())
		Expect(volume).To(Equal(files{"p/a/1": "1"}))
		Expect(s.Fill(ctx, "photos", "p", volume)).To(Equal(fake.Filled{Files: 2, Bytes: 3}))
		Expect(volume).To(Equal(files{"p/a/1": "1", "p/b": "22"}))

		_, err = s.Fill(ctx, "nowhere", "p", volume)
		Expect(providers.KindOf(err)).To(Equal(providers.NotFound))
	})

	It("is the only kind that fills", func(ctx context.Context) {
		s := fake.New(fake.Options{Traits: fake.Shipping()})
		_, err := s.Fill(ctx, "photos", "p", files{})
		Expect(providers.KindOf(err)).To(Equal(providers.Invalid))
	})

	It("keeps labels in the log bucket where there are jobs", func(ctx context.Context) {
		s := fake.New(fake.Options{Traits: fake.Shipping()})
		j, err := s.CreateJob(ctx, request())
		Expect(err).NotTo(HaveOccurred())
		l, err := s.Label(ctx, []providers.JobID{j.ID}, providers.Address{Name: "J", Street1: "S", City: "C", Country: "CH"})
		Expect(err).NotTo(HaveOccurred())
		pdf, ok := s.Object(l.Bucket, l.Key)
		Expect(ok).To(BeTrue())
		Expect(string(pdf)).To(HavePrefix("%PDF"))
	})
})
