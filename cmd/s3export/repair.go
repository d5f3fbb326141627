package main

import (
	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
)

func (a *app) repairCommand() *cobra.Command {
	var f files
	c := &cobra.Command{
		Use:   "repair NAME…",
		Short: "Fetch again what the last proof of a drive names as bad",
		Long: `Fetches the files again that the report of the last proof names as different, missing
or unreadable, puts them in place of the bad ones, and proves the drive anew. It is for
drives that this host has filled (provider pull), and reads nothing else from S3.

A drive that goes bad once does so again: look at its health (smartctl -a), and take a
copy on another one, before you trust it.`,
		Example:           "  s3export repair photos-a",
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			docs, err := a.named(c.Context(), args, f)
			if err != nil {
				return err
			}
			return a.reconcileAll(c.Context(), docs, reconciler.Limits{Repair: true})
		},
	}
	f.flags(c)
	a.outputFlag(c, "table", "json", "yaml", "name")
	return c
}
