package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

func (a *app) getCommand() *cobra.Command {
	var refresh, bare bool
	c := &cobra.Command{
		Use:   "get [NAME…] | get drives | get devices",
		Short: "List backups and how they stand, drives, or the disks of this host",
		Long: `Lists what the journal knows: no service is asked and no lock is needed, so it
works beside a running apply or watch. With --refresh the job and the device are
looked at now; nothing is written. Only get devices looks at the disks of this host.`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			records, err := a.records(c.Context(), args, refresh)
			if err != nil && len(records) == 0 {
				return err
			}
			return errors.Join(a.showRecords(records, bare), err)
		},
	}
	c.Flags().BoolVar(&refresh, "refresh", false, "look at the job and the device now")
	c.Flags().BoolVar(&bare, "no-headers", false, "leave out the table's first line")
	a.outputFlag(c, "table", "wide", "json", "yaml", "name")
	c.AddCommand(a.getDrivesCommand(), a.getDevicesCommand())
	return c
}

// records returns those named, else all. Those that can be read come beside the
// error of one that cannot.
func (a *app) records(ctx context.Context, names []string, refresh bool) ([]reconciler.Record, error) {
	var records []reconciler.Record
	var damaged error
	if len(names) == 0 {
		records, damaged = a.journal().List(ctx)
	}
	for _, name := range names {
		r, err := a.known(ctx, name)
		if err != nil {
			return nil, err
		}
		records = append(records, r)
	}
	if !refresh {
		return records, damaged
	}
	for i, r := range records {
		fresh, err := a.refreshed(ctx, r)
		if err != nil {
			return nil, err
		}
		records[i] = fresh
	}
	return records, damaged
}

// refreshed returns the record as it would be after a look at the world.
func (a *app) refreshed(ctx context.Context, r reconciler.Record) (reconciler.Record, error) {
	d, err := a.remembered(ctx, r.Name)
	if err != nil {
		return r, err
	}
	p, err := a.wire(ctx, d)
	if err != nil {
		return r, err
	}
	progress := a.newProgress(r.Name)
	planner := a.planner(p, progress)
	plan, err := planner.Plan(ctx, d, reconciler.Limits{})
	progress.end()
	if err != nil {
		return r, err
	}
	return plan.Standing(), nil
}

func (a *app) showRecords(records []reconciler.Record, bare bool) error {
	switch a.output {
	case "json", "yaml":
		if records == nil {
			records = []reconciler.Record{} // [], not null
		}
		return encode(a.stdout, a.output, list{APIVersion: specs.APIVersion, Kind: "BackupStatusList", Items: records})
	case "name":
		for _, r := range records {
			_, _ = fmt.Fprintf(a.stdout, "backup/%s\n", r.Name)
		}
		return nil
	}
	if len(records) == 0 {
		a.say("no backup was ever applied here (state directory %s)", a.stateDir())
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	wide := a.output == "wide"
	if !bare {
		header(w, wide)
	}
	for _, r := range records {
		row(w, r, wide, a.now())
	}
	return w.Flush()
}

func header(w io.Writer, wide bool) {
	text := "NAME\tRUN\tPHASE\tWANTED\tSTANDING\tSINCE\tEXPIRES"
	if wide {
		text += "\tJOB\tDEVICE\tLAST PROOF\tSPEC"
	}
	_, _ = fmt.Fprintln(w, text)
}

func row(w io.Writer, r reconciler.Record, wide bool, now time.Time) {
	run, _ := r.Latest()
	standing, since := "Ready", "-"
	if underWay(r) {
		standing = "Under way"
	}
	if r.Hold != nil {
		standing, since = string(r.Hold.Kind)+": "+string(r.Hold.Reason), age(now.Sub(r.Hold.Since))
		if s := r.Hold.Stalled; s != "" && s != r.Hold.Reason {
			standing += ", " + string(s)
		}
	}
	_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s", r.Name, run.Name, r.Phase, run.Wanted, standing, since, expiry(run, now))
	if wide {
		job, drive, proof := "-", "-", "-"
		if run.Job != nil {
			job = string(run.Job.ID)
		}
		if run.Volume != nil {
			drive = run.Volume.Device.Name()
		}
		if p, found := run.LatestProof(); found {
			proof = string(p.Verdict) + " " + p.At.UTC().Format(time.DateOnly)
		}
		_, _ = fmt.Fprintf(w, "\t%s\t%s\t%s\t%s", job, drive, proof, r.SpecFile)
	}
	_, _ = fmt.Fprintln(w)
}

// expiry counts down to the end of a job whose drive has not arrived.
func expiry(run reconciler.Run, now time.Time) string {
	ends, expires := run.Expires()
	if !expires {
		return "-"
	}
	left := ends.Sub(run.ServiceTime(now))
	if left <= 0 {
		return "now"
	}
	return "in " + age(left)
}

// underWay reports whether the last reconcile has not come to an end: it goes on,
// or was killed.
func underWay(r reconciler.Record) bool {
	return r.Hold == nil && !slices.ContainsFunc(r.Conditions, func(c reconciler.Condition) bool {
		return c.Type == "Ready" && c.Status == reconciler.True && c.ObservedGeneration == r.Generation
	})
}

// age prints a duration as kubectl does: its largest unit.
func age(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%ds", max(0, int(d.Seconds())))
	case d < time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	default:
		return fmt.Sprintf("%dd", int(d.Hours()/24))
	}
}

// completeNames completes names of backups.
func (a *app) completeNames(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	records, err := a.journal().List(c.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	names := make([]string, len(records))
	for i, r := range records {
		names[i] = r.Name
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
