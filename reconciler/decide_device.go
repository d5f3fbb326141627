package reconciler

import (
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs"
)

func found(d device.State) string {
	switch {
	case d.Content.Blank:
		return "it is blank"
	case d.Content.FileSystem != nil && d.Content.FileSystem.Problem != "":
		return d.Content.FileSystem.Problem
	case d.Content.Found != "":
		return d.Content.Found
	default:
		return "unknown content"
	}
}

// deviceHere ends the ladder unless the device can be looked at, and, if it is to
// be written, unless it is free.
func (c *deciding) deviceHere(write bool) bool {
	d := c.seen.Device
	switch d.Presence {
	case device.Present:
	case device.Absent:
		return c.plugIn("to go on")
	case device.Ambiguous:
		return c.block(Reason(device.DeviceAmbiguous),
			"several devices match the selector: "+strings.Join(d.Matches, "; "),
			"unplug all but the right one, or select it by a name that only it has (serial, wwn or byID, and size)")
	case device.Unknown:
		return c.refused(d.Missing())
	}
	if refusal := d.Fit(write); refusal != nil {
		return c.refused(refusal)
	}
	return true
}

func (c *deciding) refused(r *device.Refusal) bool {
	if r.Reason == device.DeviceInUse && (c.run.Pending(nameFormatVolume) || c.run.Pending(nameFill)) {
		return c.wait(DeviceBusy, r.Message+"; it may be what a run that was killed has begun, which comes to its end by itself", "the other process, or the kernel for it, has ended", lookAtBusy)
	}
	return c.block(Reason(r.Reason), r.Message, r.Remedy)
}

func (c *deciding) plugIn(purpose string) bool {
	if c.foreseen() {
		return false
	}
	return c.wait(PlugInDrive, fmt.Sprintf("%s is not here; it is needed %s", c.deviceName(), purpose),
		"the drive is plugged in"+c.whereItIs(), lookForDrive)
}

// deviceName is what a person calls the drive.
func (c *deciding) deviceName() string {
	d := c.want.Spec.Device
	if d.Name != "" {
		return "drive " + d.Name
	}
	if d.Image != "" {
		return "image " + d.Image
	}
	return "drive " + d.Serial + d.WWN + d.ByID
}

func (c *deciding) whereItIs() string {
	switch l := c.want.Spec.Device.Location; {
	case c.seen.Drive.Location != "":
		return " (it was last put in " + c.seen.Drive.Location + ")"
	case l != "":
		return " (it lives in " + l + ")"
	}
	return ""
}

func (c *deciding) volumeID() device.VolumeID {
	return c.run.volumeID(c.want.Metadata.Name)
}

// volumeOn returns the volume of a run that has one.
func volumeOn(want specs.Document, run Run) device.VolumeID {
	if run.Volume != nil && run.Volume.Existing {
		return device.VolumeID{UUID: run.Volume.UUID}
	}
	return run.volumeID(want.Metadata.Name)
}

// replaces reports whether the device holds the older run that may be erased.
func (c *deciding) replaces() bool {
	for _, old := range c.replaced() {
		switch c.seen.Device.Relation(old) {
		case device.OursEmpty, device.OursLoaded, device.HalfMade:
			return true
		case device.Blank, device.Foreign:
		}
	}
	return false
}

// replaced returns the volume of the older run that the spec allows erasing.
func (c *deciding) replaced() []device.VolumeID {
	name, run, ok := strings.Cut(c.want.Spec.Device.Replaces, "/")
	if !ok {
		return nil
	}
	if c.seen.Replaced.Name == run {
		return []device.VolumeID{c.seen.Replaced.volumeID(name)}
	}
	return []device.VolumeID{device.NewVolumeID(name, run)}
}
