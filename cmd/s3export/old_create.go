package main

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

// createFlags are the flags and arguments of create-job.
type createFlags struct {
	at                 reach
	manifest, device   string
	skipFormat, dryRun bool
	limits             reconciler.Limits
}

func (a *app) createJobCommand() *cobra.Command {
	f := createFlags{limits: reconciler.Limits{AskErase: true}}
	c := &cobra.Command{
		Use:   "create-job <manifest-path> <device-path> [--skip-format] [--dry-run]",
		Short: "Prepare a drive and create its job",
		Long: `Makes a spec of a manifest and a drive, and does what apply does with phase:
Submitted: formats the drive, creates the job, and writes its SIGNATURE. Running it
again changes nothing, and makes no second job.

The path may name a disk, a partition of it, a link in /dev/disk/by-id, or an image
file. What counts is the serial number and the size of the whole disk, which must be
the manifest's deviceId. Only what is proven blank, or empty and ours, is erased, and
only after its serial number was typed in, or with --allow-erase. With --skip-format
the ext4 file system that is on the drive is kept.

The spec is kept in the state directory. The new way: commit it to git, and use
plan -f and apply -f.`,
		Example: "  s3export create-job ./manifest /dev/sdb --dry-run\n  s3export create-job ./manifest /dev/sdb",
		Args:    arguments(2, 2, "the path of a manifest and the path of a device"),
		RunE: func(c *cobra.Command, args []string) error {
			f.manifest, f.device = a.path(args[0]), a.path(args[1])
			return a.createJob(c.Context(), f)
		},
	}
	c.Flags().BoolVar(&f.skipFormat, "skip-format", false, "keep the ext4 file system that is on the drive")
	c.Flags().BoolVar(&f.dryRun, "dry-run", false, "only say what would be done; nothing is changed anywhere")
	c.Flags().BoolVar(&f.limits.AllowErase, "allow-erase", false, "erase without asking what is proven blank or ours; nothing allows erasing anything else")
	return a.oldCommand(c, &f.at, "table", "json", "yaml", "name")
}

func (a *app) createJob(ctx context.Context, f createFlags) error {
	named, err := a.disks().Resolve(ctx, f.device)
	if err != nil {
		return err
	}
	w, err := a.creation(ctx, f, named)
	if err != nil {
		return err
	}
	text, err := w.text()
	if err != nil {
		return err
	}
	d, err := a.decodeKept(w.name, text)
	if err != nil {
		return err
	}
	if f.dryRun {
		return a.dryRun(ctx, d, f.limits)
	}
	if v, err := a.clearance(ctx, d, &f.limits, named); v != nil || err != nil {
		if err != nil {
			return err
		}
		return a.show("ApplyResult", []view{*v}, textResult)
	}
	if err := a.keep(ctx, d, text); err != nil {
		return err
	}
	v := a.applyOne(ctx, d, applyFlags{limits: f.limits, once: true})
	r, err := a.journal().Load(ctx, w.name)
	if err != nil {
		return err
	}
	if j := r.Run(w.run).Job; j != nil {
		v.Job = j.ID
	}
	if v.ExitCode == exitWaiting && v.Phase.Includes(specs.Submitted) {
		v.ExitCode = exitDone // what is left was asked for by a later command
	}
	return a.show("ApplyResult", []view{v}, textJob)
}

// creation is the wish of create-job.
func (a *app) creation(ctx context.Context, f createFlags, named device.Named) (wish, error) {
	w := wish{file: f.manifest, from: fmt.Sprintf("%s and the drive at %s", f.manifest, f.device)}
	text, err := readFile(f.manifest)
	if err != nil {
		return w, fail(exitUsage, "NoManifest", fmt.Sprintf("manifest %q: %s", f.manifest, bare(err)), "correct the path")
	}
	if w.at, err = a.resolve(ctx, f.at, specs.Document{}); err != nil {
		return w, err
	}
	m, _, _ := manifest.Parse([]byte(text)) // decoding the document tells what is wrong with it
	w.device = specs.Device{Serial: named.Identity.Serial, Size: specs.Size(fmt.Sprint(named.Identity.Size))}
	serial := named.Identity.Serial
	if named.Identity.Kind == device.Image {
		w.device.Image, serial = named.Disk, m.DeviceID
	}
	w.name = backupName(filepath.Base(f.manifest), serial)
	r, err := a.journal().Load(ctx, w.name)
	if err != nil {
		return w, err
	}
	if r.SpecFile != "" && r.SpecFile != a.specPath(w.name) {
		return w, fail(exitUsage, "SpecElsewhere", fmt.Sprintf("backup %q is applied from %s", w.name, r.SpecFile), "go on there: `s3export apply -f "+device.ShellQuote(r.SpecFile)+"`")
	}
	w.run, w.device.Replaces = runOf(r)
	w.phase = furthest(specs.Submitted, r.Run(w.run).Wanted)
	if f.skipFormat {
		w.device.Format, w.device.Replaces = specs.FormatNever, ""
	}
	a.sayPartition(named, f.skipFormat)
	return w, nil
}

// sayPartition says what it means that a partition was named.
func (a *app) sayPartition(n device.Named, keeps bool) {
	if n.Partition == 0 {
		return
	}
	what := "the whole disk is prepared"
	if keeps {
		what = "the whole disk is looked at, and its file system is kept"
	}
	a.say("%s is partition %d of %s (%s, %s): %s", n.Path, n.Partition, n.Disk, n.Identity.Name(), device.FormatSize(n.Identity.Size), what)
}

// dryRun says what create-job would do if the erasing were allowed.
func (a *app) dryRun(ctx context.Context, d specs.Document, limits reconciler.Limits) error {
	asked := !limits.AllowErase
	limits.AllowErase = true
	v := a.planOne(ctx, d, limits)
	if ctx.Err() != nil {
		return a.stopped(ctx, ctx.Err())
	}
	for _, s := range v.Steps {
		if asked && s.Effect == reconciler.EffectErase.String() {
			a.say("before anything is erased, the serial number is asked for, or --allow-erase is needed")
		}
	}
	return a.show("Plan", []view{v}, textPlan)
}

// clearance looks at the drive before anything is written, and gets the right to
// erase it from whoever sits at the terminal. The view is of a drive that cannot be
// used: nothing is recorded of it.
func (a *app) clearance(ctx context.Context, d specs.Document, limits *reconciler.Limits, named device.Named) (*view, error) {
	r, err := a.journal().Load(ctx, d.Metadata.Name)
	if err != nil {
		return nil, err
	}
	ahead := d
	if run := r.Run(d.Spec.Run); run.Volume == nil && run.Job == nil {
		ahead.Spec.Phase = specs.Prepared // asks no service
	}
	plan, err := a.lookAhead(ctx, ahead, *limits)
	if err != nil {
		return nil, err
	}
	if no := plan.Forbidden; no != nil && no.Reason == reconciler.EraseNotAllowed && a.canAsk() {
		limits.AllowErase = true
		return nil, a.confirm(ctx, named, plan)
	}
	return refusal(d, plan), nil
}

// textJob prints a result and the id of the job, which the old tool printed too.
func textJob(w io.Writer, v view) {
	textResult(w, v)
	if v.Job != "" {
		_, _ = fmt.Fprintf(w, "  job: %s\n", v.Job)
	}
}
