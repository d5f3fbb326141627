package main

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler"
)

var _ = Describe("the end of a job", func() {
	now := time.Date(2026, 11, 25, 12, 0, 0, 0, time.UTC)

	DescribeTable("is counted down on the service's clock", func(change func(*reconciler.Run), want string) {
		run := reconciler.Run{Job: &reconciler.JobFact{ID: "EX1ID", ExpiresAt: now.Add(30 * 24 * time.Hour)}}
		change(&run)
		Expect(expiry(run, now)).To(Equal(want))
	},
		Entry("in days", func(*reconciler.Run) {}, "in 30d"),
		Entry("with a service that is ahead", func(r *reconciler.Run) { r.Journey = &reconciler.JourneyFact{ClockAhead: 20 * 24 * 3600} }, "in 10d"),
		Entry("in hours", func(r *reconciler.Run) { r.Job.ExpiresAt = now.Add(90 * time.Minute) }, "in 1h"),
		Entry("when it is over", func(r *reconciler.Run) { r.Job.ExpiresAt = now }, "now"),
		Entry("until the service has the drive", func(r *reconciler.Run) { r.Journey = &reconciler.JourneyFact{ReceivedAt: now} }, "-"),
		Entry("not for a run that was canceled", func(r *reconciler.Run) { r.Canceled = &reconciler.CanceledFact{} }, "-"),
		Entry("not for a job that has ended", func(r *reconciler.Run) { r.Failed = &reconciler.FailedFact{} }, "-"),
		Entry("not without a job", func(r *reconciler.Run) { r.Job = nil }, "-"),
	)
})
