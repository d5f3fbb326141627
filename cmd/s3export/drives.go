package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// driveState says where a drive is now.
type driveState string

const (
	driveAttached driveState = "attached"
	driveBusy     driveState = "busy" // mounted, or another process is at work on it
	driveAway     driveState = "away"
	driveRetired  driveState = "retired"
)

// driveView is a drive as commands show it.
type driveView struct {
	reconciler.DriveRecord
	State driveState `json:"state"`
	Path  string     `json:"path,omitempty"` // where it is plugged in now
}

func (a *app) getDrivesCommand() *cobra.Command {
	var bare bool
	c := &cobra.Command{
		Use:     "drives [NAME…]",
		Aliases: []string{"drive"},
		Short:   "List drives: what each holds, where it is, and what is due",
		Long: `Lists every drive that was ever prepared or seen here, also those whose specs are
gone: what it holds, when that was copied and last proven, when the proof is too old,
and where the drive is. A drive is named by its sticker (spec.device.name), its serial
number or its key. Nothing is opened: whether it is plugged in is asked of the kernel.`,
		Example:           "  s3export get drives\n  s3export get drives safe-2 -o yaml",
		ValidArgsFunction: a.completeDrives,
		RunE: func(c *cobra.Command, args []string) error {
			views, err := a.drives(c.Context(), args)
			if err != nil && len(views) == 0 {
				return err
			}
			return errors.Join(a.showDrives(views, bare), err)
		},
	}
	c.Flags().BoolVar(&bare, "no-headers", false, "leave out the table's first line")
	a.outputFlag(c, "table", "wide", "json", "yaml", "name")
	return c
}

// drives returns those named, else all.
func (a *app) drives(ctx context.Context, names []string) ([]driveView, error) {
	all, damaged := a.journal().ListDrives(ctx)
	var views []driveView
	if len(names) == 0 {
		for _, d := range all {
			views = append(views, a.viewDrive(d))
		}
		return views, damaged
	}
	for _, name := range names {
		d, err := findDrive(all, name)
		if err != nil {
			return nil, errors.Join(err, damaged)
		}
		views = append(views, a.viewDrive(d))
	}
	return views, damaged
}

// findDrive finds a drive by what a person calls it.
func findDrive(all []reconciler.DriveRecord, name string) (reconciler.DriveRecord, error) {
	var found []reconciler.DriveRecord
	var keys []string
	for _, d := range all {
		if d.Key == name {
			return d, nil
		}
		if d.Name == name || d.Identity.Serial == name || d.Identity.WWN == name {
			found, keys = append(found, d), append(keys, d.Key)
		}
	}
	switch len(found) {
	case 0:
		return reconciler.DriveRecord{}, fail(exitUsage, "NoDrive", fmt.Sprintf("no drive is called %q", name),
			"`s3export get drives` lists those that are known; `s3export get devices` what is plugged in")
	case 1:
		return found[0], nil
	}
	return reconciler.DriveRecord{}, fail(exitUsage, "DriveAmbiguous", fmt.Sprintf("%d drives are called %q: %s", len(found), name, strings.Join(keys, ", ")), "name the one that is meant by its key")
}

// driveSelector selects a drive that is remembered.
func driveSelector(d reconciler.DriveRecord) device.Selector {
	i := d.Identity
	switch {
	case i.Kind == device.Image && d.Seen != nil:
		return device.Selector{Image: d.Seen.Path, Serial: i.Serial}
	case i.Serial != "":
		return device.Selector{Serial: i.Serial}
	}
	return device.Selector{WWN: i.WWN}
}

func (a *app) viewDrive(d reconciler.DriveRecord) driveView {
	v := driveView{DriveRecord: d, State: driveAway}
	if d.Identity.Kind != device.Image || d.Seen != nil {
		st := a.disks().Locate(driveSelector(d))
		if st.Presence == device.Present && (d.Identity.Kind != device.Image || st.Identity.Backing == d.Identity.Backing) {
			v.State, v.Path = driveAttached, st.Path
		}
		if v.State == driveAttached && len(st.Use.Mounted)+len(st.Use.Holders) > 0 {
			v.State = driveBusy
		}
	}
	if d.Retired != nil {
		v.State = driveRetired
	}
	return v
}

func (a *app) showDrives(views []driveView, bare bool) error {
	switch a.output {
	case "json", "yaml":
		if views == nil {
			views = []driveView{} // [], not null
		}
		return encode(a.stdout, a.output, list{APIVersion: specs.APIVersion, Kind: "DriveList", Items: views})
	case "name":
		for _, v := range views {
			_, _ = fmt.Fprintf(a.stdout, "drive/%s\n", v.Key)
		}
		return nil
	}
	if len(views) == 0 {
		a.say("no drive was ever prepared or seen here (state directory %s)", a.stateDir())
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	wide := a.output == "wide"
	if !bare {
		text := "NAME\tSERIAL\tLOCATION\tSTATE\tHOLDS\tCOPIED\tPROVEN\tDUE"
		if wide {
			text += "\tSIZE\tSET\tLAST SEEN\tKEY"
		}
		_, _ = fmt.Fprintln(w, text)
	}
	for _, v := range views {
		driveRow(w, v, wide, a.now())
	}
	return w.Flush()
}

func driveRow(w io.Writer, v driveView, wide bool, now time.Time) {
	holds, copied, proven, due, set := "-", "-", "-", "-", "-"
	if h := v.Holds; h != nil {
		holds, set = h.RunName(), dash(h.Set)
		if h.ClearedAt != nil {
			holds += " (erased)"
		}
		if h.CopiedAt != nil {
			copied = h.CopiedAt.UTC().Format(time.DateOnly)
		}
		if p := h.Proof; p != nil {
			proven = string(p.Verdict) + " " + p.At.UTC().Format(time.DateOnly)
			due = dueText(p.DueAt, now)
		}
	}
	_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s", dash(v.Name), v.Identity.Name(), dash(v.Place()), v.State, holds, copied, proven, due)
	if wide {
		seen := "-"
		if s := v.Seen; s != nil {
			seen = fmt.Sprintf("%s %s", s.At.UTC().Format(time.DateOnly), s.Path)
		}
		_, _ = fmt.Fprintf(w, "\t%s\t%s\t%s\t%s", device.FormatSize(v.Identity.Size), set, seen, v.Key)
	}
	_, _ = fmt.Fprintln(w)
}

// dueText says when a proof is too old.
func dueText(at, now time.Time) string {
	switch {
	case at.IsZero():
		return "-"
	case at.Before(now):
		return "overdue"
	default:
		return at.UTC().Format(time.DateOnly)
	}
}

func dash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}

// completeDrives completes what drives are called.
func (a *app) completeDrives(c *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
	all, err := a.journal().ListDrives(c.Context())
	if err != nil {
		return nil, cobra.ShellCompDirectiveError
	}
	var names []string
	for _, d := range all {
		if d.Name != "" {
			names = append(names, d.Name)
			continue
		}
		names = append(names, d.Key)
	}
	return names, cobra.ShellCompDirectiveNoFileComp
}
