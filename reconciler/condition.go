package reconciler

import (
	"fmt"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// Condition is a lasting statement about a backup, in Kubernetes' shape.
type Condition struct {
	Type               string    `json:"type"`
	Status             Status    `json:"status"`
	Reason             Reason    `json:"reason"`
	Message            string    `json:"message,omitempty"`
	LastTransitionTime time.Time `json:"lastTransitionTime"`
	ObservedGeneration int64     `json:"observedGeneration"`
}

// Status of a condition.
type Status string

// The statuses.
const (
	True    Status = "True"
	False   Status = "False"
	Unknown Status = "Unknown"
)

// conditionsOf states what is known, with transition times carried over from the
// record where the status did not change.
func conditionsOf(want specs.Document, seen Snapshot, d Decision) []Condition {
	run := seen.Record.Run(want.Spec.Run)
	list := []Condition{
		accepting(d),
		deviceReady(run, seen),
	}
	if seen.Traits.HasJob {
		list = append(list, jobReady(run, seen))
	}
	if seen.Traits.HasLabel {
		list = append(list, labelReady(run))
	}
	list = append(list, sourceReadable(run, seen, d), exportedCondition(run), verifiedCondition(run, want, seen), ready(d))
	if _, acting := d.Next(); acting {
		list = append(list, Condition{Type: "Reconciling", Status: True, Reason: "Acting", Message: StepOf(d.Actions[0]).Text})
	}
	switch o := d.Outcome().(type) {
	case Blocked:
		list = append(list, Condition{Type: "Stalled", Status: True, Reason: o.Reason, Message: o.Message})
	case Waiting:
		if o.Stalled != "" {
			list = append(list, Condition{Type: "Stalled", Status: True, Reason: o.Stalled, Message: o.Message})
		}
	case Converged:
	}
	for i := range list {
		list[i].LastTransitionTime = seen.At
		list[i].ObservedGeneration = seen.Record.generation(want.Digest)
		for _, old := range seen.Record.Conditions {
			if old.Type == list[i].Type && old.Status == list[i].Status {
				list[i].LastTransitionTime = old.LastTransitionTime
			}
		}
	}
	return list
}

// accepting says whether the wish can be followed: a valid spec may still ask for
// what contradicts the past.
func accepting(d Decision) Condition {
	if b, ok := d.Outcome().(Blocked); ok && (b.Reason == RunUnderWay || b.Reason == PhaseBehind || b.Reason == RunCanceled) {
		return Condition{Type: "Accepted", Status: False, Reason: b.Reason, Message: b.Message}
	}
	return Condition{Type: "Accepted", Status: True, Reason: reasonAccepted, Message: "the spec is valid"}
}

func deviceReady(run Run, seen Snapshot) Condition {
	c := Condition{Type: "DeviceReady", Status: False, Reason: reasonNotYet, Message: "no volume of this run yet"}
	switch {
	case run.Load != nil:
		c.Status, c.Reason, c.Message = True, reasonLoadedBySvc, "the drive has been loaded"
	case run.Volume != nil:
		c.Status, c.Reason, c.Message = True, reasonPrepared, "volume "+run.Volume.UUID+" is on "+run.Volume.Device.Name()
	case seen.Device.Presence == device.Absent:
		c.Reason, c.Message = PlugInDrive, "the device is not here"
	case seen.Device.Presence != device.Present:
		r := seen.Device.Missing()
		c.Status, c.Reason, c.Message = Unknown, Reason(r.Reason), r.Message
	}
	return c
}

func jobReady(run Run, seen Snapshot) Condition {
	c := Condition{Type: "JobReady", Status: False, Reason: reasonNotYet, Message: "no job yet"}
	if run.Job == nil {
		return c
	}
	c.Status, c.Reason, c.Message = True, reasonJobExists, "job "+string(run.Job.ID)
	switch j := seen.Job; {
	case !j.Asked:
	case j.Err != nil:
		c.Status, c.Reason, c.Message = Unknown, Retrying, j.Err.Error()
	default:
		c.Message = codes(j.Job)
		if j.Job.Failure != nil && !j.Job.Progress.EndedWell() {
			c.Status, c.Reason = False, Reason(j.Job.Failure.Reason)
		}
	}
	return c
}

func labelReady(run Run) Condition {
	switch {
	case run.Label == nil:
		return Condition{Type: "LabelReady", Status: False, Reason: reasonNotYet, Message: "no shipping label yet"}
	case run.Paperwork == nil && run.Load == nil:
		return Condition{Type: "LabelReady", Status: False, Reason: reasonNotYet, Message: "the label is here, the other papers of the parcel are not yet"}
	}
	return Condition{Type: "LabelReady", Status: True, Reason: reasonLabelKept, Message: run.Label.File}
}

// sourceReadable is about all that the load selects: false when a part of it will
// not be on the drive, accepted or not.
func sourceReadable(run Run, seen Snapshot, d Decision) Condition {
	c := Condition{Type: "SourceReadable", Status: Unknown, Reason: reasonNotYet, Message: "the source was not listed yet"}
	fact := run.Baseline
	if s := seen.Surveyed; s != nil && s.Err != nil {
		c.Status, c.Reason, c.Message = False, Retrying, s.Err.Error()
		if b, ok := d.Outcome().(Blocked); ok {
			c.Reason = b.Reason
		}
		return c
	} else if s != nil {
		fact = &s.Fact
	}
	if fact == nil {
		return c
	}
	c.Status, c.Reason = True, reasonBaseline
	c.Message = fmt.Sprintf("%d objects, %s", fact.Objects, device.FormatSize(fact.Bytes))
	for i, concern := range d.Concerns {
		if i == 0 && (concern.Stops || concern.Accepted) {
			c.Status, c.Reason = False, concern.Reason
		}
		c.Message += "; " + concern.Message
		if concern.Accepted {
			c.Message += " (accepted)"
		}
	}
	return c
}

func exportedCondition(run Run) Condition {
	c := Condition{Type: "Exported", Status: False, Reason: reasonNotYet, Message: "the data are not on the drive yet"}
	if !run.Returned() {
		return c
	}
	c.Status, c.Reason, c.Message = True, reasonLoaded, "the data are on the drive"
	if run.Load.WithErrors {
		c.Reason = reasonLoadedWithErrors
		files := "files"
		if run.Load.ErrorCount == 1 {
			files = "file"
		}
		c.Message = fmt.Sprintf("the service could not load %d %s; its log is s3://%s/%s", run.Load.ErrorCount, files, run.Load.LogBucket, run.Load.LogKey)
	}
	return c
}

func verifiedCondition(run Run, want specs.Document, seen Snapshot) Condition {
	c := Condition{Type: "Verified", Status: False, Reason: reasonNotYet, Message: "no proof yet"}
	p, found := run.LatestProof()
	if !found {
		return c
	}
	c.Message = p.Summary
	switch {
	case !p.isOf(want, seen.Device):
		c.Message = "the latest proof is of another drive, " + p.Device.Name()
	case p.Verdict == verify.Fail:
		c.Reason = VerificationFailed
	case p.Verdict == verify.Incomplete:
		c.Reason = VerificationIncomplete
	case !proofHolds(run, want, seen):
		c.Reason = reasonProofExpired
	default:
		c.Status, c.Reason = True, reasonSampledContent
		if p.Full {
			c.Reason = reasonFullContent
		}
	}
	return c
}

// ready sums up: True when the wanted phase is reached.
func ready(d Decision) Condition {
	switch o := d.Outcome().(type) {
	case Converged:
		if len(d.Actions) == 0 {
			return Condition{Type: "Ready", Status: True, Reason: reasonDone, Message: "phase " + string(o.Phase) + " is reached"}
		}
	case Waiting:
		return Condition{Type: "Ready", Status: False, Reason: o.Reason, Message: o.Message}
	case Blocked:
		return Condition{Type: "Ready", Status: False, Reason: o.Reason, Message: o.Message}
	}
	return Condition{Type: "Ready", Status: False, Reason: reasonNotYet, Message: "there is something to do"}
}
