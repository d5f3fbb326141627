package main

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
)

// shownEvents is how much of the history describe shows.
const shownEvents = 12

func (a *app) describeCommand() *cobra.Command {
	var refresh bool
	c := &cobra.Command{
		Use:   "describe NAME…",
		Short: "Tell all that is known of a backup, and what to do next",
		Long: `Tells what the journal knows of a backup: its run, job, drive, baseline, label,
proofs, conditions and history. It ends with what to do next.`,
		Args:              atLeastOne("the name of a backup"),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			records, err := a.records(c.Context(), args, refresh)
			if err != nil {
				return err
			}
			if a.output != "text" {
				return a.showRecords(records, false)
			}
			for i, r := range records {
				if i > 0 {
					_, _ = fmt.Fprintln(a.stdout)
				}
				a.describe(r)
			}
			return nil
		},
	}
	c.Flags().BoolVar(&refresh, "refresh", false, "look at the job and the device now")
	a.outputFlag(c, "text", "json", "yaml")
	return c
}

func (a *app) describe(r reconciler.Record) {
	run, _ := r.Latest()
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	field := func(name, format string, args ...any) { _, _ = fmt.Fprintf(w, name+":\t"+format+"\n", args...) }
	field("Name", "%s", r.Name)
	field("Spec", "%s (generation %d)", r.SpecFile, r.Generation)
	field("Run", "%s, begun %s", run.Name, stamp(run.StartedAt))
	field("Phase", "%s (wanted: %s)", r.Phase, run.Wanted)
	a.describeRun(field, r.Name, run)
	if len(r.SecretNames) > 0 {
		field("Secrets", "%s", strings.Join(r.SecretNames, ", "))
	}
	_ = w.Flush()
	conditions(a.stdout, r.Conditions)
	events(a.stdout, r.Events)
	next(a.stdout, r)
}

func (a *app) describeRun(field func(string, string, ...any), name string, run reconciler.Run) {
	if v := run.Volume; v != nil {
		field("Drive", "%s, volume %s since %s", v.Device.Name(), v.UUID, stamp(v.At))
	}
	if j := run.Job; j != nil {
		field("Job", "%s for device %s, created %s", j.ID, j.DeviceID, stamp(j.CreatedAt))
		if ends, expires := run.Expires(); expires {
			field("Expires", "%s (%s) unless the service has received the drive", stamp(ends), expiry(run, a.now()))
		}
	}
	for _, t := range run.Told {
		field("Recorded", "%s: %s", stamp(t.At), t.Sentence())
	}
	dir := a.journal().RunDir(name, run.Name)
	if b := run.Baseline; b != nil {
		field("Baseline", "%d objects, %s", b.Objects, filepath.Join(dir, b.File))
	}
	if l := run.Label; l != nil {
		field("Label", "%s", l.File)
	}
	if l := run.Load; l != nil && l.Copied != nil {
		field("Copied", "%s: %s", stamp(l.EndedAt), copiedText(*l.Copied))
	} else if l != nil {
		field("Load", "ended by %s, %d %s", stamp(l.EndedAt), l.ErrorCount, plural(l.ErrorCount, "error"))
		if l.ReturnedAt != nil {
			field("Returned", "%s %s %s", stamp(*l.ReturnedAt), l.Carrier, l.Tracking)
		}
	}
	if l := run.Log; l != nil {
		describeLog(field, *l, name, dir)
	}
	for _, p := range run.Proofs {
		field(fmt.Sprintf("Proof %d", p.Attempt), "%s, %s: %s", p.Verdict, stamp(p.At), p.Summary)
		field("Report", "%s", filepath.Join(dir, p.Report))
	}
	if run.Canceled != nil {
		field("Canceled", "%s", stamp(run.Canceled.At))
	}
}

// shownFailures is how many objects that were not loaded describe shows; the log has
// them all.
const shownFailures = 5

func describeLog(field func(string, string, ...any), l reconciler.LogFact, name, dir string) {
	if l.Problem != "" {
		field("Log", "none: %s", l.Problem)
		field("To have it", "%s; then run `s3export verify %s`", l.Remedy, name)
		return
	}
	field("Log", "%s", logLine(l, dir))
	shown := l.Failures[:min(len(l.Failures), shownFailures)]
	for _, f := range shown {
		field("Not loaded", "%s (%s)", objectText(f.Bucket, f.Key), failureCode(f.Code))
	}
	if more := l.Failed - int64(len(shown)); more > 0 {
		field("Not loaded", "… and %d more, all in the log", more)
	}
	for _, w := range l.Warnings {
		field("Not read", "%s", w)
	}
}

func logLine(l reconciler.LogFact, dir string) string {
	text := fmt.Sprintf("%d of %d objects failed, %s", l.Failed, l.Lines, filepath.Join(dir, l.File))
	if l.Moved > 0 {
		text += fmt.Sprintf("; %d under another path", l.Moved)
	}
	if l.Unread > 0 {
		text += fmt.Sprintf("; %d %s could not be read", l.Unread, plural(int(l.Unread), "line"))
	}
	return text
}

func conditions(out io.Writer, list []reconciler.Condition) {
	if len(list) == 0 {
		return
	}
	_, _ = fmt.Fprintln(out, "Conditions:")
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, c := range list {
		_, _ = fmt.Fprintf(w, "  %s\t%s\t%s\t%s\n", c.Type, c.Status, c.Reason, c.Message)
	}
	_ = w.Flush()
}

func events(out io.Writer, list []reconciler.Event) {
	if len(list) == 0 {
		return
	}
	_, _ = fmt.Fprintln(out, "History:")
	for _, e := range list[max(0, len(list)-shownEvents):] {
		_, _ = fmt.Fprintf(out, "  %s  run %s: %s\n", stamp(e.At), e.Run, e.Message)
	}
}

// next ends a description with what a person does now.
func next(out io.Writer, r reconciler.Record) {
	_, _ = fmt.Fprintln(out, "What to do next:")
	switch h := r.Hold; {
	case underWay(r):
		_, _ = fmt.Fprintln(out, "  if no apply or watch is at work on it, apply the spec again: it was interrupted, and goes on where it stopped")
	case h == nil:
		_, _ = fmt.Fprintln(out, "  nothing: the wanted phase is reached")
	case h.Kind == reconciler.HoldBlocked:
		_, _ = fmt.Fprintf(out, "  %s: %s\n  %s\n", h.Reason, h.Message, h.Remedy)
	default:
		_, _ = fmt.Fprintf(out, "  %s: %s (since %s)\n  it ends when: %s\n", h.Reason, h.Message, stamp(h.Since), h.Ends)
		if h.Remedy != "" {
			_, _ = fmt.Fprintf(out, "  %s: %s\n", h.Stalled, h.Remedy)
		}
	}
}
