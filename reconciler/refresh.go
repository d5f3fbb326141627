package reconciler

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// ongoing returns the document with the run that is worked at: of those that began by
// themselves for spec.run, the newest.
func (r Record) ongoing(want specs.Document) specs.Document {
	if want.Spec.Refresh == nil {
		return want
	}
	for i := len(r.Runs) - 1; i >= 0; i-- {
		if run := r.Runs[i]; !run.idle() && (run.Name == want.Spec.Run || renews(run.Name, want.Spec.Run)) {
			want.Spec.Run = run.Name
			break
		}
	}
	return want
}

// standing returns the document with the run whose copy is on the drive, as long as
// nothing was written for the one that the spec wants.
func (r Record) standing(want specs.Document) specs.Document {
	run := r.Run(want.Spec.Run)
	if run.Returned() || run.Pending(nameFill) {
		return want
	}
	for _, old := range slices.Backward(r.Runs) {
		if old.Name != run.Name && old.isCopy() && old.Canceled == nil {
			want.Spec.Run = old.Name
			break
		}
	}
	return want
}

// isCopy reports whether the run has brought a copy onto its drive.
func (r Run) isCopy() bool { return r.Returned() && r.Baseline != nil && r.Baseline.Complete }

// renews reports whether the run has begun by itself for spec.run: RUN.20261123, or
// RUN.20261123-2.
func renews(run, base string) bool {
	rest, ok := strings.CutPrefix(run, base+".")
	if !ok {
		return false
	}
	date, number, numbered := strings.Cut(rest, "-")
	if _, err := time.Parse(compactDay, date); err != nil {
		return false
	}
	n, err := strconv.Atoi(number)
	return !numbered || err == nil && n > 1
}

const compactDay = "20060102"

// renewed returns the document with a new run, where the copy is due and its drive is
// here.
func renewed(spec, want specs.Document, seen Snapshot) specs.Document {
	run := seen.Record.Run(want.Spec.Run)
	due, refreshes := dueAt(want, run)
	if !refreshes || seen.At.Before(due) || !mayRenew(want, run, seen) {
		return want
	}
	base := spec.Spec.Run + "." + seen.At.UTC().Format(compactDay)
	name := base
	for n := 2; !seen.Record.Run(name).idle(); n++ {
		name = base + "-" + strconv.Itoa(n)
	}
	want.Spec.Run = name
	return want
}

// mayRenew reports whether the run has come to its good end, and its drive is here. A copy
// that was not proven, though that is wanted, is not written over: somebody has to look.
func mayRenew(want specs.Document, run Run, seen Snapshot) bool {
	if want.Spec.Suspend || want.Spec.Phase == specs.Canceled || run.Canceled != nil || run.Intent != nil {
		return false
	}
	if seen.Device.Presence != device.Present || run.Volume == nil || !run.Volume.Device.Same(seen.Device.Identity) {
		return false
	}
	p, proven := run.LatestProof()
	return proven && p.Verdict == verify.Pass || !proven && !want.Spec.Phase.Includes(specs.Verified)
}

// dueAt returns when the copy of a run is to be made anew, on the local clock; false where
// it is not, or not yet there.
func dueAt(want specs.Document, run Run) (time.Time, bool) {
	if want.Spec.Refresh == nil || !run.Returned() {
		return time.Time{}, false
	}
	age, err := want.Spec.Refresh.MaxAge.Parse() // of a copy of the future, which a wrong clock has made, nothing is known
	return run.Load.EndedAt.Add(age), err == nil && age > 0
}

// refreshed ends the ladder with a wait for the drive when its copy is due.
func (c *deciding) refreshed() bool {
	due, refreshes := dueAt(c.want, c.run)
	if !refreshes || c.foreseen() || c.seen.At.Before(due) || c.seen.Device.Presence == device.Present {
		return true
	}
	return c.wait(RefreshDue,
		fmt.Sprintf("the copy of %s is older than %s: it was due on %s", day(c.run.Load.EndedAt), c.want.Spec.Refresh.MaxAge, day(due)),
		"bring "+c.deviceName()+c.whereItIs()+" and plug it in", lookForDrive)
}

// mostPrior bounds how many older copies of a volume are looked at: three years of months.
const mostPrior = 36

// prior returns the runs whose copies are on the volume that this one is for, or that is on
// the device, the newest first. What a narrower one of them did not select is there all the
// same.
func (r Record) prior(run Run, seen device.State) []Run {
	var all []Run
	for _, old := range slices.Backward(r.Runs) {
		if old.Name != run.Name && old.isCopy() && old.sharesVolume(run, seen) && len(all) < mostPrior {
			all = append(all, old)
		}
	}
	return all
}

// sharesVolume reports whether a run has the volume of another one, or the one that is on
// the device.
func (r Run) sharesVolume(other Run, seen device.State) bool {
	switch v := r.Volume; {
	case v == nil:
		return false
	case other.Volume != nil:
		return v.UUID == other.Volume.UUID
	case v.PartitionGUID != "" && slices.ContainsFunc(seen.Content.Partitions, func(p device.Partition) bool { return p.GUID == v.PartitionGUID }):
		return true
	default:
		return seen.Content.FileSystem != nil && seen.Content.FileSystem.UUID == v.UUID
	}
}

// goesOn returns the volume of an older run that this one goes on with, where a later run
// only brings the drive up to date.
func (c *deciding) goesOn() (of string, id device.VolumeID, ok bool) {
	if !c.seen.Traits.Refreshes {
		return "", id, false
	}
	for _, old := range slices.Backward(c.seen.Record.Runs) {
		if old.Name == c.run.Name || old.Volume == nil || old.Volume.Existing {
			continue
		}
		of, id = old.volumeOf(), old.volumeID(c.want.Metadata.Name)
		switch c.seen.Device.Relation(id) {
		case device.OursEmpty, device.OursLoaded:
			return of, id, true
		case device.Blank, device.HalfMade, device.Foreign:
		}
	}
	return "", id, false
}

// volumeID returns the volume of a run: as it was made, or as it will be.
func (r Run) volumeID(backup string) device.VolumeID {
	id := device.NewVolumeID(backup, r.volumeOf())
	if v := r.Volume; v != nil && v.PartitionGUID != "" {
		id.PartitionGUID, id.UUID = v.PartitionGUID, v.UUID
	}
	return id
}

// volumeOf returns the run that the volume was made for: this one, or an older one that it
// goes on with.
func (r Run) volumeOf() string {
	if r.Volume != nil && r.Volume.Of != "" {
		return r.Volume.Of
	}
	return r.Name
}
