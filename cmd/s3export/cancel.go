package main

import (
	"context"

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

// reconcileAll reconciles documents that a command has made, once. A wait that is
// left means that what the command asks for is not done: exit code 3.
func (a *app) reconcileAll(ctx context.Context, docs []specs.Document, limits reconciler.Limits) error {
	views := make([]view, 0, len(docs))
	for _, d := range docs {
		views = append(views, a.applyOne(ctx, d, applyFlags{limits: limits, once: true}))
	}
	return a.show("ApplyResult", views, textResult)
}
