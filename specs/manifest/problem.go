package manifest

import (
	"errors"
	"strconv"
	"strings"
)

// Problem is what is wrong with one option of a manifest. It implements error as
// "line N: field: message; remedy". It never holds the value of a secret.
type Problem struct {
	// Line of the text, counted from 1; 0 when the manifest has no text.
	Line int
	// Field as in operations[0].prefix; empty for the manifest as a whole.
	Field string
	// Message says what is wrong.
	Message string
	// Remedy says what a person can do.
	Remedy string
	// Minor problems are said but refuse nothing: AWS tolerates them, or the rule
	// behind them is not certain.
	Minor bool
}

// Warning is a minor Problem.
type Warning = Problem

// Error returns the problem with its place and remedy.
func (p *Problem) Error() string {
	var b strings.Builder
	if p.Line > 0 {
		b.WriteString("line " + strconv.Itoa(p.Line) + ": ")
	}
	if p.Field != "" {
		b.WriteString(p.Field + ": ")
	}
	b.WriteString(p.Message)
	if p.Remedy != "" {
		b.WriteString("; " + p.Remedy)
	}
	return b.String()
}

// Problems returns the problems joined in err, in their order; nil for nil.
func Problems(err error) []Problem {
	var joined interface{ Unwrap() []error }
	if errors.As(err, &joined) {
		var all []Problem
		for _, e := range joined.Unwrap() {
			all = append(all, Problems(e)...)
		}
		return all
	}
	var p *Problem
	if errors.As(err, &p) {
		return []Problem{*p}
	}
	if err != nil {
		return []Problem{{Message: err.Error(), Remedy: "see the message"}}
	}
	return nil
}

func join(problems []Problem) error {
	errs := make([]error, len(problems))
	for i := range problems {
		errs[i] = &problems[i]
	}
	return errors.Join(errs...)
}
