package simulator

import (
	"errors"
	"fmt"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/delivery"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

// State is all that the control API tells about a simulator.
type State struct {
	Now time.Time `json:"now"`
	// Advanced is by how much the clock was moved so far.
	Advanced Duration           `json:"advanced"`
	Jobs     []JobState         `json:"jobs"`
	Parcels  []warehouse.Parcel `json:"parcels"`
	Schedule Schedule           `json:"schedule"`
	Faults   Faults             `json:"faults"`
}

// JobState is a job without its manifest. Codes are the true ones.
type JobState struct {
	ID      string    `json:"id"`
	Type    string    `json:"type"`
	Created time.Time `json:"created"`
	jobs.Codes
	LogBucket  string `json:"logBucket,omitempty"`
	LogKey     string `json:"logKey,omitempty"`
	ErrorCount int    `json:"errorCount,omitempty"`
}

// Advanced is the answer to a move of the clock.
type Advanced struct {
	Now    time.Time         `json:"now"`
	Events []warehouse.Event `json:"events"`
}

// Err returns the first problem that the warehouse had, or nil.
func (a Advanced) Err() error {
	for _, e := range a.Events {
		if e.Problem != "" {
			return &ControlError{
				Reason:  "LoadFailed",
				Message: fmt.Sprintf("job %q: %s", e.Job, e.Problem),
				Remedy:  "see the message, put it right, and ship the device for a new job",
			}
		}
	}
	return nil
}

// Schedule is the times of a parcel's journey.
type Schedule struct {
	Transit Duration `json:"transit"`
	Wait    Duration `json:"wait"`
	Load    Duration `json:"load"`
	Back    Duration `json:"back"`
}

func fromWarehouse(s warehouse.Schedule) Schedule {
	return Schedule{Duration(s.Transit), Duration(s.Wait), Duration(s.Load), Duration(s.Back)}
}

func (s Schedule) toWarehouse() warehouse.Schedule {
	return warehouse.Schedule{
		Transit: time.Duration(s.Transit), Wait: time.Duration(s.Wait),
		Load: time.Duration(s.Load), Back: time.Duration(s.Back),
	}
}

// Bucket is a bucket to make, with options that S3's CreateBucket does not have.
type Bucket struct {
	Name   string `json:"name"`
	Region string `json:"region,omitempty"` // default: the simulator's
	// Encryption of objects that ask for none: AES256 (the default), or aws:kms and
	// aws:kms:dsse, whose ETags are no MD5s.
	Encryption string `json:"encryption,omitempty"`
	// Versioning is Enabled, Suspended or empty; S3's PutBucketVersioning changes it.
	Versioning store.Versioning `json:"versioning,omitempty"`
	// Checksum of objects whose writers send none: CRC64NVME (the default), or none, as
	// before December 2024.
	Checksum string `json:"checksum,omitempty"`
}

// Archiving moves an object of the class INTELLIGENT_TIERING to an archive tier.
type Archiving struct {
	Bucket  string `json:"bucket"`
	Key     string `json:"key"`
	Version string `json:"version,omitempty"` // empty for the newest
	Status  string `json:"status"`            // ARCHIVE_ACCESS or DEEP_ARCHIVE_ACCESS
}

// ExpiredStage is the stage of an advance to a job's expiry.
const ExpiredStage = "expired"

type shipRequest struct {
	Job    string `json:"job"`
	Device string `json:"device"`
}

type loseRequest struct {
	Job string `json:"job"`
}

type advanceRequest struct {
	By  Duration `json:"by,omitempty"`
	Job string   `json:"job,omitempty"`
	To  string   `json:"to,omitempty"`
}

// ControlError is a refusal of the control API.
type ControlError struct {
	Reason  string `json:"reason"`
	Message string `json:"message"`
	Remedy  string `json:"remedy"`

	status int
}

// Error returns the message.
func (e *ControlError) Error() string { return e.Message }

// controlError gives an error the shape of the API.
func controlError(err error) *ControlError {
	if e, ok := errors.AsType[*ControlError](err); ok {
		return e
	}
	if r, ok := errors.AsType[*warehouse.Refusal](err); ok {
		return &ControlError{Reason: r.Reason, Message: r.Message, Remedy: r.Remedy, status: statusOf(r.Reason)}
	}
	if o, ok := errors.AsType[*delivery.OrderError](err); ok {
		return badRequest(o.Problem, o.Remedy)
	}
	return &ControlError{Reason: "Internal", Message: err.Error(), Remedy: "see the simulator's log", status: 500}
}

func statusOf(reason string) int {
	switch reason {
	case "NoSuchJob", "NoDevice":
		return 404
	case "AlreadyShipped", "AlreadyArrived", "DeviceBusy", "Lost", "NotShipped", "NotPlayed":
		return 409
	}
	return 400
}
