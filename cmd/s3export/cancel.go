package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

func (a *app) cancelCommand() *cobra.Command {
	var f files
	c := &cobra.Command{
		Use:   "cancel NAME…",
		Short: "Cancel the job of a backup's run",
		Long: `Does what phase: Canceled in the spec does: cancels the job at the service, as long
as it allows that, and ends the run. The drive is not touched. The spec file still
asks for what it asked for; set its phase to Canceled, or its run to a new name.`,
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			docs, err := a.named(c.Context(), args, f)
			if err != nil {
				return err
			}
			for i := range docs {
				docs[i].Spec.Phase = specs.Canceled
			}
			return a.reconcileAll(c.Context(), docs, reconciler.Limits{})
		},
	}
	f.flags(c)
	a.outputFlag(c, "table", "json", "yaml", "name")
	return c
}

func (a *app) labelCommand() *cobra.Command {
	var f files
	c := &cobra.Command{
		Use:   "label NAME…",
		Short: "Bring a backup as far as its shipping label, and say where it is",
		Long: `Does what phase: Labeled in the spec does, and prints the path of the label's PDF.
Print it twice: one goes onto the parcel, one is for the driver.`,
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

// labels brings the backups to Labeled where they are not that far.
func (a *app) labels(ctx context.Context, docs []specs.Document) error {
	var views []view
	for _, d := range docs {
		r, err := a.journal().Load(ctx, d.Metadata.Name)
		if err != nil {
			return err
		}
		v := view{Name: d.Metadata.Name, Run: d.Spec.Run, Phase: r.Phase, Outcome: outcomeView{Kind: "Converged"}}
		if run := r.Run(d.Spec.Run); run.Label == nil || !run.MayShip() || d.Spec.Phase == specs.Canceled {
			v = a.labelOne(ctx, d)
			if r, err = a.journal().Load(ctx, d.Metadata.Name); err != nil {
				return err
			}
		}
		if l := r.Run(d.Spec.Run).Label; l != nil && v.ExitCode == exitDone {
			v.Label = l.File
		}
		views = append(views, v)
	}
	return a.show("LabelResult", views, textLabel)
}

// labelOne brings one backup to Labeled, whatever later or earlier phase its spec
// wants; where the spec gives the run up, there is nothing to ship.
func (a *app) labelOne(ctx context.Context, d specs.Document) view {
	if d.Spec.Phase == specs.Canceled {
		return viewError(d, fail(exitBlocked, string(reconciler.RunCanceled), fmt.Sprintf("the spec of backup %q wants run %q canceled", d.Metadata.Name, d.Spec.Run),
			"ship nothing for it; to begin again set spec.run to a new name and spec.phase to Labeled or later"))
	}
	d.Spec.Phase = specs.Labeled
	return a.applyOne(ctx, d, applyFlags{once: true})
}

// reconcileAll reconciles documents that a command has made, once. A wait that is
// left means that what the command asks for is not done: exit code 3.
func (a *app) reconcileAll(ctx context.Context, docs []specs.Document, limits reconciler.Limits) error {
	views := make([]view, 0, len(docs))
	for _, d := range docs {
		views = append(views, a.applyOne(ctx, d, applyFlags{limits: limits, once: true}))
	}
	return a.show("ApplyResult", views, textResult)
}
