package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/chain"
)

// keepReport adds a report and its page to the chain in a directory.
func (a *app) keepReport(dir string, report verify.Report) error {
	name, err := chain.Keep(os.DirFS(dir), report, func(name string, content func(io.Writer) error) error {
		return journal.WriteFile(filepath.Join(dir, name), content)
	})
	if _, ok := errors.AsType[*reconciler.FileError](err); ok {
		return directoryTrouble(err)
	}
	if err != nil {
		return err
	}
	a.say("report: %s", filepath.Join(dir, name))
	return nil
}

// showReport prints the report.
func (a *app) showReport(report verify.Report) error {
	code := verdictCode(report.Verdict())
	if a.output == "json" || a.output == "yaml" {
		if err := encode(a.stdout, a.output, report); err != nil {
			return err
		}
		return exit(code)
	}
	textReport(a.out(code), report)
	return exit(code)
}

// shownFindings is how many findings a terminal gets; the report has them all.
const shownFindings = 20

func textReport(w io.Writer, r verify.Report) {
	for i, f := range r.Findings {
		if i == shownFindings {
			_, _ = fmt.Fprintf(w, "… and %d more, all in the report (-o json or --report DIR)\n", int64(len(r.Findings))-shownFindings+r.Omitted)
			break
		}
		_, _ = fmt.Fprintln(w, findingText(f))
	}
	_, _ = fmt.Fprintf(w, "verification %s: %s\n", verdictWord(r.Verdict()), r.Sentence())
}

func verdictWord(v verify.Verdict) string {
	switch v {
	case verify.Pass:
		return "passed"
	case verify.Fail:
		return "FAILED"
	case verify.Incomplete:
		return "incomplete"
	}
	return string(v)
}

func subject() verify.Subject {
	s := verify.Subject{Tool: buildInfo().String()}
	s.Host, _ = os.Hostname()
	if u, err := user.Current(); err == nil {
		s.User = u.Username
	}
	return s
}
