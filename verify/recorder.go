package verify

import (
	"cmp"
	"slices"
	"strings"
)

const (
	findingsMax = 100_000 // kept in a report; all go to the Sink
	sampledMax  = 10_000  // listed in a report
)

// recorder gathers findings into a report. It is not safe for concurrent use.
type recorder struct {
	report  *Report
	tallies map[tallyKey]*Tally
	sink    Sink
}

type tallyKey struct {
	outcome Outcome
	reason  Reason
	method  Method
}

func newRecorder(r *Report, sink Sink) *recorder {
	return &recorder{report: r, tallies: map[tallyKey]*Tally{}, sink: sink}
}

func (r *recorder) record(f Finding) error {
	key := tallyKey{f.Outcome, f.Reason, f.Evidence.Method}
	t := r.tallies[key]
	if t == nil {
		t = &Tally{Outcome: f.Outcome, Reason: f.Reason, Method: f.Evidence.Method, Class: f.Evidence.Class}
		r.tallies[key] = t
	}
	t.Files++
	t.Bytes += f.Size
	if f.Outcome == Match {
		return nil
	}
	if len(r.report.Findings) < findingsMax {
		r.report.Findings = append(r.report.Findings, f)
	} else {
		r.report.Omitted++
	}
	if r.sink == nil {
		return nil
	}
	if err := r.sink.Finding(f); err != nil {
		return &Error{Op: "keeping a finding", Err: err, Remedy: "make room where the report is kept, then run it again"}
	}
	return nil
}

// drawn notes how a unit of the sample came out.
func (r *recorder) drawn(f Finding) {
	s := &r.report.Sample
	s.Drawn++
	switch f.Outcome.Verdict() {
	case Pass:
	case Fail:
		s.Bad++
	case Incomplete:
		s.Undecided++
	}
	if len(s.Objects) < sampledMax {
		s.Objects = append(s.Objects, Sampled{Path: f.Path, Outcome: f.Outcome, Method: f.Evidence.Method})
	}
}

func (r *recorder) finish() {
	for _, t := range r.tallies {
		r.report.Tallies = append(r.report.Tallies, *t)
	}
	rank := Outcomes()
	slices.SortFunc(r.report.Tallies, func(a, b Tally) int {
		return cmp.Or(slices.Index(rank, a.Outcome)-slices.Index(rank, b.Outcome),
			strings.Compare(string(a.Reason), string(b.Reason)), strings.Compare(string(a.Method), string(b.Method)))
	})
	slices.SortStableFunc(r.report.Findings, func(a, b Finding) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Bucket, b.Bucket), strings.Compare(a.Key, b.Key))
	})
}
