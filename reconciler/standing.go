package reconciler

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs"
)

// begun returns the record with the run begun and the spec accepted.
func (r *Reconciler) begun(record Record, want specs.Document, seen Snapshot) (Record, Run) {
	record = accepted(record, want, seen)
	return record, record.Run(want.Spec.Run)
}

// accepted returns the record with what the spec says of itself: digest,
// generation, the names of its secrets, and the furthest phase wanted of the run.
func accepted(record Record, want specs.Document, seen Snapshot) Record {
	record.FormatVersion = RecordVersion
	record.Name = want.Metadata.Name
	record.SpecFile = want.File
	record.Generation = record.generation(want.Digest)
	record.SpecDigest = want.Digest
	record.SecretNames = nil
	for _, s := range want.SecretSources() {
		record.SecretNames = append(record.SecretNames, s.Name())
	}
	run := record.Run(want.Spec.Run)
	record.Runs = slices.DeleteFunc(slices.Clone(record.Runs), func(r Run) bool { return r.Name != run.Name && r.idle() })
	if record.refuses(run.Name) {
		return record // the run does not begin
	}
	if run.StartedAt.IsZero() {
		run.StartedAt = seen.At
	}
	if seen.Traits.HasJob {
		run.Mark = run.MarkFor(want)
	}
	if run.Wanted == "" || want.Spec.Phase.Includes(run.Wanted) || want.Spec.Phase == specs.Canceled ||
		run.Wanted == specs.Canceled && run.Canceled == nil {
		run.Wanted = want.Spec.Phase
	}
	run.Failed = failedFact(run, seen.Job)
	run.Journey = journeyFact(run, seen)
	if m := seen.Marked; run.LookedUp == nil && run.Pending(nameCreateJob) && m != nil && m.Err == nil && len(m.Jobs) == 0 {
		at := m.ObservedAt
		run.LookedUp = &at
	}
	return record.put(run)
}

// sameStanding reports whether two records differ in nothing that a reader would
// miss, so that a pass that changes nothing writes nothing.
func sameStanding(a, b Record) bool {
	a.UpdatedAt = b.UpdatedAt
	if a.Hold != nil && b.Hold != nil {
		h := *a.Hold
		h.NextLook = b.Hold.NextLook
		a.Hold = &h
	}
	return reflect.DeepEqual(a, b)
}

// failed turns the error of a step into the end of the reconcile, with the tries
// counted in the record.
func (x *execution) failed(ctx context.Context, s Step, err error, result *Result) *ending {
	attempt := x.record.attempts(s.Name) + 1
	v := judge(err, attempt)
	x.record = x.record.put(x.run)
	if v.reason == PlugInDrive {
		result.Plan.Seen.Device = device.State{Selector: SelectorOf(x.want), Presence: device.Absent}
		x.record = x.record.note(Event{At: x.Clock(), Run: x.run.Name, Reason: string(device.DeviceVanished), Message: v.message})
	}
	if v.failed() {
		x.record.Trouble = x.record.troubleWith(s.Name, err.Error(), x.seen.At)
	}
	x.Log.Error(err, "step failed", "backup", x.want.Metadata.Name, "step", s.Name, "attempt", attempt)
	if errSave := x.save(ctx); errSave != nil {
		return &ending{err: fmt.Errorf("%w; before that: %w", errSave, err)}
	}
	result.Record = x.record
	return &ending{outcome: v.outcome(x.seen.At)}
}

// troubleWith counts one more failure of a step, or of a look at the world.
func (r Record) troubleWith(step, message string, now time.Time) *Trouble {
	t := Trouble{Step: step, Attempts: r.attempts(step) + 1, Since: now, Message: message}
	if t.Attempts > 1 {
		t.Since = r.Trouble.Since
	}
	return &t
}

// failedFact keeps a job's bad end, as long as it is not seen otherwise.
func failedFact(run Run, seen JobSeen) *FailedFact {
	if run.Job == nil || !seen.Asked || seen.Err != nil || seen.Job.ID != run.Job.ID {
		return run.Failed
	}
	j := seen.Job
	if !j.Progress.Ended() || j.Progress.EndedWell() {
		return nil
	}
	f := &FailedFact{At: j.ObservedAt, Progress: j.Progress}
	if j.Failure != nil {
		f.Reason = j.Failure.Reason
	}
	if run.Failed != nil && run.Failed.Progress == f.Progress && run.Failed.Reason == f.Reason {
		return run.Failed
	}
	return f
}

// refuses reports whether the run may not begin or go on, because another one came
// after it or is under way.
func (r Record) refuses(run string) bool {
	latest, begun := r.rival(run)
	return begun && latest.Name != run && (r.hasRun(run) || !latest.Ended())
}

// told returns the document with the run of which there is something to tell: the
// latest, where the one that is wanted is refused.
func (r Record) told(want specs.Document) specs.Document {
	if r.refuses(want.Spec.Run) {
		latest, _ := r.rival(want.Spec.Run)
		want.Spec.Run = latest.Name
	}
	return want
}
