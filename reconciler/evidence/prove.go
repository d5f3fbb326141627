package evidence

import (
	"context"
	"errors"
	"io"
	"os"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// Prove implements reconciler.Evidence. The report is written once, as a whole: one
// that is there and has this seed and device was finished by a run that could not
// record it. One of another draw is left alone: a record that was lost or restored
// does not know of it.
func (k *Keeper) Prove(ctx context.Context, d specs.Document, s device.Selector, on device.Identity, run reconciler.Run) (reconciler.Proof, error) {
	plan := *run.Intent.Proof
	report, err := k.finished(d, &plan, on)
	if errors.Is(err, os.ErrNotExist) {
		run.Intent = &reconciler.Intent{Proof: &plan}
		report, err = k.verify(ctx, d, s, on, run)
	}
	if err == nil {
		err = k.cover(d, report)
	}
	if err != nil {
		return reconciler.Proof{}, err
	}
	return reconciler.Proof{
		ProofPlan: plan, At: report.Ended, Verdict: report.Verdict(), Full: report.Full(), Summary: report.Sentence(),
		SpecDigest: d.Digest, Device: on,
	}, nil
}

// maxReports bounds the search for a name of a report that is not taken.
const maxReports = 10_000

// finished returns the report of the plan, or os.ErrNotExist with the plan's report
// under a name that is free.
func (k *Keeper) finished(d specs.Document, plan *reconciler.ProofPlan, on device.Identity) (verify.Report, error) {
	for range maxReports {
		report, err := k.report(d, plan.Report)
		if err != nil || strings.EqualFold(report.Seed.String(), plan.Seed) && report.Subject.Device == on.Name() {
			return report, err
		}
		plan.Report = nextName(plan.Report)
	}
	return verify.Report{}, &reconciler.FileError{
		Op: "writing", Path: k.path(d, plan.Report), Err: errors.New("too many reports of one day"), Remedy: "move older reports to another directory",
	}
}

func (k *Keeper) report(d specs.Document, name string) (verify.Report, error) {
	f, err := os.Open(k.path(d, name))
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = f.Close() }()
	return verify.DecodeReport(f)
}

// nextName counts up reports/<date>-<n>.json.
func nextName(name string) string {
	stem := strings.TrimSuffix(name, ".json")
	i := strings.LastIndexByte(stem, '-') + 1
	n, err := strconv.Atoi(stem[i:])
	if err != nil {
		return stem + "-2.json" // cannot happen: the name is ours
	}
	return stem[:i] + strconv.Itoa(n+1) + ".json"
}

func (k *Keeper) verify(ctx context.Context, d specs.Document, s device.Selector, on device.Identity, run reconciler.Run) (verify.Report, error) {
	listing, err := k.openBaseline(d, *run.Baseline)
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = listing.Close() }()
	baseline, err := verify.OpenBaseline(listing)
	if err != nil {
		return verify.Report{}, err
	}
	key, err := k.key(ctx, d, run)
	if err != nil {
		return verify.Report{}, err
	}
	volume, err := k.Devices.Open(ctx, s, key)
	if err != nil {
		return verify.Report{}, err
	}
	defer func() { _ = volume.Close() }()
	request, err := k.request(d, on, run)
	if err != nil {
		return verify.Report{}, err
	}
	request.Tree, request.Population = Tree(volume), baseline.Population()
	if err := k.heed(d, run, &request); err != nil {
		return verify.Report{}, err
	}
	report, err := verify.Run(ctx, request)
	if err != nil {
		return report, err
	}
	return report, journal.WriteFile(k.path(d, run.Intent.Proof.Report), func(w io.Writer) error { return report.Encode(w) })
}

// key opens the run's copy: with TrueCrypt it lies in a container that the service
// calls after the job (Developer Guide, "Encrypting Your Data").
func (k *Keeper) key(ctx context.Context, d specs.Document, run reconciler.Run) (device.Key, error) {
	container := ""
	if run.Job != nil {
		container = string(run.Job.ID) + ".tc"
	}
	if d.Manifest == nil || d.Manifest.TrueCryptPassword == nil {
		return device.PasswordKey("", container), nil
	}
	password, err := k.Secrets(ctx, *d.Manifest.TrueCryptPassword)
	return device.PasswordKey(password.Reveal(), container), err
}

func (k *Keeper) request(d specs.Document, on device.Identity, run reconciler.Run) (verify.Request, error) {
	plan := run.Intent.Proof
	draw, err := k.draw(d, *plan)
	if err != nil {
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
		layout.Recovery = strings.Trim(d.Manifest.RecoveryDirectory, "/")
	}
	return verify.Request{
		Source: k.Source, LoadEnded: run.Load.EndedAt, Draw: draw, Layout: layout, About: about,
		Runtime: verify.Runtime{Now: k.Clock, Progress: k.Progress, Workers: k.Workers},
	}, nil
}

func earlier(p reconciler.Proof) verify.Attempt {
	a := verify.Attempt{Number: p.Attempt, Ended: p.At, Verdict: p.Verdict}
	_ = a.Seed.UnmarshalText([]byte(p.Seed)) // written by us; a bad one shows as zero
	return a
}
