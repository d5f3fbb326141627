package evidence

import (
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

func (k *Keeper) request(d specs.Document, on device.Identity, run reconciler.Run) (verify.Request, error) {
	plan := run.Intent.Proof
	draw, err := k.draw(d, *plan)
	if err != nil {
		return verify.Request{}, err
	}
	about := verify.About{Subject: k.Subject, Medium: Medium(on), Attempt: plan.Attempt}
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
	request := verify.Request{
		Source: k.Source, LoadEnded: run.Load.EndedAt, Draw: draw, Layout: layout, About: about, Accept: accepted(d),
		Runtime: verify.Runtime{Now: k.Clock, Progress: k.Progress, Pace: k.Pace},
	}
	if d.Spec.Verify.Download == specs.DownloadIfNeeded {
		request.Download = k.Download
	}
	return request, k.against(d, run, &request)
}

// against says what the drive is compared with.
func (k *Keeper) against(d specs.Document, run reconciler.Run, request *verify.Request) error {
	known := verify.StartBaseline
	if run.Baseline.Complete {
		known = verify.ClosedBaseline
	}
	request.Population = verify.Population{Ranges: Ranges(d), Known: known, Objects: k.walk(d, *run.Baseline)}
	var err error
	switch d.Spec.Verify.Against {
	case specs.AgainstBucket:
		request.Population, err = verify.Live(k.Source, Ranges(d))
	case specs.AgainstBaseline:
		request.Source, request.Download = nil, nil
	case specs.AgainstBoth:
		request.Population, err = verify.AgainstBoth(request.Population, k.Source)
	}
	if err != nil {
		return err
	}
	return k.heed(d, run, request)
}

func accepted(d specs.Document) []verify.Acceptance {
	var all []verify.Acceptance
	for _, a := range d.Spec.Verify.Accept {
		until, _ := a.Until.Parse() // checked with the spec
		all = append(all, verify.Acceptance{Outcome: verify.Outcome(a.Outcome), Keys: a.Keys, Reason: a.Reason, Until: until})
	}
	return all
}

func earlier(p reconciler.Proof) verify.Attempt {
	a := verify.Attempt{Number: p.Attempt, Ended: p.At, Verdict: p.Verdict}
	_ = a.Seed.UnmarshalText([]byte(p.Seed)) // written by us; a bad one shows as zero
	return a
}
