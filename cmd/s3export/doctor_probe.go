package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/capacity"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// capacityView is what a probe has found, in JSON and YAML.
type capacityView struct {
	APIVersion string          `json:"apiVersion"`
	Kind       string          `json:"kind"` // Capacity
	ExitCode   int             `json:"exitCode"`
	Path       string          `json:"path"`
	Identity   device.Identity `json:"identity"`
	Message    string          `json:"message"`
	Remedy     string          `json:"remedy,omitempty"`
	capacity.Report
}

// probeCapacity finds out how much a blank drive really keeps.
func (a *app) probeCapacity(ctx context.Context, f doctorFlags) error {
	selector, err := a.probeSelector(ctx, f.probe)
	if err != nil {
		return err
	}
	disks := a.disks()
	seen, err := disks.Inspect(ctx, selector)
	if err != nil {
		return err
	}
	claim, refusal := seen.ClaimBlank()
	if refusal != nil {
		return refusal
	}
	if !f.allowErase {
		if err := a.allowProbe(ctx, seen); err != nil {
			return err
		}
	}
	progress := a.newProgress(seen.Path)
	report, err := disks.ProbeCapacity(ctx, claim, capacity.Options{Random: rand.Reader, Progress: progress.probe})
	progress.end()
	if report.Verdict == "" {
		return err
	}
	if shown := a.showCapacity(seen, report); err == nil {
		return shown
	}
	return err
}

// probeSelector turns what a person names into a selector of that device alone. A path
// is good enough here: nothing but a blank device is written, and it ends up blank.
func (a *app) probeSelector(ctx context.Context, name string) (device.Selector, error) {
	kind, value, found := strings.Cut(name, ":")
	switch {
	case found && value != "" && kind == "serial":
		return device.Selector{Serial: value}, nil
	case found && value != "" && kind == "wwn":
		return device.Selector{WWN: value}, nil
	case found && value != "" && kind == "by-id":
		return device.Selector{ByID: value}, nil
	}
	s, err := a.disks().Select(ctx, a.path(name))
	if s.Image != "" {
		s.Serial = filepath.Base(s.Image)
	}
	return s, err
}

// allowProbe asks whoever sits at the terminal. --allow-erase is the one word for all
// that writes over a drive, so nobody has to learn another.
func (a *app) allowProbe(ctx context.Context, seen device.State) error {
	why := fmt.Sprintf("the probe writes to %s, which is blank, and makes it blank again", seen.Path)
	if !a.canAsk() {
		return fail(exitBlocked, string(reconciler.EraseNotAllowed), why+"; nobody has allowed it", "check that "+seen.Identity.Name()+" is the one that you mean, then add --allow-erase")
	}
	return a.confirmSerial(ctx, device.Named{Path: seen.Path}, seen, why)
}

func (a *app) showCapacity(seen device.State, r capacity.Report) error {
	v := capacityView{APIVersion: specs.APIVersion, Kind: "Capacity", Path: seen.Path, Identity: seen.Identity, Message: r.String(), Report: r}
	if r.Lies() {
		v.ExitCode, v.Remedy = exitBlocked, "use another drive; give this one back to where it came from"
	}
	if a.output != "text" {
		if err := encode(a.stdout, a.output, v); err != nil {
			return err
		}
		return exit(v.ExitCode)
	}
	_, _ = fmt.Fprintf(a.stdout, "%s (%s): %s\n", v.Path, printable(v.Identity.Name()), v.Message)
	if v.Remedy != "" {
		_, _ = fmt.Fprintf(a.stdout, "  what to do: %s\n", v.Remedy)
	}
	return exit(v.ExitCode)
}
