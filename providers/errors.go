package providers

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// ErrorKind classes the errors of a service by what a caller does about them.
type ErrorKind string

// The kinds.
const (
	Transient     ErrorKind = "Transient"     // network, 5xx: worth another try
	Throttled     ErrorKind = "Throttled"     // slow down, then another try
	QuotaExceeded ErrorKind = "QuotaExceeded" // too many jobs today
	Unreachable   ErrorKind = "Unreachable"   // nobody answers at the endpoint
	Denied        ErrorKind = "Denied"        // credentials or rights
	Invalid       ErrorKind = "Invalid"       // the request or its manifest is refused
	NotFound      ErrorKind = "NotFound"      // no such job, bucket or object
	JobCanceled   ErrorKind = "JobCanceled"   // a fact about the job
	JobExpired    ErrorKind = "JobExpired"    // a fact about the job
	TooLate       ErrorKind = "TooLate"       // the job can no longer be changed
	// OutcomeUnknown: the request was sent and the answer lost, so the service may
	// have acted. Look for the mark before doing it again.
	OutcomeUnknown ErrorKind = "OutcomeUnknown"
	Unexpected     ErrorKind = "Unexpected" // anything else
)

// Error is a service's refusal or failure.
type Error struct {
	Kind      ErrorKind
	Op        string // such as "CreateJob"
	Code      string // the service's code, verbatim
	Message   string // the service's message, redacted where it echoes a manifest
	Remedy    string // what a person can do; never empty
	RequestID string
	At        time.Time // on the service's clock; zero when it did not answer
	Err       error     // the cause, for errors.Is and errors.As
}

// Error returns one line: operation, code, message.
func (e *Error) Error() string {
	parts := []string{e.Op}
	if e.Code != "" {
		parts = append(parts, e.Code)
	}
	switch {
	case e.Message != "":
		parts = append(parts, e.Message)
	case e.Err != nil:
		parts = append(parts, fmt.Sprint(e.Err))
	}
	return strings.Join(parts, ": ")
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf returns the kind of the *Error that err is or wraps, and Unexpected for
// any other error.
func KindOf(err error) ErrorKind {
	if e, ok := errors.AsType[*Error](err); ok {
		return e.Kind
	}
	return Unexpected
}
