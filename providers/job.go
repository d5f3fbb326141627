package providers

import (
	"time"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// JobID is the service's name of a job.
type JobID string

// Location says where the drive of a job is, as the service sees it.
type Location string

// The locations. A code that is not known maps to LocationUnknown, which permits
// waiting and nothing else.
const (
	LocationUnknown Location = "Unknown"
	NotReceived     Location = "NotReceived"
	AtService       Location = "AtService"
	Returned        Location = "Returned"
)

// Progress says how far the service's work on a job is.
type Progress string

// The progresses. A code that is not known maps to ProgressUnknown, which permits
// waiting and nothing else.
const (
	ProgressUnknown    Progress = "Unknown"
	Pending            Progress = "Pending"
	InProgress         Progress = "InProgress"
	Complete           Progress = "Complete"
	CompleteWithErrors Progress = "CompleteWithErrors"
	Canceled           Progress = "Canceled"
	Expired            Progress = "Expired"
	Failed             Progress = "Failed" // Job.Failure says why
)

// Ended reports whether the service will do no more work on the job.
func (p Progress) Ended() bool {
	switch p {
	case Complete, CompleteWithErrors, Canceled, Expired, Failed:
		return true
	case ProgressUnknown, Pending, InProgress:
		return false
	}
	return false
}

// EndedWell reports whether the service has loaded the drive, errors on single
// files included.
func (p Progress) EndedWell() bool { return p == Complete || p == CompleteWithErrors }

// Job is a unit of work at a service, as it was seen at ObservedAt.
type Job struct {
	ID         JobID
	Mark       Mark // found in the job; empty when it carries none of ours
	Created    time.Time
	ObservedAt time.Time // on the service's clock (Date of its answer)

	Location Location
	Progress Progress
	// Codes and messages of the service, shown as they are.
	LocationCode, LocationMessage string
	ProgressCode, ProgressMessage string
	// Failure explains Progress Failed, Canceled and Expired; nil otherwise.
	Failure *Failure

	// Signature is the exact text of the SIGNATURE file; empty without one.
	Signature string
	// DeviceID that the job was created for.
	DeviceID string
	// ManifestDigest is the digest of the manifest that the service holds, secret
	// values left out (see manifest.Digest).
	ManifestDigest string

	Carrier, TrackingNumber string // of the way back
	LogBucket, LogKey       string // once the log is written
	ErrorCount              int    // files that could not be loaded
	Warning                 string // the service's remark on a creation or update
}

// Failure is a job's bad end: a constant reason, what the service found, and what a
// person can do.
type Failure struct {
	Reason  string // CamelCase, such as MissingSignature
	Meaning string // one sentence for people, without a full stop
	Remedy  string
}

// Found is the answer to a look-up by mark.
type Found struct {
	Jobs       []Job
	ObservedAt time.Time // on the service's clock
}

// JobRequest is what a job is created or updated with. The manifest carries the
// mark already.
type JobRequest struct {
	Manifest secret.Value
}

// Label is a pre-paid shipping label.
type Label struct {
	Bucket, Key string // where the PDF is
	URL         string // as the service gave it, less a signature
	Warning     string
}

// Address is the sender's address of a parcel.
type Address = manifest.Address
