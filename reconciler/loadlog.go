package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// LogFact says that the service's log of the load is kept, or why there is none.
type LogFact struct {
	At     time.Time `json:"at"`
	File   string    `json:"file,omitempty"` // in the run's directory
	SHA256 string    `json:"sha256,omitempty"`
	Lines  int64     `json:"lines,omitempty"`  // about objects
	Failed int64     `json:"failed,omitempty"` // of these
	Moved  int64     `json:"moved,omitempty"`  // objects under another path than their keys say
	Unread int64     `json:"unread,omitempty"` // lines that could not be understood
	// Failures are the first of those that failed.
	Failures []LogFailure `json:"failures,omitempty"`
	// Warnings tell of the first lines that could not be understood.
	Warnings []string `json:"warnings,omitempty"`
	// Problem is why there is no log, and Remedy what a person can do to have it.
	Problem string `json:"problem,omitempty"`
	Remedy  string `json:"remedy,omitempty"`
}

// LogFailure is an object that the service has not loaded.
type LogFailure struct {
	Bucket string `json:"bucket"`
	Key    string `json:"key"`
	Code   string `json:"code"` // the service's
}

// MaxLogFailures is how many failures a LogFact holds; the log has them all.
const MaxLogFailures = 20

// logKept keeps the service's log before the proof, which uses it. It ends nothing:
// a log that is not there is a fact too. One that could not be had is asked for again,
// once, with a proof that is asked for again.
func (c *deciding) logKept() {
	l, log := c.run.Load, c.run.Log
	if l == nil || l.LogKey == "" {
		return
	}
	first := log == nil && len(c.run.Proofs) == 0
	again := c.limits.Reverify && !c.limits.logAsked && (log == nil || log.Problem != "")
	if first || again {
		c.do(KeepLog{Bucket: l.LogBucket, Key: l.LogKey})
	}
}

// keepLog fetches the log. Where another try would not help, that is noted, and the
// proof does without it.
func (x *execution) keepLog(ctx context.Context, a KeepLog) error {
	fact, err := x.Evidence.KeepLog(ctx, x.want, *x.run.Load)
	if e, ok := errors.AsType[*providers.Error](err); ok && isLasting(e.Kind) {
		fact, err = LogFact{At: x.Clock(), Problem: e.Error(), Remedy: e.Remedy}, nil
		if e.Kind == providers.NotFound {
			fact.Remedy = "put it back there, if somebody has moved or removed it"
		}
		x.record = x.record.note(Event{At: fact.At, Run: x.run.Name, Reason: nameKeepLog, Message: "could not have the service's log: " + fact.Problem})
	}
	if err != nil {
		return fmt.Errorf("fetching the service's log s3://%s/%s: %w", a.Bucket, a.Key, err)
	}
	x.run.Log = &fact
	return nil
}

// isLasting reports whether a refusal is the same at the next try: no such object, no
// right to it, a bucket in another region, an object that cannot be a log.
func isLasting(k providers.ErrorKind) bool {
	switch k {
	case providers.NotFound, providers.Denied, providers.Invalid, providers.Unexpected:
		return true
	default:
		return false
	}
}
