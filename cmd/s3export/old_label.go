package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

func (a *app) getShippingLabelCommand() *cobra.Command {
	var at reach
	c := &cobra.Command{
		Use:   "get-shipping-label <manifest-path> <job-id>",
		Short: "Get the shipping label of a job",
		Long: `Does what phase: Labeled in a spec does, for the backup that has the job, and prints
the path of the label's PDF. Print it twice: one goes onto the parcel, one is for
the driver.

A job that was made elsewhere is taken over, if it was made with this manifest: its
drive is needed once, to see that it carries the job's SIGNATURE. It is not erased.

The new way: s3export label NAME.`,
		Args: arguments(2, 2, "the path of a manifest and the id of a job"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.getShippingLabel(c.Context(), a.path(args[0]), jobID(args[1]), at)
		},
	}
	return a.oldCommand(c, &at, "table", "json", "yaml", "name")
}

func (a *app) getShippingLabel(ctx context.Context, path string, id providers.JobID, at reach) error {
	text, err := readFile(path)
	if err != nil {
		return fail(exitUsage, "NoManifest", fmt.Sprintf("manifest %q: %s", path, bare(err)), "correct the path")
	}
	m, _, _ := manifest.Parse([]byte(text)) // decoding the document tells what is wrong with it
	r, run, err := a.recordOf(ctx, id)
	if err != nil {
		return err
	}
	if r == nil {
		return a.strangeLabel(ctx, path, m, id, at)
	}
	on, err := a.knownJob(ctx, r.Name, run, furthest(specs.Labeled, r.Run(run).Wanted))
	if err != nil {
		return err
	}
	if !sameManifest(m, on.doc) {
		return fail(exitBlocked, string(reconciler.ManifestChanged), fmt.Sprintf("%s is not the manifest of job %s, which belongs to backup %q", path, id, r.Name),
			"name the job of this manifest; `s3export list-jobs` shows which backup has which")
	}
	if on.text != nil && r.Run(run).MayShip() {
		if err := a.keep(ctx, on.doc, on.text); err != nil {
			return err
		}
	}
	return a.labels(ctx, []specs.Document{on.doc})
}

// sameManifest reports whether a manifest is the one of a document, which may leave
// the drive to be observed.
func sameManifest(m manifest.Manifest, d specs.Document) bool {
	if d.Manifest == nil {
		return false
	}
	of := *d.Manifest
	if m.DeviceID == "" || of.DeviceID == "" {
		m.DeviceID, of.DeviceID = "", ""
	}
	return manifest.Digest(m) == manifest.Digest(of)
}

// strangeLabel takes over a job that the journal does not know.
func (a *app) strangeLabel(ctx context.Context, path string, m manifest.Manifest, id providers.JobID, at reach) error {
	s, err := a.strange(ctx, id, at)
	if err != nil {
		return err
	}
	on, err := a.takingOver(ctx, path, m, s)
	if err != nil {
		return err
	}
	on.limits = reconciler.Limits{Job: id}
	plan, err := a.lookAhead(ctx, on.doc, on.limits)
	if err != nil {
		return err
	}
	if v := refusal(on.doc, plan); v != nil { // nothing is recorded of it
		return a.show("LabelResult", []view{*v}, textLabel)
	}
	v, err := a.reconcileJob(ctx, on)
	if err != nil {
		return err
	}
	r, err := a.journal().Load(ctx, on.doc.Metadata.Name)
	if err != nil {
		return err
	}
	if l := r.Run(on.doc.Spec.Run).Label; l != nil && v.ExitCode == exitDone {
		v.Label = l.File
	}
	return a.show("LabelResult", []view{v}, textLabel)
}

// takingOver is the document for a job that the journal does not know: that of the
// backup which its mark names, else a new one.
func (a *app) takingOver(ctx context.Context, path string, m manifest.Manifest, s strangeJob) (onJob, error) {
	if s.known {
		return a.knownJob(ctx, s.name, s.run, specs.Labeled)
	}
	w := wish{
		name: s.name, run: s.run, phase: specs.Labeled, at: s.at, file: path,
		device: specs.Device{Serial: m.DeviceID}, from: path + " and job " + string(s.job.ID),
	}
	if w.name == "" {
		w.name, w.device.Format = backupName(filepath.Base(path), m.DeviceID), specs.FormatNever
		r, err := a.journal().Load(ctx, w.name)
		if err != nil {
			return onJob{}, err
		}
		w.run, _ = runOf(r)
	}
	text, err := w.text()
	if err != nil {
		return onJob{}, err
	}
	d, err := a.decodeKept(w.name, text)
	return onJob{doc: d, text: text}, err
}
