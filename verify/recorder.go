package verify

import (
	"cmp"
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/cargomedia/s3export/verify/spill"
)

const (
	findingsMax = 100_000 // kept in a report; all go to the Sink
	sampledMax  = 10_000  // listed in a report
)

// recorder gathers findings into a report, in whatever order they come. It is safe for
// concurrent use.
type recorder struct {
	now  time.Time // which acceptances hold
	sink Sink

	mu      sync.Mutex
	report  *Report
	tallies map[tallyKey]*Tally
	results *spill.Sorter // those that somebody will be shown, by path
	record  packer
}

type tallyKey struct {
	outcome  Outcome
	reason   Reason
	method   Method
	witness  Witness
	accepted bool
}

func newRecorder(report *Report, req *Request) *recorder {
	report.Accepted = slices.Clone(req.Accept)
	return &recorder{now: report.Started, sink: req.Runtime.Sink, report: report,
		tallies: map[tallyKey]*Tally{}, results: newSorter(req.Runtime.Temp, byPath)}
}

// add takes in a finding; drawn says that it belongs to the sample.
func (r *recorder) add(f Finding, drawn bool, read int64) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if a := r.accept(&f); a != nil {
		a.Findings++
	}
	r.tally(&f)
	r.report.Totals.Read += read
	if drawn {
		r.draw(&f)
	}
	if f.Outcome == Match && !drawn && r.sink == nil {
		return nil
	}
	return r.keep(&f, drawn, false)
}

// drawn notes how a unit of the sample came out that was taken in before.
func (r *recorder) drawn(f Finding) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.accept(&f)
	r.draw(&f)
	return r.keep(&f, true, true)
}

// accept marks a finding that a person has accepted, and returns by what.
func (r *recorder) accept(f *Finding) *Acceptance {
	for i := range r.report.Accepted {
		if a := &r.report.Accepted[i]; a.takes(f, r.now) {
			f.Accepted = a.Reason
			return a
		}
	}
	return nil
}

func (r *recorder) tally(f *Finding) {
	key := tallyKey{f.Outcome, f.Reason, f.Evidence.Method, f.Evidence.Witness, f.Accepted != ""}
	t := r.tallies[key]
	if t == nil {
		t = &Tally{Outcome: f.Outcome, Reason: f.Reason, Method: f.Evidence.Method, Class: f.Evidence.Class,
			Witness: f.Evidence.Witness, Accepted: f.Accepted != ""}
		r.tallies[key] = t
	}
	t.Files++
	t.Bytes += f.Size
}

func (r *recorder) draw(f *Finding) {
	s := &r.report.Sample
	s.Drawn++
	switch f.Outcome.Verdict() {
	case Pass:
	case Fail:
		s.Bad++
	case Incomplete:
		s.Undecided++
	}
}

// keep writes a finding to where it is sorted by path.
func (r *recorder) keep(f *Finding, drawn, again bool) error {
	r.record = r.record[:0]
	r.record.str(f.Path)
	r.record.flag(drawn)
	r.record.flag(again)
	r.record.finding(f)
	return r.results.Add(r.record)
}

// finish completes the report.
func (r *recorder) finish(ctx context.Context) error {
	for _, t := range r.tallies {
		r.report.Tallies = append(r.report.Tallies, *t)
	}
	rank := Outcomes()
	slices.SortFunc(r.report.Tallies, func(a, b Tally) int {
		return cmp.Or(slices.Index(rank, a.Outcome)-slices.Index(rank, b.Outcome),
			strings.Compare(string(a.Reason), string(b.Reason)), strings.Compare(string(a.Method), string(b.Method)),
			strings.Compare(string(a.Witness), string(b.Witness)))
	})
	for record, err := range r.results.Sorted(ctx) {
		if err != nil {
			return err
		}
		if err := r.show(record); err != nil {
			return err
		}
	}
	return nil
}

// show takes the next result in the order of paths.
func (r *recorder) show(record []byte) error {
	u := unpacker{rest: record}
	u.str()
	drawn, again := u.flag(), u.flag()
	f := u.finding()
	if err := u.err(); err != nil {
		return err
	}
	if drawn && len(r.report.Sample.Objects) < sampledMax {
		r.report.Sample.Objects = append(r.report.Sample.Objects, Sampled{Path: f.Path, Outcome: f.Outcome, Method: f.Evidence.Method})
	}
	if again {
		return nil
	}
	switch {
	case f.Outcome == Match:
	case len(r.report.Findings) < findingsMax:
		r.report.Findings = append(r.report.Findings, f)
	default:
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

func (r *recorder) close() { _ = r.results.Close() }
