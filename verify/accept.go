package verify

import (
	"fmt"
	"path"
	"strings"
	"time"
)

// Acceptance is a decision of a person that findings of one outcome are no reason to
// distrust the copy: for what can never be proven, such as objects under a customer's
// key. Accepted findings stay in the report, are counted apart, and do not weigh in
// the verdict.
type Acceptance struct {
	Outcome Outcome   `json:"outcome"`
	Keys    string    `json:"keys"` // a pattern of path.Match for "s3://bucket/key"; a "**" at its end takes in all below
	Reason  string    `json:"reason"`
	Until   time.Time `json:"until"` // from then on it does not count
	// Findings is how many it has taken in; set in a report.
	Findings int64 `json:"findings"`
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

func (a *Acceptance) check() error {
	if !a.Outcome.Acceptable() {
		return fmt.Errorf("outcome %q cannot be accepted", a.Outcome)
	}
	if _, err := path.Match(strings.TrimSuffix(a.Keys, "**"), ""); err != nil {
		return fmt.Errorf("keys %q: %w", a.Keys, err)
	}
	return nil
}

// takes reports whether the acceptance holds for the finding.
func (a *Acceptance) takes(f *Finding, now time.Time) bool {
	if f.Outcome != a.Outcome || !now.Before(a.Until) {
		return false
	}
	name := "s3://" + f.Bucket + "/" + f.Key
	if start, all := strings.CutSuffix(a.Keys, "**"); all {
		return strings.HasPrefix(name, start)
	}
	ok, _ := path.Match(a.Keys, name) //nolint:errcheck // checked before
	return ok
}
