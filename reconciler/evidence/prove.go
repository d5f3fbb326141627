package evidence

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// Prove implements reconciler.Evidence. The report is written once, as a whole: a
// report that is there was finished by a run that could not record it.
func (k *Keeper) Prove(ctx context.Context, d specs.Document, s device.Selector, on device.Identity, run reconciler.Run) (reconciler.Proof, error) {
	plan := *run.Intent.Proof
	report, err := k.finished(d, plan)
	if errors.Is(err, os.ErrNotExist) {
		report, err = k.verify(ctx, d, s, on, run)
	}
	if err != nil {
		return reconciler.Proof{}, err
	}
	return reconciler.Proof{
		ProofPlan: plan, At: report.Ended, Verdict: report.Verdict(), Full: report.Full(), Summary: report.Sentence(),
		SpecDigest: d.Digest, Device: on,
	}, nil
}

func (k *Keeper) finished(d specs.Document, plan reconciler.ProofPlan) (verify.Report, error) {
	f, err := os.Open(k.path(d, plan.Report))
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = f.Close() }()
	return verify.DecodeReport(f)
}

func (k *Keeper) verify(ctx context.Context, d specs.Document, s device.Selector, on device.Identity, run reconciler.Run) (verify.Report, error) {
	listing, err := os.Open(k.path(d, run.Baseline.File))
	if err != nil {
		return verify.Report{}, fmt.Errorf("reading the baseline: %w", err)
	}
	defer func() { _ = listing.Close() }()
	baseline, err := verify.OpenBaseline(listing)
	if err != nil {
		return verify.Report{}, err
	}
	volume, err := k.Devices.Open(ctx, s)
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = volume.Close() }()
	request, err := k.request(d, on, run)
	if err != nil {
		return verify.Report{}, err
	}
	request.Tree, request.Population = Tree(volume), baseline.Population()
	report, err := verify.Run(ctx, request)
	if err != nil {
		return report, err
	}
	return report, journal.WriteFile(k.path(d, run.Intent.Proof.Report), func(w io.Writer) error { return report.Encode(w) })
}

func (k *Keeper) request(d specs.Document, on device.Identity, run reconciler.Run) (verify.Request, error) {
	plan := run.Intent.Proof
	count, all, err := specs.Sample(plan.Sample).Parse()
	if err != nil {
		return verify.Request{}, err
	}
	draw := verify.Draw{All: all, Count: int64(count), Reproduction: plan.Reproduction}
	if err := draw.Seed.UnmarshalText([]byte(plan.Seed)); err != nil {
		return verify.Request{}, err
	}
	about := verify.About{Subject: k.Subject, Attempt: plan.Attempt}
	about.Subject.Backup, about.Subject.Run, about.Subject.SpecDigest = d.Metadata.Name, d.Spec.Run, d.Digest
	about.Subject.BaselineDigest, about.Subject.Device = run.Baseline.Digest, on.Name()
	if run.Job != nil {
		about.Subject.Job = string(run.Job.ID)
	}
	for _, p := range run.Proofs {
		about.Earlier = append(about.Earlier, earlier(p))
	}
	layout := verify.DefaultLayout()
	if d.Manifest != nil && d.Manifest.RecoveryDirectory != "" {
		layout.Recovery = d.Manifest.RecoveryDirectory
	}
	return verify.Request{
		Source: k.Source, LoadEnded: run.Load.EndedAt, Draw: draw, Layout: layout, About: about,
		Runtime: verify.Runtime{Now: k.Clock, Progress: k.Progress},
	}, nil
}

func earlier(p reconciler.Proof) verify.Attempt {
	a := verify.Attempt{Number: p.Attempt, Ended: p.At, Verdict: p.Verdict}
	_ = a.Seed.UnmarshalText([]byte(p.Seed)) // written by us; a bad one shows as zero
	return a
}
