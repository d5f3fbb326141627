package main

import (
	"cmp"
	"fmt"
	"io"
	"strconv"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"github.com/cargomedia/s3export/verify"
)

// keptReport prints a report as text; its verdict comes last, as of a verification.
func keptReport(w io.Writer, path string, r verify.Report) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			_, _ = fmt.Fprintf(t, "%s:\t%s\n", name, value)
		}
	}
	s := r.Subject
	line("Report", onLine(path))
	line("Backup", onLine(strings.Join(filled(s.Backup, s.Run, s.Job), ", ")))
	line("Drive", onLine(s.Device))
	line("File system", onLine(s.FileSystem))
	line("Verified", stamp(r.Started)+" to "+stamp(r.Ended))
	line("By", onLine(strings.Join(filled(s.User, s.Host, s.Tool), ", ")))
	for _, one := range r.Ranges {
		line("Selected", onLine(one.String()))
	}
	line("Seed", r.Seed.String())
	line("Spec", onLine(s.SpecDigest))
	line("Baseline", onLine(s.BaselineDigest))
	if r.Before != nil {
		line("Before", onLine(r.Before.Name)+" "+onLine(r.Before.SHA256))
	}
	if r.Stopped != "" {
		line("Stopped", fmt.Sprintf("%s; %d not come to", onLine(string(r.Stopped)), r.Totals.Pending))
	}
	for _, a := range r.Accepted {
		line("Accepted", fmt.Sprintf("%d %s of %s until %s: %s", a.Findings, onLine(string(a.Outcome)), onLine(a.Keys), stamp(a.Until), onLine(a.Reason)))
	}
	if err := t.Flush(); err != nil {
		return err
	}
	for _, tally := range r.Tallies {
		_, _ = fmt.Fprintln(w, "  "+tallyText(tally))
	}
	textReport(w, r)
	return nil
}

// tallyText is a tally in a line.
func tallyText(t verify.Tally) string {
	text := fmt.Sprintf("%d %s (%s)", t.Files, onLine(string(t.Outcome)), onLine(string(t.Reason)))
	if t.Method != "" {
		text += fmt.Sprintf(" by %s of %s, %s", onLine(string(t.Method)), onLine(cmp.Or(string(t.Witness), "the listing")), onLine(string(t.Class)))
	}
	if t.Accepted {
		text += ", accepted"
	}
	return text
}

func filled(texts ...string) []string {
	var list []string
	for _, t := range texts {
		if t != "" {
			list = append(list, t)
		}
	}
	return list
}

// onLine is a text out of a file as a terminal may get it.
func onLine(text string) string {
	strange := func(r rune) bool { return !strconv.IsPrint(r) }
	if !utf8.ValidString(text) || strings.ContainsFunc(text, strange) {
		return strconv.Quote(text)
	}
	return text
}

// chainText prints what a check of a folder has found.
func chainText(w io.Writer, v chainView) {
	for _, k := range v.Items {
		word := "unreadable"
		if k.Verdict != "" {
			word = verdictWord(k.Verdict)
		}
		_, _ = fmt.Fprintf(w, "%s  %s  %s\n", k.Name, stamp(k.Ended), word)
	}
	for _, p := range v.Problems {
		word := "note"
		if p.Breaks {
			word = "broken"
		}
		_, _ = fmt.Fprintf(w, "%s: %s\n  what to do: %s\n", word, p.Message, p.Remedy)
	}
	switch n := len(v.Items); {
	case v.Intact:
		last := v.Items.Last()
		_, _ = fmt.Fprintf(w, "%d %s, unbroken; note elsewhere the SHA-256 of the last, %s:\n%s\n", n, plural(n, "report"), last.Name, last.SHA256)
	case n == 0:
		_, _ = fmt.Fprintln(w, "nothing was checked")
	default:
		_, _ = fmt.Fprintf(w, "%d %s, NOT a whole chain\n", n, plural(n, "report"))
	}
}
