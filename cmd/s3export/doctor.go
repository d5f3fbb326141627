package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/specs"
)

// checkStatus says how a check went.
type checkStatus string

const (
	checkOK   checkStatus = "ok"
	checkWarn checkStatus = "warn" // something will not work, which not everybody needs
	checkFail checkStatus = "fail" // the job cannot be done until a person has helped
)

// check is one thing that doctor looks at.
type check struct {
	Name    string      `json:"name"`
	Status  checkStatus `json:"status"`
	Message string      `json:"message"`
	Remedy  string      `json:"remedy,omitempty"` // never empty but with ok
}

func passed(name, message string) check { return check{Name: name, Status: checkOK, Message: message} }

func warned(name, message, remedy string) check { return check{name, checkWarn, message, remedy} }

func failed(name string, err error) check {
	p := problemOf(err)
	return check{name, checkFail, p.Message, p.Remedy}
}

// examination is all that doctor has found.
type examination struct {
	APIVersion string       `json:"apiVersion"`
	Kind       string       `json:"kind"` // Examination
	ExitCode   int          `json:"exitCode"`
	Checks     []check      `json:"checks"`
	Devices    []deviceView `json:"devices"`
}

type doctorFlags struct {
	probe      string
	allowErase bool
}

func (a *app) doctorCommand() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say whether this host can do the job, or how much a drive really keeps",
		Long: `Looks at what this host needs to make and read drives, changes nothing, and asks
nothing of the network: ok, warn or fail, each with what to do.

With --probe-capacity, finds out whether a blank drive keeps as much as it says: writes
to places all over it, reads them back from the medium, and puts back what was there.
Nothing but a drive that is proven blank is touched, and each place is looked at before
it is written. It is named as serial:NUMBER, wwn:NUMBER, by-id:NAME, or by a path. As
always before a drive is written, somebody must allow it: with --allow-erase, or by
typing its serial number. Killed or unplugged in the middle, the drive still counts as
blank.

Exit codes: 0 fine, 4 something must be done by a person, or the drive lies about its
size.`,
		Example: "  s3export doctor\n  s3export doctor --probe-capacity serial:575842314137 --allow-erase",
		Args:    noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if f.probe != "" {
				return a.probeCapacity(c.Context(), f)
			}
			if f.allowErase {
				return usage(fmt.Errorf("--allow-erase belongs to --probe-capacity: without that, nothing is written"))
			}
			return a.examine(c.Context())
		},
	}
	c.Flags().StringVar(&f.probe, "probe-capacity", "", "write to this blank drive and read back, to see how much it really keeps")
	c.Flags().BoolVar(&f.allowErase, "allow-erase", false, "allow that to write to the drive")
	_ = c.RegisterFlagCompletionFunc("probe-capacity", a.completeDevices)
	a.outputFlag(c, "text", "json", "yaml")
	return c
}

func (a *app) examine(ctx context.Context) error {
	e := examination{APIVersion: specs.APIVersion, Kind: "Examination", Devices: []deviceView{}}
	e.Checks = append(e.Checks, a.checkConfig(), a.checkUser(), a.checkState())
	host, err := a.checkHost(ctx)
	if err != nil {
		return err
	}
	e.Checks = append(append(e.Checks, host...), a.checkCredentials(ctx))
	views, devices, err := a.checkDevices(ctx)
	if err != nil {
		return err
	}
	e.Checks, e.Devices = append(e.Checks, devices), views
	for _, c := range e.Checks {
		if c.Status == checkFail {
			e.ExitCode = exitBlocked
		}
	}
	if a.output != "text" {
		err = encode(a.stdout, a.output, e)
	} else {
		err = e.text(a.stdout)
	}
	if err != nil {
		return err
	}
	return exit(e.ExitCode)
}

// text prints the page. Lines of a check that went well have no remedy.
func (e examination) text(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, c := range e.Checks {
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", c.Status, c.Name, printable(c.Message))
		if c.Remedy != "" {
			_, _ = fmt.Fprintf(w, "\t\t  what to do: %s\n", printable(c.Remedy))
		}
	}
	if err := w.Flush(); err != nil || len(e.Devices) == 0 {
		return err
	}
	_, _ = fmt.Fprintln(out)
	return devicesTable(out, e.Devices, false, false)
}
