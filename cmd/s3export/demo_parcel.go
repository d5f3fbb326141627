package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers/simulator"
	"github.com/cargomedia/s3export/specs"
)

// parcelOf returns the backup's document, the job it has, and the control of the
// simulator that its spec names.
func (a *app) parcelOf(ctx context.Context, name string) (specs.Document, string, *simulator.Control, error) {
	d, err := a.remembered(ctx, name)
	if err != nil {
		return d, "", nil, err
	}
	if d.Service().Endpoint == "" {
		return d, "", nil, fail(exitUsage, "NoSimulator", fmt.Sprintf("backup %q is not one of a simulator: its spec names no endpoint", name), "s3export simulate starts one")
	}
	r, err := a.known(ctx, name)
	if err != nil {
		return d, "", nil, err
	}
	run := r.Run(d.Spec.Run)
	if run.Job == nil {
		return d, "", nil, fail(exitUsage, "NoJob", fmt.Sprintf("backup %q has no job yet", name), "apply its spec first")
	}
	return d, string(run.Job.ID), simulator.NewControl(d.Service().Endpoint), nil
}

func (a *app) demoShipCommand() *cobra.Command {
	var lost bool
	c := &cobra.Command{
		Use:   "ship NAME [--lost]",
		Short: "Send a backup's image to the simulator's warehouse",
		Long: `Sends the image file of a backup to the warehouse. As a drive would, it goes away:
it is renamed until it comes back. With --lost it never arrives nor comes back.`,
		Args:              one("the name of a backup"),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			d, job, control, err := a.parcelOf(c.Context(), args[0])
			if err != nil {
				return err
			}
			if d.Spec.Device.Image == "" {
				return fail(exitUsage, "NoImage", "only image files can be sent to the simulator by this command", "use the control API for a block device")
			}
			p, err := control.Ship(c.Context(), job, d.Spec.Device.Image)
			if err == nil && lost {
				p, err = control.Lose(c.Context(), job)
			}
			if err != nil {
				return simulated(err)
			}
			if p.Lost {
				_, _ = fmt.Fprintf(a.stdout, "parcel of job %s is on its way and never arrives; its image stays at %s\n", p.Job, p.Away)
				return nil
			}
			_, _ = fmt.Fprintf(a.stdout, "parcel of job %s is on its way, due %s\n", p.Job, stamp(p.Due))
			return nil
		},
	}
	c.Flags().BoolVar(&lost, "lost", false, "the carrier loses the parcel")
	return c
}

func (a *app) demoAdvanceCommand() *cobra.Command {
	var by time.Duration
	var to string
	c := &cobra.Command{
		Use:   "advance NAME --to received|loading|loaded|returned|expired | --by DURATION",
		Short: "Move the simulator's clock forward",
		Long: `Moves the simulator's clock forward, to a stage of the backup's parcel or by a
duration such as 72h. What is due on the way is carried out.`,
		Args:              one("the name of a backup"),
		ValidArgsFunction: a.completeNames,
		RunE: func(c *cobra.Command, args []string) error {
			if (to == "") == (by == 0) {
				return usage(errors.New("name either --to or --by"))
			}
			_, job, control, err := a.parcelOf(c.Context(), args[0])
			if err != nil {
				return err
			}
			var done simulator.Advanced
			if to != "" {
				done, err = control.AdvanceTo(c.Context(), job, to)
			} else {
				done, err = control.Advance(c.Context(), by)
			}
			if err == nil {
				err = done.Err()
			}
			for _, e := range done.Events {
				_, _ = fmt.Fprintf(a.stdout, "%s  job %s: %s (%s, %s)\n", stamp(e.At), e.Job, e.Stage, e.LocationCode, e.ProgressCode)
			}
			if err == nil && len(done.Events) == 0 {
				_, _ = fmt.Fprintf(a.stdout, "%s  no parcel has moved\n", stamp(done.Now))
			}
			return simulated(err)
		},
	}
	c.Flags().StringVar(&to, "to", "", "stage to reach")
	c.Flags().DurationVar(&by, "by", 0, "duration")
	_ = c.RegisterFlagCompletionFunc("to", cobra.FixedCompletions([]string{"received", "loading", "loaded", "returned", "expired"}, cobra.ShellCompDirectiveNoFileComp))
	return c
}

// simulated gives an error of the control API its remedy.
func simulated(err error) error {
	if e, ok := errors.AsType[*simulator.ControlError](err); ok {
		return fail(exitError, e.Reason, e.Message, e.Remedy)
	}
	return err
}
