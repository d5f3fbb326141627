package verify

// Outcome is the result of comparing one object; a closed set.
type Outcome string

// The outcomes.
const (
	Match              Outcome = "match"
	Differ             Outcome = "differ"
	MissingOnDevice    Outcome = "missingOnDevice"
	ChangedAfterExport Outcome = "changedAfterExport"
	MissingOnSource    Outcome = "missingOnSource"
	Unverifiable       Outcome = "unverifiable"
	Failure            Outcome = "error"
	Extra              Outcome = "extra"
)

// Outcomes returns all outcomes, in the order in which people read them.
func Outcomes() []Outcome {
	return []Outcome{Match, Differ, MissingOnDevice, ChangedAfterExport, MissingOnSource, Unverifiable, Failure, Extra}
}

// Verdict is what all findings together say: fail over incomplete over pass.
type Verdict string

// The verdicts.
const (
	Pass       Verdict = "pass"
	Incomplete Verdict = "incomplete"
	Fail       Verdict = "fail"
)

// Verdict returns what the outcome counts as; an extra file is only noted. An
// outcome that is not of the set is never a pass.
func (o Outcome) Verdict() Verdict {
	switch o {
	case Match, Extra:
		return Pass
	case Differ, MissingOnDevice:
		return Fail
	case ChangedAfterExport, MissingOnSource, Unverifiable, Failure:
		return Incomplete
	}
	return Incomplete
}
