package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

func (a *app) manifestCommand() *cobra.Command {
	var f files
	var reveal bool
	c := &cobra.Command{
		Use:   "manifest -f FILE…",
		Short: "Print the manifest that will be sent to the service",
		Long: `Prints the manifest text, byte for byte as it is sent, with ` + secret.Redacted + ` in the place
of secrets. --show-secrets prints them, on a terminal only.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if reveal && !a.onTerminal() {
				return usage(fmt.Errorf("--show-secrets prints on a terminal only, so that no secret ends in a file or a log"))
			}
			docs, err := a.load(f)
			if err != nil {
				return err
			}
			return a.manifests(c.Context(), docs, reveal)
		},
	}
	f.flags(c)
	c.Flags().BoolVar(&reveal, "show-secrets", false, "print the secrets too")
	return c
}

// onTerminal reports whether stdout is a terminal.
func (a *app) onTerminal() bool {
	f, ok := a.stdout.(interface{ Fd() uintptr })
	return ok && term.IsTerminal(int(f.Fd()))
}

func (a *app) manifests(ctx context.Context, docs []specs.Document, reveal bool) error {
	for i, d := range docs {
		text, err := a.manifestText(ctx, d, reveal)
		if err != nil {
			return err
		}
		if i > 0 {
			_, _ = fmt.Fprintln(a.stdout, "---")
		}
		if _, err := fmt.Fprint(a.stdout, text); err != nil {
			return err
		}
	}
	return nil
}

// manifestText renders the manifest as it is sent for the device that the job has,
// else for the one that the spec selects.
func (a *app) manifestText(ctx context.Context, d specs.Document, reveal bool) (string, error) {
	r, err := a.journal().Load(ctx, d.Metadata.Name)
	if err != nil {
		return "", err
	}
	id := d.DeviceID()
	if run := r.Run(d.Spec.Run); id == "" && run.Job != nil {
		id = run.Job.DeviceID
	}
	if id == "" {
		id = "<the serial number of the drive>"
	}
	mark := string(r.Run(d.Spec.Run).MarkFor(d))
	if !reveal {
		return d.ShownManifest(id, mark) //nolint:contextcheck // reads nothing that could take long
	}
	p, err := a.wire(ctx, d)
	if err != nil {
		return "", err
	}
	text, err := d.ManifestFor(ctx, id, mark, p.read)
	return text.Reveal(), err
}
