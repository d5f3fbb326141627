package main

import (
	"context"
	"fmt"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
)

func (a *app) driveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "drive",
		Short: "Move, eject, retire and describe a drive that is remembered",
		Long: `Each drive has a record that outlives the specs: what it holds, where it was seen and
where it is. A drive is named by its sticker (spec.device.name), its serial number or
its key, as s3export get drives shows them.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	c.AddCommand(a.driveMoveCommand(), a.driveEjectCommand(), a.driveRetireCommand(), a.driveDescribeCommand())
	return c
}

func (a *app) driveMoveCommand() *cobra.Command {
	var to string
	c := &cobra.Command{
		Use:               "move NAME --to LOCATION",
		Short:             "Record where a drive is now",
		Long:              `Records where a drive was put. Waits that ask for the drive name that place.`,
		Example:           "  s3export drive move photos-a --to \"safe 2, Basel\"",
		Args:              one("the name of a drive"),
		ValidArgsFunction: a.completeDrives,
		RunE: func(c *cobra.Command, args []string) error {
			if strings.TrimSpace(to) == "" || strings.ContainsFunc(to, isControl) || len(to) > 200 {
				return usage(fmt.Errorf("--to takes the place, up to 200 characters on one line"))
			}
			return a.changeDrive(c.Context(), args[0], "Moved", "moved to "+to, func(d *reconciler.DriveRecord) error {
				d.Location = to
				return nil
			})
		},
	}
	c.Flags().StringVar(&to, "to", "", "where it is now")
	return a.driveOutput(c)
}

func (a *app) driveEjectCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "eject NAME",
		Short: "Make sure that a drive may be unplugged",
		Long: `Checks that nothing uses the drive, writes what is left to its medium, and has the
kernel let go of it (USB and SCSI disks, as root). Refuses while it is mounted or
somebody is at work on it, and says who.`,
		Args:              one("the name of a drive"),
		ValidArgsFunction: a.completeDrives,
		RunE: func(c *cobra.Command, args []string) error {
			return a.changeDrive(c.Context(), args[0], "Ejected", "ejected", func(d *reconciler.DriveRecord) error {
				gone, err := a.disks().Eject(c.Context(), driveSelector(*d))
				if err == nil && !gone {
					a.say("the drive is idle and all is written; the kernel still lists it, which does no harm")
				}
				return err
			})
		},
	}
	return a.driveOutput(c)
}

func (a *app) driveRetireCommand() *cobra.Command {
	var reason string
	var yes bool
	c := &cobra.Command{
		Use:   "retire NAME",
		Short: "Record that a drive is not to be used any more",
		Long: `Records that a drive is broken, lost or given away: it is never taken for a copy
again, and what it holds counts as a copy no more. Nothing on it is erased. With the
last proven copy of a set on it, --yes is needed: then the set has none.`,
		Example:           "  s3export drive retire photos-a --reason \"clicks\"",
		Args:              one("the name of a drive"),
		ValidArgsFunction: a.completeDrives,
		RunE: func(c *cobra.Command, args []string) error {
			if strings.ContainsFunc(reason, isControl) || len(reason) > 200 {
				return usage(fmt.Errorf("--reason takes up to 200 characters on one line"))
			}
			return a.retire(c.Context(), args[0], reason, yes)
		},
	}
	c.Flags().StringVar(&reason, "reason", "", "why, on one line")
	c.Flags().BoolVar(&yes, "yes", false, "also when it holds the last proven copy of a set")
	return a.driveOutput(c)
}

func (a *app) driveOutput(c *cobra.Command) *cobra.Command {
	a.outputFlag(c, "table", "json", "yaml", "name")
	return c
}

func isControl(r rune) bool { return r < ' ' || r == 0x7F }

func (a *app) retire(ctx context.Context, name, reason string, yes bool) error {
	all, err := a.journal().ListDrives(ctx)
	if err != nil {
		return err
	}
	text := "retired"
	if reason != "" {
		text += ": " + reason
	}
	return a.changeDrive(ctx, name, "Retired", text, func(d *reconciler.DriveRecord) error {
		if d.Retired != nil {
			return fail(exitUsage, "DriveRetired", fmt.Sprintf("drive %q was retired already", name), "nothing: it is not used any more")
		}
		if reconciler.IsLastProven(*d, all) && !yes {
			return fail(exitBlocked, string(reconciler.LastProvenCopy),
				fmt.Sprintf("drive %q holds run %s, the last proven copy of set %q", name, d.Holds.RunName(), d.Holds.Set),
				"take and verify another copy first; if this one is lost all the same, say so with --yes")
		}
		d.Retired = &reconciler.Retirement{At: a.now(), Reason: reason}
		return nil
	})
}

// changeDrive changes a drive's record and says so.
func (a *app) changeDrive(ctx context.Context, name, reason, text string, change func(*reconciler.DriveRecord) error) error {
	all, damaged := a.journal().ListDrives(ctx)
	d, err := findDrive(all, name)
	if err != nil {
		if damaged != nil {
			a.warning("%v", damaged)
		}
		return err
	}
	if err := change(&d); err != nil {
		return err
	}
	e := reconciler.Event{At: a.now(), Reason: reason, Message: text}
	if d.Holds != nil {
		e.Run = d.Holds.Run
	}
	if d, err = a.journal().SaveDrive(ctx, d.Note(e)); err != nil {
		return err
	}
	if a.output != "table" {
		return a.showDrives([]driveView{a.viewDrive(d)}, false)
	}
	_, _ = fmt.Fprintf(a.stdout, "drive/%s %s\n", d.Key, text)
	if reason == "Ejected" {
		_, _ = fmt.Fprintln(a.stdout, "  it may be unplugged now")
	}
	return nil
}

func (a *app) driveDescribeCommand() *cobra.Command {
	c := &cobra.Command{
		Use:               "describe NAME…",
		Short:             "Tell all that is known of a drive",
		Args:              atLeastOne("the name of a drive"),
		ValidArgsFunction: a.completeDrives,
		RunE: func(c *cobra.Command, args []string) error {
			views, err := a.drives(c.Context(), args)
			if err != nil && len(views) == 0 {
				return err
			}
			if a.output != "text" {
				return a.showDrives(views, false)
			}
			for i, v := range views {
				if i > 0 {
					_, _ = fmt.Fprintln(a.stdout)
				}
				a.describeDrive(v)
			}
			return nil
		},
	}
	a.outputFlag(c, "text", "json", "yaml")
	return c
}

func (a *app) describeDrive(v driveView) {
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	field := func(name, format string, args ...any) { _, _ = fmt.Fprintf(w, name+":\t"+format+"\n", args...) }
	field("Drive", "%s (%s)", v.Identity.Name(), device.FormatSize(v.Identity.Size))
	if v.Name != "" {
		field("Sticker", "%s", v.Name)
	}
	if v.Place() != "" {
		field("Location", "%s", v.Place())
	}
	state := string(v.State)
	if v.Path != "" {
		state += ", " + v.Path
	}
	field("State", "%s", state)
	if s := v.Seen; s != nil {
		field("Last seen", "%s, %s on %s", stamp(s.At), s.Path, s.Host)
	}
	if h := v.Holds; h != nil {
		field("Holds", "%s since %s", h.RunName(), stamp(h.Since))
		if h.ClearedAt != nil {
			field("Erased", "%s: it was blank", stamp(*h.ClearedAt))
		}
		if h.Set != "" {
			field("Set", "%s", h.Set)
		}
		if h.CopiedAt != nil {
			field("Copied", "%s", stamp(*h.CopiedAt))
		}
		if p := h.Proof; p != nil {
			field("Proof", "%s, %s; due %s", p.Verdict, stamp(p.At), dueText(p.DueAt, a.now()))
		}
		if len(h.SecretNames) > 0 {
			field("Secrets", "%s", strings.Join(h.SecretNames, ", "))
		}
	}
	_ = w.Flush()
	events(a.stdout, v.Events)
}
