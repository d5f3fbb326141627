package page

import (
	"fmt"

	"github.com/cargomedia/s3export/verify"
)

// verdictView is the head of the page. Mark and words say it without color.
type verdictView struct {
	Class string // of the style
	Mark  string
	Word  string
	Says  string   // in a sentence
	Why   []string // what keeps it from being better
}

func newVerdict(r *verify.Report) verdictView {
	switch r.Verdict() {
	case verify.Pass:
		return verdictView{Class: "good", Mark: "✓", Word: "Passed", Says: passed(r)}
	case verify.Fail:
		return verdictView{Class: "bad", Mark: "✗", Word: "Failed",
			Says: "The drive does not hold what S3 holds.", Why: append(stopped(r), weighing(r)...)}
	case verify.Incomplete:
	}
	return verdictView{Class: "open", Mark: "?", Word: "Not proven",
		Says: "It is not proven that the drive holds what S3 holds.", Why: append(stopped(r), append(unproven(r), weighing(r)...)...)}
}

func passed(r *verify.Report) string {
	if n := acceptedFindings(r); n > 0 {
		return fmt.Sprintf("Apart from %s that a person has accepted (see below), the drive holds what S3 holds, as far as it was compared.", things(n, "finding"))
	}
	if r.Full() {
		return "The drive holds what S3 holds: the content of every object was compared and is the same."
	}
	return fmt.Sprintf("Every object is on the drive with the right size. The content of %s, drawn at random, was compared and is the same.",
		things(r.Compared(), "object"))
}

func stopped(r *verify.Report) []string {
	if r.Stopped == "" {
		return nil
	}
	why := "why is not known: " + plain(string(r.Stopped))
	switch r.Stopped {
	case verify.StopTime:
		why = "it was asked to stop after a time"
	case verify.StopDevice:
		why = "the drive was no longer there"
	}
	return []string{fmt.Sprintf("This verification ended before its end: %s; %s not come to.", why, were(r.Totals.Pending))}
}

func were(n int64) string {
	if n == 1 {
		return "1 object was"
	}
	return count(n) + " objects were"
}

func unproven(r *verify.Report) []string {
	switch {
	case r.Totals.Objects == 0:
		return []string{"No object was selected, so nothing was verified."}
	case r.Compared() == 0:
		return []string{"The content of no object was compared."}
	}
	return nil
}

// weighing lists what counts against the copy, worst first.
func weighing(r *verify.Report) []string {
	var why []string
	for _, verdict := range []verify.Verdict{verify.Fail, verify.Incomplete} {
		for _, o := range verify.Outcomes() {
			n := weight(r, o)
			if n == 0 || o.Verdict() != verdict {
				continue
			}
			why = append(why, count(n)+" "+weighs(o)+".")
		}
	}
	return why
}

// weight counts the findings of an outcome that nobody has accepted.
func weight(r *verify.Report, o verify.Outcome) int64 {
	var n int64
	for _, t := range r.Tallies {
		if t.Outcome == o && !t.Accepted {
			n += t.Files
		}
	}
	return n
}

func acceptedFindings(r *verify.Report) int64 {
	var n int64
	for _, t := range r.Tallies {
		if t.Accepted {
			n += t.Files
		}
	}
	return n
}
