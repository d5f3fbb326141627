package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

func (a *app) cancelJobCommand() *cobra.Command {
	var at reach
	c := &cobra.Command{
		Use:   "cancel-job <job-id>",
		Short: "Cancel a job",
		Long: `Does what phase: Canceled in a spec does, for the backup that has the job. A job
that was made elsewhere becomes a backup of its own, whose spec is made of the
job's manifest, its secrets left out. The drive is not touched.

The new way: phase: Canceled in the spec, or s3export cancel NAME.`,
		Args: arguments(1, 1, "the id of a job"),
		RunE: func(c *cobra.Command, args []string) error {
			on, err := a.cancellation(c.Context(), jobID(args[0]), at)
			if err != nil {
				return err
			}
			v, err := a.reconcileJob(c.Context(), on)
			if err != nil {
				return err
			}
			return a.show("ApplyResult", []view{v}, textResult)
		},
	}
	return a.oldCommand(c, &at, "table", "json", "yaml", "name")
}

// cancellation is the document that has a job canceled: that of the backup which the
// journal knows to have it, else of the one that the job's mark names, else a new
// one, made of what the service holds of the job.
func (a *app) cancellation(ctx context.Context, id providers.JobID, at reach) (onJob, error) {
	r, run, err := a.recordOf(ctx, id)
	if err != nil {
		return onJob{}, err
	}
	if r != nil {
		on, err := a.knownJob(ctx, r.Name, run, specs.Canceled)
		if err == nil || !isUnreadableSpec(err) {
			return on, err
		}
		at, err := a.resolve(ctx, at, specs.Document{})
		return onJob{doc: wish{name: r.Name, run: run, phase: specs.Canceled, at: at, device: specs.Device{Serial: r.Run(run).Job.DeviceID}}.bare()}, err
	}
	s, err := a.strange(ctx, id, at)
	if err != nil {
		return onJob{}, err
	}
	limits := reconciler.Limits{Job: id}
	if s.known {
		on, err := a.knownJob(ctx, s.name, s.run, specs.Canceled)
		on.limits = limits
		if err == nil || !isUnreadableSpec(err) {
			return on, err
		}
	}
	if s.name == "" {
		s.name, s.run = backupName("job-"+string(id), s.job.DeviceID), "1"
	}
	on := a.foreign(ctx, s)
	on.limits = limits
	return on, ctx.Err()
}

// foreign is the document for a job that no spec here knows. What cannot be made a
// spec of, because it keeps none of our rules, can be canceled all the same.
func (a *app) foreign(ctx context.Context, s strangeJob) onJob {
	w := wish{
		name: s.name, run: s.run, phase: specs.Canceled, at: s.at, from: "job " + string(s.job.ID),
		device: specs.Device{Serial: s.job.DeviceID, Format: specs.FormatNever},
	}
	held, err := s.client.Manifest(ctx, s.job.ID)
	if err != nil {
		return onJob{doc: w.bare()}
	}
	m, _, err := manifest.Parse([]byte(held.Reveal()))
	if err != nil {
		return onJob{doc: w.bare()}
	}
	w.manifest = withoutSecrets(m, w.name)
	body, err := w.text()
	if err != nil {
		return onJob{doc: w.bare()}
	}
	docs, err := specs.Decode(a.specPath(w.name), body, specs.Options{Dir: a.dir})
	if err != nil || len(docs) != 1 {
		return onJob{doc: w.bare()}
	}
	if len(m.Secrets()) > 0 {
		a.warning("the secrets of the job's manifest are left out of the spec that is made of it: before it is used for more, say in it where they are to be read from")
	}
	return onJob{doc: docs[0], text: body}
}

// withoutSecrets puts sources in place of the secrets of a manifest, which stand
// there as they are.
func withoutSecrets(m manifest.Manifest, name string) *manifest.Manifest {
	for _, s := range []struct {
		at   **secret.Source
		what string
	}{{&m.PinCode, "pin"}, {&m.TrueCryptPassword, "password"}} {
		if *s.at != nil {
			*s.at = &secret.Source{Credential: name + "-" + s.what}
		}
	}
	return &m
}

// bare is the document of a wish without its manifest, for canceling, which needs
// none. It is not kept.
func (w wish) bare() specs.Document {
	sum := sha256.Sum256([]byte(fmt.Sprintf("%q", []string{w.name, w.run, string(w.phase), w.device.Serial})))
	return specs.Document{
		Backup: specs.Backup{
			APIVersion: specs.APIVersion, Kind: specs.Kind, Metadata: specs.Metadata{Name: w.name},
			Spec: specs.Spec{Phase: w.phase, Run: w.run, Provider: w.at.provider(), Device: w.device},
		},
		File: "-", Digest: "sha256:" + hex.EncodeToString(sum[:]),
	}
}
