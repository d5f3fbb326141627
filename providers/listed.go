package providers

import "time"

// ListedJob is a job as a listing shows it: less than a Job tells, and canceled ones
// too.
type ListedJob struct {
	ID       JobID
	Created  time.Time // UTC; zero when the service gave no date that can be read
	Canceled bool
	Type     string // the service's word, such as Export or Import
}
