package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

func (a *app) labelCommand() *cobra.Command {
	var f files
	c := &cobra.Command{
		Use:   "label NAME…",
		Short: "Bring backups as far as their shipping label, and say where the papers are",
		Long: `Does what phase: Labeled in the spec does, and prints the path of the label's PDF.
Print it twice: one goes onto the parcel, one is for the driver. The folder that it
is in has the other papers of the parcel.

Several names are drives that travel in one parcel: their jobs get one label. They
must be of one account and have one sender.`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			docs, err := a.named(c.Context(), args, f)
			if err != nil {
				return err
			}
			return a.labels(c.Context(), docs)
		},
	}
	f.flags(c)
	a.outputFlag(c, "table", "json", "yaml", "name")
	return c
}

// labels brings the backups to Labeled where they are not that far; several of them
// with one label.
func (a *app) labels(ctx context.Context, docs []specs.Document) error {
	together, views, err := a.oneParcel(ctx, docs)
	if err != nil {
		return err
	}
	if len(views) > 0 { // some have no job to put onto a label
		return a.show("LabelResult", views, textLabel)
	}
	for _, d := range docs {
		v, err := a.labelOne(ctx, d, together)
		if err != nil {
			return err
		}
		views = append(views, v)
	}
	return a.show("LabelResult", views, textLabel)
}

// oneParcel returns the jobs of several backups, which are made where there is none
// yet. The views are of those that cannot have one now; of a single backup there is
// nothing to find out.
func (a *app) oneParcel(ctx context.Context, docs []specs.Document) (ids []providers.JobID, stuck []view, err error) {
	if len(docs) < 2 {
		return nil, nil, nil
	}
	for _, d := range docs[1:] {
		if d.Sender() != docs[0].Sender() || d.Service() != docs[0].Service() {
			return nil, nil, usage(fmt.Errorf("backups %q and %q have different senders or accounts: one label is for one parcel", docs[0].Metadata.Name, d.Metadata.Name))
		}
	}
	for _, d := range docs {
		job, v, err := a.withJob(ctx, d)
		switch {
		case err != nil:
			return nil, nil, err
		case job != nil:
			ids = append(ids, job.ID)
		case v != nil:
			stuck = append(stuck, *v)
		}
	}
	slices.Sort(ids)
	return ids, stuck, nil
}

// withJob returns the job of a backup, which is made where there is none yet and one
// is wanted; the view says why there is still none.
func (a *app) withJob(ctx context.Context, d specs.Document) (*reconciler.JobFact, *view, error) {
	job, err := a.jobOf(ctx, d)
	if err != nil || job != nil || d.Spec.Phase == specs.Canceled {
		return job, nil, err
	}
	d.Spec.Phase = specs.Submitted
	v := a.applyOne(ctx, d, applyFlags{once: true})
	job, err = a.jobOf(ctx, d)
	return job, &v, err
}

func (a *app) jobOf(ctx context.Context, d specs.Document) (*reconciler.JobFact, error) {
	r, err := a.journal().Load(ctx, d.Metadata.Name)
	return r.Run(d.Spec.Run).Job, err
}

// labelOne brings one backup to Labeled, whatever later or earlier phase its spec
// wants; where the spec gives the run up, there is nothing to ship.
func (a *app) labelOne(ctx context.Context, d specs.Document, together []providers.JobID) (view, error) {
	if d.Spec.Phase == specs.Canceled {
		return viewError(d, fail(exitBlocked, string(reconciler.RunCanceled), fmt.Sprintf("the spec of backup %q wants run %q canceled", d.Metadata.Name, d.Spec.Run),
			"ship nothing for it; to begin again set spec.run to a new name and spec.phase to Labeled or later")), nil
	}
	r, err := a.journal().Load(ctx, d.Metadata.Name)
	if err != nil {
		return view{}, err
	}
	v := view{Name: d.Metadata.Name, Run: d.Spec.Run, Phase: r.Phase, Outcome: outcomeView{Kind: "Converged"}}
	if run := r.Run(d.Spec.Run); !run.MayShip() || run.Label == nil || run.Paperwork == nil || len(together) > 0 && !slices.Equal(run.Label.Jobs, together) {
		d.Spec.Phase = specs.Labeled
		v = a.applyOne(ctx, d, applyFlags{once: true, limits: reconciler.Limits{OneLabel: together}})
		if r, err = a.journal().Load(ctx, d.Metadata.Name); err != nil {
			return view{}, err
		}
	}
	if l := r.Run(d.Spec.Run).Label; l != nil && v.ExitCode == exitDone {
		v.Label = l.File
	}
	return v, nil
}
