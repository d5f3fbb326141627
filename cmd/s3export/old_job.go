package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/importexport"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// jobID reads the id of a job, in which case does not count.
func jobID(text string) providers.JobID { return providers.JobID(strings.ToUpper(text)) }

// jobs returns the client of the service.
func (a *app) jobs(ctx context.Context, at reach) (*importexport.Client, error) {
	cfg, err := a.awsConfig(ctx, at.region, at.profile)
	if err != nil {
		return nil, err
	}
	return a.importExport(cfg, *at.provider().ImportExport)
}

// recordOf returns the record and the run that a job belongs to, as the journal
// knows it. Of several, one that has not ended; several of those are a person's
// matter.
func (a *app) recordOf(ctx context.Context, id providers.JobID) (found *reconciler.Record, run string, err error) {
	records, err := a.journal().List(ctx)
	if err != nil {
		return nil, "", err
	}
	live := 0
	for i, r := range records {
		for _, candidate := range r.Runs {
			if candidate.Job == nil || candidate.Job.ID != id || found != nil && candidate.Ended() {
				continue
			}
			found, run = &records[i], candidate.Name
			if !candidate.Ended() {
				live++
			}
		}
	}
	if live > 1 {
		return nil, "", fail(exitUsage, "AmbiguousJob", fmt.Sprintf("several backups have a job %s", id), "name the backup: `s3export get -o wide` shows their jobs, `s3export cancel NAME` and `s3export label NAME` take a name")
	}
	return found, run, nil
}

// strangeJob is a job that the journal does not know.
type strangeJob struct {
	job    providers.Job
	client *importexport.Client
	at     reach
	// The backup and run that its mark names, empty without one of ours; known says
	// that the journal has that backup.
	name, run string
	known     bool
}

// strange asks the service for a job that the journal does not know.
func (a *app) strange(ctx context.Context, id providers.JobID, at reach) (strangeJob, error) {
	at, err := a.resolve(ctx, at, specs.Document{})
	if err != nil {
		return strangeJob{}, err
	}
	s := strangeJob{at: at}
	if s.client, err = a.jobs(ctx, at); err != nil {
		return s, err
	}
	if s.job, err = s.client.Job(ctx, id); err != nil {
		return s, a.stopped(ctx, err)
	}
	if s.name, s.run, _ = s.job.Mark.Names(); s.name == "" {
		return s, nil
	}
	r, err := a.journal().Load(ctx, s.name)
	s.known = r.Version != ""
	return s, err
}

// onJob is a document for a command that names a job.
type onJob struct {
	doc    specs.Document
	text   []byte // of the document, where it is ours to keep
	limits reconciler.Limits
}

// knownJob returns the document of a backup that the journal knows, for one of its
// runs. One that a command of the old tool has made is written anew with the phase.
func (a *app) knownJob(ctx context.Context, name, run string, phase specs.Phase) (onJob, error) {
	d, err := a.remembered(ctx, name)
	if err != nil {
		return onJob{}, err
	}
	if d.File != a.specPath(name) || d.Spec.Run != run {
		d.Spec.Phase, d.Spec.Run = phase, run
		return onJob{doc: d}, nil
	}
	text, err := os.ReadFile(d.File)
	if err != nil {
		return onJob{}, err
	}
	text = withPhase(text, phase)
	d, err = a.decodeKept(name, text)
	return onJob{doc: d, text: text}, err
}

// reconcileJob keeps the document and reconciles it once.
func (a *app) reconcileJob(ctx context.Context, on onJob) (view, error) {
	if on.text != nil {
		if err := a.keep(ctx, on.doc, on.text); err != nil {
			return view{}, err
		}
	}
	return a.applyOne(ctx, on.doc, applyFlags{limits: on.limits, once: true}), nil
}

// refusal is how a plan ends that cannot be begun; nil for one that can.
func refusal(d specs.Document, plan reconciler.Plan) *view {
	blocked, ok := plan.Outcome().(reconciler.Blocked)
	if _, acting := plan.Next(); acting || !ok {
		return nil
	}
	return &view{
		Name: d.Metadata.Name, Run: d.Spec.Run, Wanted: d.Spec.Phase, Phase: plan.Phase,
		Outcome: viewOutcome(blocked), ExitCode: exitCode(blocked, false),
	}
}

// isUnreadableSpec reports whether the spec of a backup cannot be had any more,
// which is no reason not to cancel its job.
func isUnreadableSpec(err error) bool {
	if p, ok := errors.AsType[*problem](err); ok {
		return p.Reason == "NoSpecFile" || p.Reason == "InvalidSpec"
	}
	_, ok := errors.AsType[*specs.FieldError](err)
	return ok
}
