package reconciler

import (
	"errors"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/verify"
)

// verdict is what an error means for the backup: another try after a pause, or a
// stop that only a person can end.
type verdict struct {
	stop    bool
	pause   time.Duration
	reason  Reason
	message string
	remedy  string
}

// judge is the only place where an error becomes a decision. attempt counts the
// tries of the same step, from 1. Nothing unknown ever leads to an erase or a
// cancel: it is tried a bounded number of times and then stops.
func judge(err error, attempt int) verdict {
	if e, ok := errors.AsType[*secret.Error](err); ok {
		return verdict{stop: true, reason: SecretUnreadable, message: err.Error(), remedy: e.Remedy}
	}
	if e, ok := errors.AsType[*UncopiedError](err); ok {
		return verdict{stop: true, reason: ObjectsUncopied, message: err.Error(), remedy: remedyOf(e.First) + "; then " + e.again()}
	}
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return judgeService(e, err, attempt)
	}
	if e, ok := errors.AsType[*device.Refusal](err); ok {
		return verdict{stop: true, reason: Reason(e.Reason), message: err.Error(), remedy: e.Remedy}
	}
	if e, ok := errors.AsType[*device.Error](err); ok {
		return judgeDevice(e, err, attempt)
	}
	if e, ok := errors.AsType[*PaperError](err); ok {
		return verdict{stop: true, reason: PaperworkUnprintable, message: err.Error(), remedy: e.Remedy}
	}
	if e, ok := errors.AsType[*RestoringError](err); ok {
		return verdict{pause: e.pause(), reason: Restoring, message: e.Error(), remedy: "the service has restored them: the rest of the source is on the drive, and they are fetched by themselves"}
	}
	if e, ok := errors.AsType[*FullError](err); ok {
		return verdict{stop: true, reason: DriveFull, message: err.Error(), remedy: e.Remedy}
	}
	if e, ok := errors.AsType[*FileError](err); ok {
		return verdict{stop: true, reason: FileTrouble, message: err.Error(), remedy: e.Remedy}
	}
	if errors.Is(err, verify.ErrTimeUp) {
		return verdict{pause: lookForDrive, reason: ProofPaused, message: err.Error(), remedy: remedyOf(err)}
	}
	return bounded(err, attempt)
}

func judgeService(e *providers.Error, err error, attempt int) verdict {
	v := verdict{message: err.Error(), remedy: e.Remedy, pause: pauseAfter(attempt), reason: Retrying}
	switch e.Kind {
	case providers.Transient, providers.Throttled, providers.Unreachable, providers.OutcomeUnknown:
		return v
	case providers.QuotaExceeded:
		v.pause = longPause
		return v
	case providers.Denied:
		v.stop, v.reason = true, AccessDenied
	case providers.Invalid:
		v.stop, v.reason = true, ManifestRefused
	case providers.NotFound:
		v.stop, v.reason = true, NotFound
	case providers.JobCanceled, providers.JobExpired, providers.TooLate:
		v.stop, v.reason = true, Refused
	case providers.Unexpected:
		return bounded(err, attempt)
	}
	return v
}

func judgeDevice(e *device.Error, err error, attempt int) verdict {
	if e.Gone() {
		return verdict{pause: lookForDrive, reason: PlugInDrive, message: err.Error(), remedy: e.Remedy}
	}
	if e.Reason == device.DeviceInUse {
		return verdict{pause: lookAtBusy, reason: DeviceBusy, message: err.Error(), remedy: e.Remedy}
	}
	if e.Reason == device.DeviceIO && attempt < maxAttempts {
		return verdict{pause: pauseAfter(attempt), reason: Retrying, message: err.Error(), remedy: e.Remedy}
	}
	return verdict{stop: true, reason: Reason(e.Reason), message: err.Error(), remedy: e.Remedy}
}

// bounded is for what nobody knows: a few tries, then a person.
func bounded(err error, attempt int) verdict {
	v := verdict{message: err.Error(), remedy: remedyOf(err), pause: pauseAfter(attempt), reason: Retrying}
	if attempt >= maxAttempts {
		v.stop, v.reason = true, GivenUp
	}
	return v
}

func remedyOf(err error) string {
	if e, ok := errors.AsType[*providers.Error](err); ok && e.Remedy != "" {
		return e.Remedy
	}
	if e, ok := errors.AsType[*verify.Error](err); ok {
		return e.Remedy
	}
	return "look at the message; if it makes no sense, run the same with -vv and report it"
}

// failed reports whether the try counts as one that went wrong: a device that is
// busy, or was taken away, is waited for however long it takes, and so is time.
func (v verdict) failed() bool {
	return v.reason != DeviceBusy && v.reason != PlugInDrive && v.reason != ProofPaused && v.reason != Restoring
}

// outcome returns the verdict as the end of a reconcile.
func (v verdict) outcome(now time.Time) Outcome {
	if v.stop {
		return Blocked{Reason: v.reason, Message: v.message, Remedy: v.remedy}
	}
	ends := "another try succeeds; " + v.remedy
	if v.reason == ProofPaused || v.reason == Restoring {
		ends = v.remedy
	}
	if v.reason == PlugInDrive {
		ends = "the drive is plugged in; " + v.remedy
	}
	return Waiting{Reason: v.reason, Message: v.message, Ends: ends, Since: now, NextLook: now.Add(v.pause), Failed: v.failed()}
}
