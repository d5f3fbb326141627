package specs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Acceptance is what a proof need not show: objects that can never be proven, or that
// are known not to be on the drive. All members are required.
type Acceptance struct {
	// Outcome that is accepted: unverifiable, missingOnDevice, changedAfterExport or
	// missingOnSource. What differs or cannot be read is never accepted.
	Outcome string `json:"outcome"`
	// Keys that are meant, as s3://bucket/key or as key: * stands for any text without /,
	// ** for any text, ? for one character that is no /.
	Keys string `json:"keys"`
	// Reason in words, for the first page of the report.
	Reason string `json:"reason"`
	// Until is the last day on which it is accepted (UTC), such as "2027-06-30".
	Until Date `json:"until"`
}

// AcceptableOutcomes are the outcomes of a verification that a spec can accept. What
// is not equal, and what could not be read, is not among them: that is what a proof is
// for.
func AcceptableOutcomes() []string {
	return []string{"unverifiable", "missingOnDevice", "changedAfterExport", "missingOnSource"}
}

const bucketScheme = "s3://"

// Date is a day as written: 2027-06-30.
type Date string

// Parse returns the moment at which the day ends in UTC. The empty Date is the zero
// time.
func (d Date) Parse() (time.Time, error) {
	if d == "" {
		return time.Time{}, nil
	}
	day, err := time.Parse(time.DateOnly, string(d))
	if err != nil {
		return time.Time{}, &FieldError{Problem: quote(string(d)) + " is no day", Remedy: `write year, month and day, such as "2027-06-30"`}
	}
	return day.AddDate(0, 0, 1), nil
}

// Download says whether objects may be fetched to be compared.
type Download string

// The values of Download.
const (
	DownloadNever    Download = "Never"
	DownloadIfNeeded Download = "IfNeeded"
)

// Against says what a drive is compared with.
type Against string

// The values of Against.
const (
	AgainstBucket   Against = "bucket"
	AgainstBaseline Against = "baseline"
	AgainstBoth     Against = "both"
)

func checkVerify(r *resolver, b Backup) {
	v := b.Spec.Verify
	_, err := v.Sample.Parse()
	r.parsed("spec.verify.sample", err)
	_, err = v.MaxAge.Parse()
	r.parsed("spec.verify.maxAge", err)
	oneOf(r, "spec.verify.download", v.Download, DownloadNever, DownloadIfNeeded)
	oneOf(r, "spec.verify.against", v.Against, AgainstBucket, AgainstBaseline, AgainstBoth)
	for i, a := range v.Accept {
		checkAcceptance(r, fmt.Sprintf("spec.verify.accept[%d]", i), a)
	}
}

func checkAcceptance(r *resolver, field string, a Acceptance) {
	known := AcceptableOutcomes()
	switch {
	case a.Outcome == "":
		r.problem(field+".outcome", "missing", "write "+among(known))
	case !slices.Contains(known, a.Outcome):
		r.problem(field+".outcome", quote(a.Outcome)+" cannot be accepted", "write "+among(known)+"; what differs or cannot be read has to be copied again")
	}
	if a.Keys == "" || strings.HasPrefix(a.Keys, bucketScheme) && !regexp.MustCompile(`^s3://[^/]+/.`).MatchString(a.Keys) {
		r.problem(field+".keys", quote(a.Keys)+" names no keys", `write a key or s3://bucket/key, * and ** for any text, such as "s3://photos/raw/**"`)
	}
	if strings.TrimSpace(a.Reason) == "" {
		r.problem(field+".reason", "missing", "write in words why this is accepted: it stands on the first page of the report")
	}
	if a.Until == "" {
		r.problem(field+".until", "missing", `write the last day on which it is accepted, such as "2027-06-30"`)
	}
	_, err := a.Until.Parse()
	r.parsed(field+".until", err)
}

// oneOf reports a value that is not known; the empty one is.
func oneOf[T ~string](r *resolver, field string, value T, known ...T) {
	if value == "" || slices.Contains(known, value) {
		return
	}
	names := make([]string, 0, len(known))
	for _, k := range known {
		names = append(names, string(k))
	}
	if meant := suggest(string(value), names); meant != "" {
		r.problem(field, quote(string(value))+" is not known", "did you mean "+meant+"?")
		return
	}
	r.problem(field, quote(string(value))+" is not known", "write "+among(names))
}
