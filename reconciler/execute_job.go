package reconciler

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
)

func (x *execution) jobFact(j providers.Job) *JobFact {
	fact := &JobFact{ID: j.ID, CreatedAt: j.Created, DeviceID: j.DeviceID}
	if lifetime := x.seen.Traits.Patience.Lifetime; lifetime > 0 {
		fact.ExpiresAt = j.Created.Add(lifetime)
	}
	return fact
}

// createJob keeps the intent when the answer is lost, because the job may exist,
// and drops it when the service has certainly made none.
func (x *execution) createJob(ctx context.Context, a CreateJob) error {
	r, err := x.request(ctx, x.want, x.run, a.DeviceID)
	if err == nil {
		var job providers.Job
		job, err = x.JobWriter.CreateJob(ctx, r)
		if err == nil {
			x.run.Job = x.jobFact(job)
			if x.run.Job.DeviceID == "" {
				x.run.Job.DeviceID = a.DeviceID
			}
			x.run.LookedUp = nil
			return nil
		}
	}
	err = fmt.Errorf("creating the job: %w", err)
	if ctx.Err() != nil || providers.KindOf(err) == providers.OutcomeUnknown {
		return err
	}
	x.run.Intent = nil
	if err2 := x.save(context.WithoutCancel(ctx)); err2 != nil {
		return err2
	}
	return err
}

func (x *execution) updateJob(ctx context.Context, a UpdateJob) error {
	r, err := x.request(ctx, x.want, x.run, a.DeviceID)
	if err == nil {
		err = x.JobWriter.UpdateJob(ctx, a.ID, r)
	}
	if err != nil {
		return fmt.Errorf("updating job %s: %w", a.ID, err)
	}
	return nil
}

// giveUpLost cancels the job of a parcel that was lost, so that it is not loaded,
// and charged, when it turns up.
func (x *execution) giveUpLost(ctx context.Context, a GiveUpLost) error {
	err := x.JobWriter.CancelJob(ctx, a.ID)
	if err != nil && providers.KindOf(err) != providers.NotFound {
		return fmt.Errorf("canceling job %s of the lost parcel of run %q: %w", a.ID, a.Run, err)
	}
	lost := x.record.Run(a.Run)
	lost.Canceled = &CanceledFact{At: x.Clock(), Job: a.ID}
	x.record = x.record.put(lost)
	return nil
}

// sign writes the SIGNATURE that the service gave for the job.
func (x *execution) sign(ctx context.Context, a WriteSignature) error {
	target := device.SignatureTarget{Selector: SelectorOf(x.want), FileSystemUUID: a.FileSystemUUID}
	if err := x.DiskWriter.WriteSignature(ctx, target, []byte(a.Text)); err != nil {
		return fmt.Errorf("writing the SIGNATURE of job %s: %w", a.ID, err)
	}
	sum := sha256.Sum256([]byte(a.Text))
	x.run.Signature = &SignatureFact{At: x.Clock(), SHA256: hex.EncodeToString(sum[:])}
	return nil
}

func (x *execution) label(ctx context.Context, a FetchLabel) error {
	l, err := x.JobWriter.Label(ctx, a.IDs, x.want.Sender())
	if err != nil {
		return fmt.Errorf("asking for the shipping label of %s: %w", jobsText(a.IDs), err)
	}
	fact, err := x.Papers.KeepLabel(ctx, x.want, a.IDs, l)
	if err != nil {
		return fmt.Errorf("fetching the shipping label of %s: %w", jobsText(a.IDs), err)
	}
	fact.Jobs = a.IDs
	x.run.Label = &fact
	return nil
}

func (x *execution) paperwork(ctx context.Context) error {
	fact, err := x.Papers.Paperwork(ctx, x.want, x.run)
	if err != nil {
		return fmt.Errorf("making the papers of the parcel: %w", err)
	}
	fact.Digest = papersOf(x.want, x.run)
	x.run.Paperwork = &fact
	return nil
}

// planProof fixes seed, sample and report before the first byte is read.
func (x *execution) planProof(attempt int, now time.Time) (ProofPlan, error) {
	seed := x.limits.Seed
	if seed == "" {
		raw := make([]byte, 16)
		if _, err := x.Random.Read(raw); err != nil {
			return ProofPlan{}, fmt.Errorf("drawing a seed: %w", err)
		}
		seed = hex.EncodeToString(raw)
	}
	return ProofPlan{
		Report:       fmt.Sprintf("reports/%s-%d.json", day(now), attempt),
		Seed:         seed,
		Reproduction: x.limits.Seed != "",
		Sample:       string(x.want.Spec.Verify.Sample),
		Attempt:      attempt,
	}, nil
}

// verify proves the drive. A report that an interrupted run has finished is the
// result.
func (x *execution) verify(ctx context.Context) error {
	proof, err := x.Evidence.Prove(ctx, x.want, SelectorOf(x.want), x.seen.Device.Identity, x.run)
	if err != nil {
		return fmt.Errorf("verifying: %w", err)
	}
	x.run.Proofs = append(x.run.Proofs, proof)
	if proof.Baseline != nil {
		x.run.Baseline = proof.Baseline
	}
	return nil
}
