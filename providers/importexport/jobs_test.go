package importexport

import (
	"context"
	"net/http"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/manifest"
)

const exampleSignature = "version:2.0\nsigningMethod:HmacSHA1\njobId:EX1ID\nsignature:ktKDXpdbEXAMPLEyGFJmQO744UHw=\n"

var _ = Describe("Job", func() {
	It("reads the answer of a fresh job", func(ctx context.Context) {
		job, err := play(golden("get-status")).client().Job(ctx, "EX1ID")
		Expect(err).NotTo(HaveOccurred())
		m, _, err := manifest.Parse([]byte("manifestVersion: 2.0\ndeviceId: x&y\n"))
		Expect(err).NotTo(HaveOccurred())
		Expect(job).To(Equal(providers.Job{
			ID:              "EX1ID",
			Created:         time.Date(2015, 5, 27, 18, 58, 21, 0, time.UTC),
			ObservedAt:      serviceTime(),
			Location:        providers.NotReceived,
			LocationCode:    "NotReceived",
			LocationMessage: "AWS has not received your device.",
			Progress:        providers.Pending,
			ProgressCode:    "Pending",
			ProgressMessage: "The specified job has not started.",
			Signature:       exampleSignature,
			DeviceID:        "x&y",
			ManifestDigest:  manifest.Digest(m),
		}))
	})

	It("reads a returned job, another namespace, a mark, and keeps carriage returns", func(ctx context.Context) {
		job, err := play(golden("get-status-returned")).client().Job(ctx, "EX1ID")
		Expect(err).NotTo(HaveOccurred())
		Expect(job.Location).To(Equal(providers.Returned))
		Expect(job.Progress).To(Equal(providers.CompleteWithErrors))
		Expect(job.Failure).To(BeNil())
		Expect(job.ErrorCount).To(Equal(3))
		Expect(job.Carrier + " " + job.TrackingNumber).To(Equal("UPS 1Z999AA10123456784"))
		Expect(job.LogBucket + " " + job.LogKey).To(Equal("my-logs exports/export-log-EX1ID"))
		Expect(job.Mark).To(BeEquivalentTo("s3export/v1 photos-a 1 0123456789abcdef"))
		Expect(job.DeviceID).To(Equal("WD-1"))
		Expect(job.Signature).To(Equal("version:2.0\r\njobId:EX1ID\r\n"))
		Expect(job.Created.Nanosecond()).To(Equal(250_000_000))
	})

	It("tolerates codes, numbers and manifests that it does not know", func(ctx context.Context) {
		job, err := play(text(200, "<GetStatusResponse><GetStatusResult><LocationCode>OnTheMoon</LocationCode>"+
			"<ProgressCode>Levitating</ProgressCode><ErrorCount>many</ErrorCount><CreationDate>yesterday</CreationDate>"+
			"<CurrentManifest>{[</CurrentManifest></GetStatusResult></GetStatusResponse>")).client().Job(ctx, "EX1ID")
		Expect(err).NotTo(HaveOccurred())
		Expect(job.ID).To(BeEquivalentTo("EX1ID"))
		Expect(job.Location).To(Equal(providers.LocationUnknown))
		Expect(job.Progress).To(Equal(providers.ProgressUnknown))
		Expect(job.LocationCode + " " + job.ProgressCode).To(Equal("OnTheMoon Levitating"))
		Expect(job.Mark).To(BeEmpty())
		Expect(job.Created).To(BeZero())
	})

	It("reads line ends as XML says: written ones are line feeds, escaped ones stay", func(ctx context.Context) {
		job, err := play(text(200, "<GetStatusResponse><GetStatusResult><JobId>EX1ID</JobId><SignatureFileContents> a\r\nb&#13;&#10;c\n\n</SignatureFileContents>"+
			"</GetStatusResult></GetStatusResponse>")).client().Job(ctx, "EX1ID")
		Expect(err).NotTo(HaveOccurred())
		Expect(job.Signature).To(Equal(" a\nb\r\nc\n\n"))
	})

	DescribeTable("shows both ways of saying that a job has ended alike",
		func(ctx context.Context, code string, want providers.Progress) {
			status := text(200, "<GetStatusResponse><GetStatusResult><JobId>EX1ID</JobId><ProgressCode>"+code+
				"</ProgressCode></GetStatusResult></GetStatusResponse>")
			byStatus, err := play(status).client().Job(ctx, "EX1ID")
			Expect(err).NotTo(HaveOccurred())
			byError, err := play(refuse(http.StatusBadRequest, code+"JobIdException", "")).client().Job(ctx, "EX1ID")
			Expect(err).NotTo(HaveOccurred())
			Expect(byError).To(Equal(byStatus))
			Expect(byError.Progress).To(Equal(want))
			Expect(byError.Failure.Remedy).NotTo(BeEmpty())
			Expect(byError.ObservedAt).To(Equal(serviceTime()))
		},
		Entry(nil, "Canceled", providers.Canceled),
		Entry(nil, "Expired", providers.Expired),
	)

	It("says when there is no such job, with the service's words, time and request id", func(ctx context.Context) {
		s := play(goldenWith(http.StatusBadRequest, "error"))
		_, err := s.client().Job(ctx, "NOONE")
		e := errorOf(err)
		Expect(e.Kind).To(Equal(providers.NotFound))
		Expect(e.Code).To(Equal("InvalidJobIdException"))
		Expect(e.RequestID).To(Equal("a1f5a4c6-0adb-11df-a381-155bec6f7c93"))
		Expect(e.At).To(Equal(serviceTime()))
		Expect(e.Error()).To(Equal("GetStatus: InvalidJobIdException: The JOBID was missing, not found, or not associated with the AWS account."))
	})
})

var _ = Describe("CreateJob", func() {
	It("returns the job as it starts", func(ctx context.Context) {
		job, err := play(golden("create-job")).client().CreateJob(ctx, request("generator: s3export/v1 a 1 0123456789abcdef\ndeviceId: WD-1\n"))
		Expect(err).NotTo(HaveOccurred())
		Expect(job.ID).To(BeEquivalentTo("EX1ID"))
		Expect(job.Signature).To(Equal(exampleSignature))
		Expect(job.Mark).To(BeEquivalentTo("s3export/v1 a 1 0123456789abcdef"))
		Expect(job.DeviceID).To(Equal("WD-1"))
		Expect(job.ManifestDigest).NotTo(BeEmpty())
		Expect(job.Location).To(Equal(providers.NotReceived))
		Expect(job.Progress).To(Equal(providers.Pending))
		Expect(job.Created).To(Equal(serviceTime()))
		Expect(job.ObservedAt).To(Equal(serviceTime()))
		Expect(job.Warning).To(Equal("w"))
	})
})

var _ = Describe("CancelJob", func() {
	DescribeTable("is done when the job has ended already",
		func(ctx context.Context, code string) {
			Expect(play(refuse(400, code, "m")).client().CancelJob(ctx, "EX1ID")).To(Succeed())
		},
		Entry(nil, "CanceledJobIdException"), Entry(nil, "ExpiredJobIdException"), Entry(nil, "CanceledJobId"),
	)
	It("says when it is too late", func(ctx context.Context) {
		e := errorOf(play(refuse(400, "UnableToCancelJobIdException", "m")).client().CancelJob(ctx, "EX1ID"))
		Expect(e.Kind).To(Equal(providers.TooLate))
	})
	It("does not take an explicit no for a yes", func(ctx context.Context) {
		no := text(200, "<CancelJobResponse><CancelJobResult><Success>false</Success></CancelJobResult></CancelJobResponse>")
		e := errorOf(play(no).client().CancelJob(ctx, "EX1ID"))
		Expect(e.Kind).To(Equal(providers.TooLate))
	})
})

var _ = Describe("FindJobs", func() {
	mark := providers.Mark("s3export/v1 photos-a 1 0123456789abcdef")
	status := func(id, manifest string) http.HandlerFunc {
		return text(200, "<GetStatusResponse><GetStatusResult><JobId>"+id+"</JobId><CurrentManifest>"+manifest+
			"</CurrentManifest><ProgressCode>Pending</ProgressCode></GetStatusResult></GetStatusResponse>")
	}

	It("pages with the last id, asks for live export jobs only, and compares the mark", func(ctx context.Context) {
		s := play(golden("list-jobs"), status("EX3ID", "generator: other"), golden("list-jobs-last"), status("EX1ID", "generator: "+string(mark)))
		found, err := s.client().FindJobs(ctx, mark, time.Time{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.ObservedAt).To(Equal(serviceTime()))
		Expect(found.Jobs).To(HaveLen(1))
		Expect(found.Jobs[0].ID).To(BeEquivalentTo("EX1ID"))
		var asked []string
		for _, r := range s.requests() {
			f := form(r)
			asked = append(asked, f.Get("Action")+" "+f.Get("Marker")+f.Get("JobId"))
		}
		Expect(asked).To(Equal([]string{"ListJobs ", "GetStatus EX3ID", "ListJobs EX2ID", "GetStatus EX1ID"}))
	})

	It("leaves out jobs before since, and keeps one of the same second", func(ctx context.Context) {
		s := play(golden("list-jobs"), status("EX3ID", "generator: "+string(mark)), golden("list-jobs-last"))
		found, err := s.client().FindJobs(ctx, mark, time.Date(2015, 5, 27, 18, 58, 21, 900, time.UTC))
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Jobs).To(HaveLen(1))
		Expect(s.requests()).To(HaveLen(3))
	})

	It("skips jobs that vanish in between and manifests that nobody can read", func(ctx context.Context) {
		s := play(golden("list-jobs"), refuse(400, "InvalidJobIdException", "gone"), golden("list-jobs-last"), status("EX1ID", "{["))
		found, err := s.client().FindJobs(ctx, mark, time.Time{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Jobs).To(BeEmpty())
	})

	It("skips a job that was canceled in between", func(ctx context.Context) {
		s := play(golden("list-jobs"), refuse(400, "CanceledJobIdException", "gone"), golden("list-jobs-last"), status("EX1ID", ""))
		found, err := s.client().FindJobs(ctx, mark, time.Time{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Jobs).To(BeEmpty())
	})

	It("skips a job that a status shows as canceled in between", func(ctx context.Context) {
		canceled := text(200, "<GetStatusResponse><GetStatusResult><JobId>EX3ID</JobId><CurrentManifest>generator: "+string(mark)+
			"</CurrentManifest><ProgressCode>Canceled</ProgressCode></GetStatusResult></GetStatusResponse>")
		s := play(golden("list-jobs"), canceled, golden("list-jobs-last"), status("EX1ID", ""))
		found, err := s.client().FindJobs(ctx, mark, time.Time{})
		Expect(err).NotTo(HaveOccurred())
		Expect(found.Jobs).To(BeEmpty())
	})

	It("returns no half of an answer", func(ctx context.Context) {
		s := play(golden("list-jobs"), status("EX3ID", ""), refuse(403, "AccessDenied", "no"))
		found, err := s.client().FindJobs(ctx, mark, time.Time{})
		Expect(errorOf(err).Kind).To(Equal(providers.Denied))
		Expect(found).To(BeZero())
	})

	It("does not go round in circles", func(ctx context.Context) {
		empty := text(200, "<ListJobsResponse><ListJobsResult><Jobs/><IsTruncated>true</IsTruncated></ListJobsResult></ListJobsResponse>")
		_, err := play(empty).client().FindJobs(ctx, mark, time.Time{})
		Expect(errorOf(err).Kind).To(Equal(providers.Unexpected))
	})
})
