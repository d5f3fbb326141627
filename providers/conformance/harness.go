package conformance

import (
	"context"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// Reader is what reconciler.JobReader asks of a service.
type Reader interface {
	Traits() providers.Traits
	Job(ctx context.Context, id providers.JobID) (providers.Job, error)
	FindJobs(ctx context.Context, m providers.Mark, since time.Time) (providers.Found, error)
	Check(ctx context.Context, r providers.JobRequest) (string, error)
}

// Writer is what reconciler.JobWriter asks of a service.
type Writer interface {
	CreateJob(ctx context.Context, r providers.JobRequest) (providers.Job, error)
	UpdateJob(ctx context.Context, id providers.JobID, r providers.JobRequest) error
	CancelJob(ctx context.Context, id providers.JobID) error
	Label(ctx context.Context, ids []providers.JobID, from providers.Address) (providers.Label, error)
}

// Service is a service under test.
type Service interface {
	Reader
	Writer
}

// Controls play the service's side. Failures to do so fail the spec inside.
type Controls struct {
	// LoseCreate makes the next CreateJob have its effect and lose its answer.
	LoseCreate func(ctx context.Context)
	// Start lets the transfer of a job begin: it can no longer be changed.
	Start func(ctx context.Context, id providers.JobID)
	// Expire ends a job whose drive did not come in time.
	Expire func(ctx context.Context, id providers.JobID)
	// Advance moves the service's clock.
	Advance func(ctx context.Context, by time.Duration)
}

// Harness is what the suite needs of a service.
type Harness struct {
	// New returns a fresh service without jobs, on which buckets Bucket and
	// LogBucket exist. It may use GinkgoT and DeferCleanup.
	New func(ctx context.Context) (Service, Controls)
	// Bucket to export and LogBucket.
	Bucket, LogBucket string
	// PageSize of the service's listing of jobs; the suite makes more jobs than
	// twice that, so keep it small.
	PageSize int
}
