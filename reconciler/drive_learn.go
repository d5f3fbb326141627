package reconciler

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs"
)

// seenAgain is how long a drive stays plugged in before that is noted anew: a look
// that changes nothing writes nothing.
const seenAgain = 24 * time.Hour

// driveOf says which drive a run is about: the one that is here, else the one on which
// it was prepared, else the one that the spec names.
func driveOf(want specs.Document, run Run, seen device.State) (device.Identity, bool) {
	d := want.Spec.Device
	switch {
	case seen.Presence == device.Present:
		return seen.Identity, true
	case run.Volume != nil:
		return run.Volume.Device, true
	case d.Serial != "" || d.WWN != "":
		return device.Identity{Kind: device.Block, Serial: d.Serial, WWN: d.WWN}, true
	}
	return device.Identity{}, false
}

// remember brings the record of the run's drive up to what the backup's record says. It
// is done at the end of each reconcile, so that a kill between the two writes is put
// right by the next one.
func (r *Reconciler) remember(ctx context.Context, want specs.Document, record Record, seen Snapshot) error {
	run := record.Run(want.Spec.Run)
	i, known := driveOf(want, run, seen.Device)
	if _, on := run.onDrive(); !known || seen.Device.Presence != device.Present && !on {
		return nil
	}
	old, err := r.Drives.Drive(ctx, i)
	if err != nil {
		return err
	}
	now := old.learn(want, record, run, seen)
	now.Seen = old.sight(seen, r.Host)
	if reflect.DeepEqual(now, old) {
		return nil
	}
	_, err = r.Drives.SaveDrive(ctx, now)
	return err
}

// claimDrive notes that a drive is about to be taken, before anything on it is erased.
func (x *execution) claimDrive(ctx context.Context, on device.Identity) (err error) {
	release, err := x.Drives.LockDrives(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, release()) }()
	old, err := x.Drives.Drive(ctx, on)
	if err != nil {
		return err
	}
	if h := old.Holds; h != nil && h.Backup == x.want.Metadata.Name && h.Run == x.run.Name {
		return nil
	}
	if err := x.lastOfSet(ctx, old); err != nil {
		return err
	}
	at := x.Clock()
	text := "taken for " + x.want.Metadata.Name + "/" + x.run.Name
	if h := old.Holds; h != nil {
		text += " in place of " + h.RunName()
	}
	old.Holds = &Holding{Backup: x.want.Metadata.Name, Run: x.run.Name, Set: x.want.Spec.Set, SpecFile: x.want.File, Since: at}
	if x.seen.Device.Presence == device.Present {
		old.Identity = x.seen.Device.Identity
	}
	_, err = x.Drives.SaveDrive(ctx, old.Note(Event{At: at, Run: x.run.Name, Reason: "Taken", Message: text}))
	return err
}

// lastOfSet refuses a drive that has become the last proven copy of its set since the
// decision was made: two of them may be due at once.
func (x *execution) lastOfSet(ctx context.Context, drive DriveRecord) error {
	if x.seen.Device.Content.Blank {
		return nil // somebody has erased it
	}
	all, err := x.Drives.ListDrives(ctx)
	if err != nil || !IsLastProven(drive, all) {
		return err
	}
	return &device.Refusal{Reason: device.Reason(LastProvenCopy),
		Message: fmt.Sprintf("%s holds run %s, the last proven copy of set %q", drive.Identity.Name(), drive.Holds.RunName(), drive.Holds.Set),
		Remedy:  "wait until another drive of the set is verified; then it goes on by itself"}
}

// learn returns the record with what the run's facts say. A run that another has
// replaced on the drive has nothing to say any more.
func (d DriveRecord) learn(want specs.Document, record Record, run Run, seen Snapshot) DriveRecord {
	if seen.Device.Presence == device.Present {
		d.Identity = seen.Device.Identity
	} else if d.Identity == (device.Identity{}) && run.Volume != nil {
		d.Identity = run.Volume.Device
	}
	since, on := run.onDrive()
	if !on || d.Holds != nil && d.Holds.RunName() != record.Name+"/"+run.Name && !since.After(d.Holds.Since) {
		return d
	}
	spec := want.Spec.Device
	d.Name, d.Home = spec.Name, spec.Location
	before := d.Holds
	d.Holds = holdingOf(want, record, run)
	if before != nil {
		d.Holds.ClearedAt = before.ClearedAt
	}
	return d.tell(before, seen.At).cleared(seen)
}

// cleared notes that a copy is gone, or here after all.
func (d DriveRecord) cleared(seen Snapshot) DriveRecord {
	h := *d.Holds
	switch blank := seen.Device.Content.Blank; {
	case seen.Device.Presence != device.Present:
		return d
	case !blank:
		h.ClearedAt = nil
	case h.ClearedAt == nil:
		at := seen.At
		h.ClearedAt = &at
		d = d.Note(Event{At: at, Run: h.Run, Reason: "Cleared", Message: "is blank: somebody has erased " + h.RunName()})
	}
	d.Holds = &h
	return d
}

// onDrive reports whether the run has a drive, and since when. A record that was lost
// and found its job again knows of no volume.
func (r Run) onDrive() (since time.Time, on bool) {
	switch {
	case r.Volume != nil:
		return r.Volume.At, true
	case r.Load != nil:
		return r.StartedAt, true
	}
	return time.Time{}, false
}

func holdingOf(want specs.Document, record Record, run Run) *Holding {
	since, _ := run.onDrive()
	h := &Holding{
		Backup: record.Name, Run: run.Name, Set: want.Spec.Set, SpecFile: record.SpecFile, Since: since,
		Ended: run.Ended(), SecretNames: record.SecretNames,
	}
	if run.Volume != nil {
		h.PartitionGUID = run.Volume.PartitionGUID
	}
	if run.Baseline != nil {
		h.Ranges = run.Baseline.Ranges
	}
	if run.Load != nil {
		at := run.Load.EndedAt
		h.CopiedAt = &at
	}
	if p, found := run.LatestProof(); found {
		h.Proof = &HeldProof{At: p.At, Verdict: p.Verdict, Full: p.Full, Report: p.Report}
		if age, err := want.Spec.Verify.MaxAge.Parse(); err == nil && age > 0 {
			h.Proof.DueAt = p.At.Add(age)
		}
	}
	return h
}

// tell adds to the history what has become of the copy.
func (d DriveRecord) tell(before *Holding, at time.Time) DriveRecord {
	h := d.Holds
	if before == nil || before.RunName() != h.RunName() {
		before = &Holding{}
	}
	note := func(reason, text string) { d = d.Note(Event{At: at, Run: h.Run, Reason: reason, Message: text}) }
	if before.PartitionGUID != h.PartitionGUID || before.Backup == "" {
		note("Prepared", "prepared for "+h.RunName())
	}
	if before.CopiedAt == nil && h.CopiedAt != nil {
		note("Copied", "holds the copy of "+h.RunName())
	}
	if p := h.Proof; p != nil && (before.Proof == nil || !before.Proof.At.Equal(p.At)) {
		note("Verified", "verification of "+h.RunName()+": "+string(p.Verdict))
	}
	return d
}

// sight returns when and where the drive was last here.
func (d DriveRecord) sight(seen Snapshot, host string) *Sighting {
	now := &Sighting{At: seen.At, Path: seen.Device.Path, Host: host}
	switch old := d.Seen; {
	case seen.Device.Presence != device.Present:
		return old
	case old != nil && old.Path == now.Path && old.Host == now.Host && now.At.Sub(old.At) < seenAgain:
		return old
	}
	return now
}
