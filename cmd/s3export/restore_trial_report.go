package main

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/restore"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// trialReport is what a restore test leaves, in JSON and YAML.
type trialReport struct {
	APIVersion string         `json:"apiVersion"`
	Kind       string         `json:"kind"` // RestoreTest
	Passed     bool           `json:"passed"`
	Message    string         `json:"message"`
	Started    time.Time      `json:"started"`
	Ended      time.Time      `json:"ended"`
	Subject    verify.Subject `json:"subject"`
	Sample     string         `json:"sample"` // as it was asked for
	Seed       verify.Seed    `json:"seed"`
	// Reproduction: the seed was chosen by a person.
	Reproduction bool          `json:"reproduction,omitempty"`
	Population   int64         `json:"population"`
	Drawn        int64         `json:"drawn"`
	Restored     int64         `json:"restored"` // equal to what the copy knows of them
	Corrupt      int64         `json:"corrupt"`
	Undecided    int64         `json:"undecided"` // unproven, or failed
	Skipped      int64         `json:"skipped"`
	Bytes        int64         `json:"bytes"`           // restored
	Bound        string        `json:"bound,omitempty"` // what the sample rules out
	Objects      []trialObject `json:"objects"`
	Kept         string        `json:"kept,omitempty"` // where what was restored is
}

// trialObject is what has become of one object.
type trialObject struct {
	restore.Result
	ReadBack string `json:"readBack,omitempty"` // SHA-256 of the restored file
}

// finish counts, keeps and prints the report.
func (t *trial) finish() error {
	r := &t.report
	r.APIVersion, r.Kind, r.Ended = specs.APIVersion, "RestoreTest", t.a.now()
	r.Subject = subject()
	r.Subject.Backup, r.Subject.Run, r.Subject.Device, r.Subject.FileSystem = t.held.name, t.held.run, t.held.from, t.held.tree.FileSystem()
	r.Sample, r.Seed, r.Reproduction = t.flags.sample, t.draw.Seed, t.draw.Reproduction
	if t.flags.keep {
		r.Kept = t.dir
	}
	code := r.count()
	if t.flags.report != "" {
		if err := t.keep(t.a.path(t.flags.report)); err != nil {
			return err
		}
	}
	if t.a.output != "table" {
		if err := encode(t.a.stdout, t.a.output, r); err != nil {
			return err
		}
		return exit(code)
	}
	for _, o := range r.Objects {
		if o.Outcome != restore.Restored {
			_, _ = fmt.Fprintln(t.a.stdout, o.line())
		}
	}
	_, _ = fmt.Fprintln(t.a.out(code), r.Message)
	if r.Kept != "" {
		t.a.say("restored files: %s", r.Kept)
	}
	return exit(code)
}

// count sums up, and returns the exit code.
func (r *trialReport) count() int {
	slices.SortFunc(r.Objects, func(a, b trialObject) int {
		return cmp.Or(strings.Compare(a.Path, b.Path), strings.Compare(a.Bucket, b.Bucket), strings.Compare(a.Key, b.Key))
	})
	s := restore.Summary{Objects: map[restore.Outcome]int64{}}
	for _, o := range r.Objects {
		s.Objects[o.Outcome]++
		if o.Outcome == restore.Restored {
			r.Bytes += o.Bytes
		}
	}
	n := s.Objects
	r.Restored, r.Corrupt, r.Skipped = n[restore.Restored], n[restore.Corrupt], n[restore.Skipped]
	r.Undecided = n[restore.Unproven] + n[restore.Failed] + n[restore.Conflict]
	r.Passed = r.Drawn > 0 && r.Restored+r.Skipped == r.Drawn && r.Restored > 0
	r.Bound = verify.BoundText(r.Population, r.Drawn-r.Skipped, r.Corrupt+r.Undecided)
	r.Message = r.sentence()
	if code := restoreCode(s); code != exitDone || r.Passed {
		return code
	}
	return exitBlocked // nothing was there to be tested
}

func (r *trialReport) sentence() string {
	verdict := "FAILED"
	if r.Passed {
		verdict = "passed"
	}
	text := fmt.Sprintf("restore test %s: %d of %d objects drawn, %d restored (%s), read back and equal by SHA-256",
		verdict, r.Drawn, r.Population, r.Restored, device.FormatSize(r.Bytes))
	for _, part := range []struct {
		n    int64
		word string
	}{{r.Corrupt, "corrupt"}, {r.Undecided, "undecided"}, {r.Skipped, "skipped"}} {
		if part.n > 0 {
			text += fmt.Sprintf(", %d %s", part.n, part.word)
		}
	}
	if r.Bound != "" {
		text += ": " + r.Bound
	}
	return text
}

// keep writes the report, the text first: a report that is there is finished.
func (t *trial) keep(path string) error {
	var text bytes.Buffer
	if err := t.report.text(&text); err != nil {
		return err
	}
	if err := journal.WriteFile(textBeside(path), func(w io.Writer) error {
		_, err := w.Write(text.Bytes())
		return err
	}); err != nil {
		return err
	}
	if err := journal.WriteFile(path, func(w io.Writer) error { return encode(w, "json", t.report) }); err != nil {
		return err
	}
	t.a.say("report: %s", path)
	return nil
}

func textBeside(path string) string { return strings.TrimSuffix(path, filepath.Ext(path)) + ".txt" }

func (r *trialReport) text(w io.Writer) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	line := func(name, value string) {
		if value != "" {
			_, _ = fmt.Fprintf(t, "%s:\t%s\n", name, onLine(value))
		}
	}
	s := r.Subject
	line("Restore test", r.Message)
	line("Begun", stamp(r.Started))
	line("Ended", stamp(r.Ended))
	line("By", strings.Join(filled(s.User, s.Host, s.Tool), ", "))
	line("Backup", strings.Join(filled(s.Backup, s.Run), ", "))
	line("Drive", s.Device)
	line("File system", s.FileSystem)
	line("Population", fmt.Sprintf("%d objects", r.Population))
	line("Sample", fmt.Sprintf("%s: %d objects, drawn uniformly by HMAC-SHA256 under the seed", r.Sample, r.Drawn))
	line("Seed", r.Seed.String())
	if r.Reproduction {
		line("Seed from", "a person, who repeats an earlier draw")
	}
	line("Method", "each object was restored into a directory, synced, read back, and its SHA-256 compared")
	if err := t.Flush(); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(w)
	for _, o := range r.Objects {
		if _, err := fmt.Fprintln(w, o.line()); err != nil {
			return err
		}
	}
	return nil
}

func (o trialObject) line() string {
	text := fmt.Sprintf("%-9s s3://%s/%s  %d bytes", o.Outcome, o.Bucket, onLine(o.Key), o.Bytes)
	if o.ReadBack != "" {
		text += "  SHA-256 " + o.ReadBack
	}
	if o.Reason != "" {
		text += ": " + onLine(o.Reason)
	}
	return text
}
