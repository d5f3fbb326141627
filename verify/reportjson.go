package verify

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// derived is what a report's JSON says besides its facts.
type derived struct {
	Verdict    Verdict           `json:"verdict"`
	Sentence   string            `json:"sentence"`
	Counts     map[Outcome]int64 `json:"counts"`
	Compared   int64             `json:"compared"`
	Full       bool              `json:"full"`
	Confidence float64           `json:"confidence,omitempty"`
	// FewerThan is the number of bad files that the sample rules out.
	FewerThan int64 `json:"fewerThan,omitempty"`
}

// facts are a Report without its methods.
type facts Report

func (r Report) derived() derived {
	d := derived{Verdict: r.Verdict(), Sentence: r.Sentence(), Counts: map[Outcome]int64{}, Compared: r.Compared(), Full: r.Full()}
	for _, o := range Outcomes() {
		d.Counts[o] = r.Count(o)
	}
	if limit, ok := r.BadLimit(); ok {
		d.Confidence, d.FewerThan = r.Confidence(), limit
	}
	return d
}

// MarshalJSON writes the report with its verdict, sentence and counts.
func (r Report) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		derived
		facts
	}{r.derived(), facts(r)})
}

// Encode writes the report as indented JSON, ending with a line break.
func (r Report) Encode(w io.Writer) error {
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(r)
}

// DecodeReport reads what Encode wrote. It refuses a report whose verdict, sentence
// or counts do not follow from its findings.
func DecodeReport(r io.Reader) (Report, error) {
	const op, remedy = "reading the report", "give a report.json that s3export wrote, unchanged"
	var in struct {
		derived
		facts
	}
	dec := json.NewDecoder(r)
	if err := dec.Decode(&in); err != nil {
		return Report{}, &Error{Op: op, Err: err, Remedy: remedy}
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Report{}, problem(op, "something follows it", remedy)
	}
	report := Report(in.facts)
	if report.Format != reportFormat {
		return Report{}, problem(op, fmt.Sprintf("its format is %q, not %q", report.Format, reportFormat), remedy)
	}
	if err := report.consistent(in.derived); err != nil {
		return Report{}, &Error{Op: op, Err: err, Remedy: remedy}
	}
	return report, nil
}

func (r Report) consistent(said derived) error {
	counted := map[Outcome]int64{}
	for _, f := range r.Findings {
		counted[f.Outcome]++
	}
	var omitted int64
	for _, o := range Outcomes() {
		if said.Counts[o] != r.Count(o) || counted[o] > r.Count(o) {
			return fmt.Errorf("its counts of %q do not agree", o)
		}
		if o != Match {
			omitted += r.Count(o) - counted[o]
		}
	}
	if omitted != r.Omitted {
		return fmt.Errorf("it lacks %d findings, not %d", omitted, r.Omitted)
	}
	if said.Verdict != r.Verdict() || said.Sentence != r.Sentence() {
		return fmt.Errorf("it says %q, and its findings say %q", said.Verdict, r.Verdict())
	}
	if d := r.derived(); said.Compared != d.Compared || said.Full != d.Full || said.Confidence != d.Confidence || said.FewerThan != d.FewerThan {
		return errors.New("what it says of its coverage does not follow from its findings")
	}
	return nil
}
