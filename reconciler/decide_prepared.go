package reconciler

import (
	"fmt"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
)

// prepared brings our empty volume onto the device, once what the service knows of
// us is known.
func (c *deciding) prepared() bool {
	if !c.jobKnown() {
		return false
	}
	if c.beyondOurHands() {
		return true
	}
	if r := c.seen.Incapable; r != nil && c.want.Spec.Phase.Includes(specs.Exported) {
		return c.refused(r)
	}
	if c.run.Volume == nil && !c.foreseen() || c.seen.Device.Presence == device.Present {
		return c.volume()
	}
	return true
}

// beyondOurHands reports whether the drive was loaded or is at the service, after
// which nothing on it is ours to change.
func (c *deciding) beyondOurHands() bool {
	if c.run.Load != nil || len(c.run.Proofs) > 0 {
		return true
	}
	j := c.seen.Job
	return j.Asked && j.Err == nil && (j.Job.Location != providers.NotReceived || j.Job.Progress != providers.Pending)
}

// volume looks at what is on the device, which is here or was never seen.
func (c *deciding) volume() bool {
	if !c.deviceHere(true) {
		return false
	}
	d := c.seen.Device
	if fact := c.run.Volume; fact != nil && !fact.Device.Same(d.Identity) {
		return c.block(OtherDevice,
			fmt.Sprintf("%s (%s) is not %s, on which run %q was prepared", d.Identity.Name(), device.FormatSize(d.Identity.Size), fact.Device.Name(), c.run.Name),
			"plug in the drive of this run, or set spec.run to a new name to begin again with this one")
	}
	if !c.mayTake() {
		return false
	}
	if c.want.Spec.Device.Format == specs.FormatNever {
		return c.existingVolume()
	}
	if of, id, ok := c.goesOn(); ok && c.run.Volume == nil {
		return c.takeOver(of, id)
	}
	return c.own()
}

// takeOver goes on with the volume of an older run, once it is known that the source is no
// disaster: until then the older copy is the one that counts.
func (c *deciding) takeOver(of string, id device.VolumeID) bool {
	if !c.notCopiedOver() || c.want.Spec.Phase.Includes(specs.Submitted) && !c.sourceKnown() {
		return false
	}
	c.do(AdoptVolume{Device: c.seen.Device.Identity, GUID: id.PartitionGUID, UUID: id.UUID, Of: of})
	return true
}

// own brings the volume of this run onto the device.
func (c *deciding) own() bool {
	d := c.seen.Device
	adopt := AdoptVolume{Device: d.Identity, GUID: c.volumeID().PartitionGUID, UUID: c.volumeID().UUID}
	switch d.Relation(c.volumeID()) {
	case device.OursEmpty:
		if c.run.Volume == nil {
			c.do(adopt)
		}
		return true
	case device.OursLoaded:
		switch {
		case c.run.Volume != nil:
			return true // a person added files; the service will wipe them, which is not our doing
		case len(c.want.Keys()) > 0 && c.run.Pending(nameFormatVolume):
			c.do(adopt) // nobody sees what is in it, and nothing was written since
			return true
		}
		return c.format(false)
	case device.HalfMade:
		if !c.run.Pending(nameFormatVolume) {
			return c.block(Reason(device.DeviceForeign),
				fmt.Sprintf("%s carries the partition of this run, but no file system, and the record knows of no attempt to make one", d.Identity.Name()),
				"if nothing on it is needed, clear it with `wipefs --all "+d.Path+"` and apply again")
		}
		return c.format(true)
	case device.Blank, device.Foreign:
		return c.format(false)
	}
	return false
}

// format adds the erasing step, if the device allows a claim.
func (c *deciding) format(resumed bool) bool {
	d := c.seen.Device
	if !c.notLastCopy() {
		return false
	}
	claim, refusal := d.Claim(c.volumeID(), c.replaced()...)
	if refusal != nil {
		return c.refusedFormat(refusal)
	}
	if old := c.want.Spec.Device.Replaces; c.replaces() && !c.seen.Replaced.Ended() {
		return c.block(RunUnderWay, fmt.Sprintf("%s holds the volume of run %s, which is under way", d.Identity.Name(), old),
			"let that run end or cancel it, or use another drive")
	}
	if c.want.Spec.Phase.Includes(specs.Submitted) && c.seen.Traits.HasJob && !c.manifestAccepted() {
		return false
	}
	found := d.Content.Found
	if d.Content.Blank {
		found = "blank"
	}
	if c.want.Spec.Phase.Includes(specs.Submitted) && !c.sourceKnown() {
		return false
	}
	c.do(FormatVolume{Claim: claim, Device: d.Identity, Path: d.Path, Found: found, Volume: c.volumeID()})
	if !c.mayErase(resumed) {
		c.d.Forbidden = &Blocked{
			Reason:  EraseNotAllowed,
			Message: fmt.Sprintf("this erases %s (%s; now: %s), which is not allowed yet", d.Identity.Name(), device.FormatSize(d.Identity.Size), found),
			Remedy:  "check that it is the right drive, then " + c.allowing(),
		}
		if c.planned(nameTakeBaseline) {
			c.d.Forbidden.LookAgain = lookAtSource
		}
	}
	return true
}

// refusedFormat names the way out for a drive that an older run has prepared.
func (c *deciding) refusedFormat(r *device.Refusal) bool {
	d := c.seen.Device
	if r.Reason != device.DeviceForeign {
		return c.refused(r)
	}
	if c.run.Signature != nil && c.run.Job != nil {
		return c.block(Reason(device.DeviceForeign),
			fmt.Sprintf("%s, which was prepared for job %s, holds something else now: %s", d.Identity.Name(), c.run.Job.ID, found(d)),
			"if the service has loaded it, wait until the job says so; if somebody has formatted it, and nothing on it is needed, clear it by hand and apply again: it is prepared anew for the same job")
	}
	for _, old := range c.seen.Record.Runs {
		switch d.Relation(old.volumeID(c.want.Metadata.Name)) {
		case device.OursEmpty, device.OursLoaded, device.HalfMade:
			if old.Name == c.run.Name {
				continue
			}
			name := c.want.Metadata.Name + "/" + old.Name
			return c.block(Reason(device.DeviceForeign),
				fmt.Sprintf("%s is not blank: it holds the volume of run %s", d.Path, name),
				"use another drive; or, if that run's data are not needed any more, set spec.device.replaces to "+name+" and apply with --allow-erase")
		case device.Blank, device.Foreign:
		}
	}
	return c.refused(r)
}

// mayErase reports whether the caller or the spec allows erasing what a claim
// covers.
func (c *deciding) mayErase(resumed bool) bool {
	if c.limits.AllowErase || c.limits.AskErase {
		return c.limits.AllowErase
	}
	return resumed || c.seen.Device.Content.Blank && c.want.Spec.Device.Size != ""
}

// allowing says how erasing is allowed.
func (c *deciding) allowing() string {
	switch {
	case c.limits.AskErase:
		return "run the same again with --allow-erase"
	case c.seen.Device.Content.Blank:
		return "apply with --allow-erase; a spec that also names the drive's size (spec.device.size) needs no flag for a blank drive"
	default:
		return "apply with --allow-erase"
	}
}

// existingVolume takes the ext4 file system that is there, with format: Never.
func (c *deciding) existingVolume() bool {
	d := c.seen.Device
	fs := d.Content.FileSystem
	if fs == nil || fs.Type != device.Ext4 || fs.Problem != "" {
		return c.block(NoFileSystem, fmt.Sprintf("%s holds no ext4 file system that can be used (%s)", d.Identity.Name(), found(d)),
			"make one, or set spec.device.format to IfBlank")
	}
	if c.run.Volume != nil {
		return true
	}
	if c.seen.Traits.Refreshes && (!c.notCopiedOver() || c.want.Spec.Phase.Includes(specs.Submitted) && !c.sourceKnown()) {
		return false
	}
	c.do(AdoptVolume{Device: d.Identity, UUID: fs.UUID, Existing: true})
	if fs.HasFiles && !c.limits.AllowErase && c.seen.Traits.FormatsDrive {
		c.d.Forbidden = &Blocked{
			Reason:  EraseNotAllowed,
			Message: fmt.Sprintf("the file system on %s holds files, and the service will wipe them", d.Identity.Name()),
			Remedy:  "save what is needed, then " + c.allowing(),
		}
	}
	return true
}
