package reconciler

import (
	"context"
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
	// Problem is why there is no log.
	Problem string `json:"problem,omitempty"`
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
// a log that is not there is a fact too.
func (c *deciding) logKept() {
	if l := c.run.Load; l != nil && l.LogKey != "" && c.run.Log == nil && len(c.run.Proofs) == 0 {
		c.do(KeepLog{Bucket: l.LogBucket, Key: l.LogKey})
	}
}

// keepLog fetches the log. One that is gone or may not be read is noted; the proof
// does without it.
func (x *execution) keepLog(ctx context.Context, a KeepLog) error {
	fact, err := x.Evidence.KeepLog(ctx, x.want, *x.run.Load)
	switch kind := providers.KindOf(err); {
	case err != nil && (kind == providers.NotFound || kind == providers.Denied):
		fact = LogFact{At: x.Clock(), Problem: err.Error()}
	case err != nil:
		return fmt.Errorf("fetching the service's log s3://%s/%s: %w", a.Bucket, a.Key, err)
	}
	x.run.Log = &fact
	return nil
}
