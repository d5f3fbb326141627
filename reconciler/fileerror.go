package reconciler

import (
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/cargomedia/s3export/specs"
)

// FileError is a file of ours (record, baseline, label, report) that could not be
// read or written.
type FileError struct {
	Op     string // such as "writing"
	Path   string
	Remedy string // never empty
	Err    error
}

// Error returns one line, without the path that the os package repeats.
func (e *FileError) Error() string {
	err := e.Err
	if p, ok := errors.AsType[*fs.PathError](err); ok {
		err = p.Err
	}
	return fmt.Sprintf("%s %q: %v", e.Op, e.Path, err)
}

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// RestoringError says that objects are not readable before the service has restored them.
type RestoringError struct {
	Objects int
	Tier    string
}

// Error says how many they are.
func (e *RestoringError) Error() string {
	return fmt.Sprintf("%s not readable yet: restoring from an archive class (%s)", objects(int64(e.Objects)), e.Tier)
}

// pause is how long it is worth waiting before they are asked for again. Source: S3 User
// Guide, "Restoring an archived object": minutes, hours, and half a day.
func (e *RestoringError) pause() time.Duration {
	switch e.Tier {
	case specs.TierExpedited:
		return 10 * time.Minute
	case specs.TierBulk:
		return 6 * time.Hour
	}
	return 2 * time.Hour
}

// UncopiedError says that all but a few objects are on the drive.
type UncopiedError struct {
	Objects int
	First   error // why one of them is not
	Repair  bool  // they were to be fetched again, in place of bad files
}

// Error says how many they are, and why one of them is not there.
func (e *UncopiedError) Error() string {
	return fmt.Sprintf("%s could not be copied, all others are on the drive: %v", objects(int64(e.Objects)), e.First)
}

// Unwrap returns why one of them is not there.
func (e *UncopiedError) Unwrap() error { return e.First }

// again is how the rest is fetched.
func (e *UncopiedError) again() string {
	if e.Repair {
		return "run `s3export repair` again: only what is still bad is fetched"
	}
	return "apply again: only what is missing is fetched"
}

// FullError says that the drive is full before all of the source is on it.
type FullError struct {
	Problem string // with what is on the drive, and what is not
	Remedy  string // names the spec that goes on with another drive
}

// Error returns the problem.
func (e *FullError) Error() string { return e.Problem }
