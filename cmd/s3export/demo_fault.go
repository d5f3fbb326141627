package main

import (
	"fmt"
	"maps"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

func (a *app) demoFaultCommand() *cobra.Command {
	var rot warehouse.Rot
	var abort string
	c := &cobra.Command{
		Use:   "fault NAME [--corrupt N] [--missing N] [--abort CODE]",
		Short: "Have the warehouse spoil the drives that it loads from now on",
		Long: `Has the warehouse of the backup's simulator spoil files on drives that it loads
from now on, or send the backup's drive back unprocessed, with the progress code of
--abort. Without flags it stops doing so. The control API knows more faults.`,
		Example:           "  s3export demo fault photos-a --corrupt 2\n  s3export demo fault photos-a --abort MissingSignature",
		Args:              one("the name of a backup"),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			_, job, control, err := a.parcelOf(c.Context(), args[0])
			if err != nil {
				return err
			}
			faults, err := control.Faults(c.Context())
			if err == nil {
				faults.Rot = rot
				faults.Aborts = aborts(faults, job, abort)
				err = control.SetFaults(c.Context(), faults)
			}
			if err != nil {
				return simulated(err)
			}
			if abort != "" {
				_, _ = fmt.Fprintf(a.stdout, "the drive of job %s will come back unprocessed: %s\n", job, abort)
				return nil
			}
			_, _ = fmt.Fprintf(a.stdout, "drives will come back with %d corrupt and %d missing files\n", rot.Corrupt, rot.Missing)
			return nil
		},
	}
	c.Flags().IntVar(&rot.Corrupt, "corrupt", 0, "number of files with a changed byte")
	c.Flags().IntVar(&rot.Missing, "missing", 0, "number of files that are not there")
	c.Flags().StringVar(&abort, "abort", "", "progress code with which the drive comes back")
	_ = c.RegisterFlagCompletionFunc("abort", cobra.FixedCompletions(warehouse.AbortCodes(), cobra.ShellCompDirectiveNoFileComp))
	return c
}

// aborts returns the aborts of faults with that of a job changed; no code ends it.
func aborts(faults simulator.Faults, job, code string) map[string]string {
	all := maps.Clone(faults.Aborts)
	if all == nil {
		all = map[string]string{}
	}
	all[job] = code
	if code == "" {
		delete(all, job)
	}
	return all
}
