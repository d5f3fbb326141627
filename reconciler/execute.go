package reconciler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
)

// execution is one step being taken.
type execution struct {
	*Reconciler
	want   specs.Document
	seen   Snapshot
	limits Limits
	record Record
	run    Run
}

// journalError marks an error of the journal: it ends the reconcile and is no
// verdict on the step.
type journalError struct{ err error }

func (e *journalError) Error() string { return e.err.Error() }
func (e *journalError) Unwrap() error { return e.err }

func isJournal(err error) bool {
	_, ok := errors.AsType[*journalError](err)
	return ok
}

// perform writes the intent where the step needs one, acts, and writes the fact.
func (x *execution) perform(ctx context.Context, a Action, s Step) error {
	if err := x.claimed(ctx, a); err != nil {
		if _, refused := errors.AsType[*device.Refusal](err); refused {
			return err
		}
		return &journalError{err}
	}
	if err := x.intend(ctx, a, s); err != nil {
		return err
	}
	if err := x.act(ctx, a); err != nil {
		return err
	}
	if in := x.run.Intent; in != nil && settles(s.Name, in.Action) {
		x.run.Intent = nil
	}
	x.record.Trouble = nil
	x.record = x.record.note(Event{At: x.Clock(), Run: x.run.Name, Reason: s.Name, Message: s.Text})
	return x.save(ctx)
}

// claimed has the drive of a step that takes one noted as taken, before it is.
func (x *execution) claimed(ctx context.Context, a Action) error {
	if f, ok := a.(FormatVolume); ok {
		return x.claimDrive(ctx, f.Device)
	}
	if v, ok := a.(AdoptVolume); ok {
		return x.claimDrive(ctx, v.Device)
	}
	return nil
}

// settles reports whether a step that was taken answers what became of an intent.
func settles(step, intent string) bool {
	switch step {
	case nameAdoptVolume:
		return intent == nameFormatVolume
	case nameAdoptJob:
		return intent == nameCreateJob
	case nameRecordCanceled:
		return true
	default:
		return step == intent
	}
}

// intend makes the intent durable before a step that cannot be undone, and before
// a verification reads its first byte, so that its seed was chosen beforehand.
func (x *execution) intend(ctx context.Context, a Action, s Step) error {
	v, verifying := a.(Verify)
	if s.Effect < EffectRemote && !verifying {
		return nil
	}
	if verifying && v.Resume && x.run.Intent.Proof != nil {
		return nil
	}
	in := &Intent{Action: s.Name, At: x.Clock(), ServiceAt: x.serviceTime(), Service: serviceOf(x.want)}
	if verifying {
		p, err := x.planProof(v.Attempt, in.At)
		if err != nil {
			return err
		}
		in.Proof = &p
	}
	x.run.Intent = in
	x.run.LookedUp = nil
	return x.save(ctx)
}

// serviceTime is the moment on the service's clock, as near as it is known.
func (x *execution) serviceTime() time.Time {
	switch {
	case x.seen.Marked != nil && x.seen.Marked.Err == nil:
		return x.seen.Marked.ObservedAt
	case x.seen.Job.Asked && x.seen.Job.Err == nil:
		return x.seen.Job.Job.ObservedAt
	default:
		return time.Time{}
	}
}

// act does the deed and puts its fact into the run. Its switch is exhaustive.
func (x *execution) act(ctx context.Context, a Action) error {
	switch a := a.(type) {
	case FormatVolume:
		return x.format(ctx, a)
	case AdoptVolume:
		x.run.Volume = &VolumeFact{At: x.Clock(), Device: a.Device, PartitionGUID: a.GUID, UUID: a.UUID, Existing: a.Existing, Of: a.Of}
		return nil
	case TakeBaseline:
		x.run.Baseline = &a.Fact
		return nil
	case CloseBaseline:
		return x.closeBaseline(ctx)
	case CreateJob:
		return x.createJob(ctx, a)
	case AdoptJob:
		x.run.Job = x.jobFact(a.Job)
		x.run.Job.Adopted = true
		return nil
	case UpdateJob:
		return x.updateJob(ctx, a)
	case WriteSignature:
		return x.sign(ctx, a)
	case FetchLabel:
		return x.label(ctx, a)
	case MakePaperwork:
		return x.paperwork(ctx)
	case RecordLoad:
		x.load(a.Job)
		return nil
	case KeepLog:
		return x.keepLog(ctx, a)
	case Fill:
		return x.fill(ctx, a)
	case Verify:
		return x.verify(ctx)
	case CancelJob:
		return x.JobWriter.CancelJob(ctx, a.ID)
	case GiveUpLost:
		return x.giveUpLost(ctx, a)
	case RecordCanceled:
		x.run.Canceled = &CanceledFact{At: x.Clock(), Job: a.ID}
		return nil
	}
	return fmt.Errorf("step %T is not known", a)
}

func (x *execution) format(ctx context.Context, a FormatVolume) error {
	keys, err := x.keys(ctx)
	if err == nil && len(keys) > 0 {
		err = x.Encrypter.FormatEncrypted(ctx, a.Claim, a.Volume, keys)
	} else if err == nil {
		err = x.DiskWriter.Format(ctx, a.Claim, a.Volume)
	}
	if err != nil {
		return fmt.Errorf("formatting %s: %w", a.Device.Name(), err)
	}
	x.run.Volume = &VolumeFact{At: x.Clock(), Device: a.Device, PartitionGUID: a.Volume.PartitionGUID, UUID: a.Volume.UUID}
	x.run.Signature = nil
	return nil
}

// keys reads all keys of the drive, before anything is erased for a volume that one of
// them could not open.
func (x *execution) keys(ctx context.Context) ([]device.Key, error) {
	var keys []device.Key
	for _, k := range x.want.Keys() {
		passphrase, err := x.Secrets(ctx, *k.Secret)
		if err != nil {
			return nil, fmt.Errorf("key %q: %w", k.Name, err)
		}
		keys = append(keys, device.PasswordKey(passphrase.Reveal(), ""))
	}
	return keys, nil
}

func (x *execution) closeBaseline(ctx context.Context) error {
	var start BaselineFact
	if x.run.Baseline != nil {
		start = *x.run.Baseline
	}
	fact, err := x.Evidence.CloseBaseline(ctx, x.want, start)
	if err != nil {
		return fmt.Errorf("listing the source: %w", err)
	}
	fact.Ranges, fact.Survey = rangesOf(x.want), start.Survey
	x.run.Baseline = &fact
	return nil
}

func (x *execution) fill(ctx context.Context, a Fill) error {
	order := FillOrder{Run: x.run, Device: x.seen.Device.Identity, Volume: volumeOn(x.want, x.run), Repair: a.Repair}
	filled, err := x.Filler.Fill(ctx, x.want, order)
	if err != nil {
		return fmt.Errorf("copying the source: %w", err)
	}
	filled.Baseline.Ranges, filled.Baseline.Survey = rangesOf(x.want), x.run.Baseline.Survey
	x.run.Load, x.run.Baseline = &filled.Load, &filled.Baseline
	return nil
}

// load records the end of the service's load, and the drive's way back.
func (x *execution) load(j providers.Job) {
	fact := LoadFact{EndedAt: j.ObservedAt}
	if x.run.Load != nil {
		fact = *x.run.Load
	}
	fact.WithErrors = j.Progress == providers.CompleteWithErrors
	fact.ErrorCount, fact.LogBucket, fact.LogKey = j.ErrorCount, j.LogBucket, j.LogKey
	if j.Location == providers.Returned {
		at := j.ObservedAt
		fact.ReturnedAt, fact.Carrier, fact.Tracking = &at, j.Carrier, j.TrackingNumber
	}
	x.run.Load = &fact
}

// save makes the record durable.
func (x *execution) save(ctx context.Context) error {
	x.record = x.record.put(x.run)
	x.record.Phase = reached(x.run, x.seen, x.want)
	x.record.UpdatedAt = x.Clock()
	saved, err := x.Journal.Save(ctx, x.record)
	if err != nil {
		return &journalError{err}
	}
	x.record = saved
	return nil
}
