package reconciler

import "time"

// CopyFact says what a copy of ours has come to: objects and bytes that were fetched, and
// that an older run had left on the drive.
type CopyFact struct {
	StartedAt    time.Time `json:"startedAt"`
	Fetched      int64     `json:"fetched"`
	FetchedBytes int64     `json:"fetchedBytes"`
	Unproven     int64     `json:"unproven,omitempty"` // of those fetched, what the service keeps nothing of to compare with
	Kept         int64     `json:"kept,omitempty"`
	KeptBytes    int64     `json:"keptBytes,omitempty"`
	Changed      int64     `json:"changed,omitempty"`  // objects that were replaced after they were listed
	Gone         int64     `json:"gone,omitempty"`     // removed after they were listed
	Replaced     int64     `json:"replaced,omitempty"` // files that gave way
	Pruned       int64     `json:"pruned,omitempty"`   // files that were no objects of the source
}
