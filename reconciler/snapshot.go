package reconciler

import (
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
)

// Snapshot is the world as it was seen: values only, no handles.
type Snapshot struct {
	At     time.Time // local clock
	Traits providers.Traits
	// Incapable says why this host cannot fill drives; nil: it can, or need not.
	Incapable *device.Refusal
	Job       JobSeen
	Device    device.State
	Record    Record
	// Replaced is the run whose volume the spec allows erasing, as the journal knows
	// it; empty without one.
	Replaced Run
	// Drive is what is known of the drive, empty for one that was never seen, and Copies
	// of all drives, where the spec allows erasing an older run.
	Drive  DriveRecord
	Copies []DriveRecord
	// Named is the job that the limits name; nil until Decide named it in Lacks.
	Named *JobSeen

	// Facts that cost, each nil until Decide named it in Lacks.
	Marked   *MarkedSeen
	Checked  *CheckSeen
	Surveyed *SurveySeen
}

// JobSeen is what the service said of the job whose id the record holds.
type JobSeen struct {
	Asked bool // false: there is no id, or the answer would change nothing
	Job   providers.Job
	Err   error // the service could not be asked
}

// MarkedSeen is what the service said of jobs that carry this run's mark.
type MarkedSeen struct {
	Jobs       []providers.Job
	ObservedAt time.Time // service's clock
	Err        error
}

// CheckSeen is what the service's own validation said of the manifest.
type CheckSeen struct {
	Warning string
	Err     error
}

// SurveySeen is what was found of the source.
type SurveySeen struct {
	Fact BaselineFact // of a listing that is kept where the caller may write
	Err  error
}

// FactKind names a fact that is fetched only when Decide lacks it.
type FactKind string

// The facts that cost.
const (
	FactMarkedJobs   FactKind = "MarkedJobs"   // jobs that carry our mark
	FactServiceCheck FactKind = "ServiceCheck" // the service's own validation of the manifest
	FactSurvey       FactKind = "Survey"       // the listing of what the load selects
)
