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

// Verdict is what all findings together say: fail over incomplete over pass.
type Verdict string

// The verdicts.
const (
	Pass       Verdict = "pass"
	Incomplete Verdict = "incomplete"
	Fail       Verdict = "fail"
)
