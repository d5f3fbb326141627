package verify

import (
	"cmp"
	"fmt"
	"time"
)

// Acceptance is a decision of a person that findings of one outcome are no reason to
// distrust the copy: for what can never be proven, such as objects under a customer's
// key. Accepted findings stay in the report, are counted apart, and do not weigh in
// the verdict.
type Acceptance struct {
	Outcome Outcome `json:"outcome"`
	// Keys that are meant, as ParseKeys reads them. A file that no object leads to is meant
	// by its path on the drive.
	Keys   string    `json:"keys"`
	Reason string    `json:"reason"`
	Until  time.Time `json:"until"` // from then on it does not count
	// Findings is how many it has taken in; set in a report.
	Findings int64 `json:"findings"`

	pattern *KeyPattern // of Keys, once checked
}

// Acceptable reports whether findings of the outcome can be accepted. What is known to
// be wrong cannot: it is to be mended.
func (o Outcome) Acceptable() bool {
	switch o {
	case Unverifiable, ChangedAfterExport, MissingOnSource, MissingOnDevice:
		return true
	case Match, Differ, Failure, Extra:
	}
	return false
}

// check makes an acceptance ready for use.
func (a *Acceptance) check() error {
	if !a.Outcome.Acceptable() {
		return fmt.Errorf("outcome %q cannot be accepted", a.Outcome)
	}
	if a.Keys == "" {
		return fmt.Errorf("outcome %q: no keys are named", a.Outcome)
	}
	pattern, err := ParseKeys(a.Keys)
	a.pattern = &pattern
	return err
}

// takes reports whether the acceptance holds for the finding.
func (a *Acceptance) takes(f *Finding, now time.Time) bool {
	if f.Outcome != a.Outcome || !now.Before(a.Until) {
		return false
	}
	name := cmp.Or(f.Key, f.Path) // of what has no key, the path is all that tells it
	return a.pattern.Match(f.Bucket, name)
}
