package reconciler

import (
	"fmt"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
)

// manifestAccepted asks the service's own validation before the disk is touched.
func (c *deciding) manifestAccepted() bool {
	if c.run.Job != nil {
		return true
	}
	switch k := c.seen.Checked; {
	case k == nil:
		return c.lack(FactServiceCheck)
	case k.Err != nil:
		return c.judged(string(FactServiceCheck), k.Err)
	default:
		return true
	}
}

// submitted brings the job about, and its SIGNATURE onto the volume.
func (c *deciding) submitted() bool {
	if c.run.Load != nil {
		return true
	}
	if c.run.Job != nil && !c.manifestCurrent() {
		return false
	}
	if !c.sourceKnown() {
		return false
	}
	if c.run.Job == nil && c.seen.Traits.HasJob {
		c.do(CreateJob{DeviceID: c.deviceID()})
	}
	if !c.seen.Traits.SignsVolume {
		return true
	}
	return c.signed()
}

// manifestCurrent updates the job when the spec asks for something else, as long
// as the load has not begun.
func (c *deciding) manifestCurrent() bool {
	j := c.seen.Job
	if !j.Asked || j.Job.ManifestDigest == "" {
		return true
	}
	if j.Job.DeviceID != c.deviceID() {
		return c.block(DeviceIDMismatch,
			fmt.Sprintf("job %s is for device %q, the spec selects %q", j.Job.ID, j.Job.DeviceID, c.deviceID()),
			"select the device of the job again, or set spec.run to a new name for the other device")
	}
	if j.Job.ManifestDigest == c.want.ManifestDigest(c.deviceID()) {
		return true
	}
	if j.Job.Progress != providers.Pending {
		return c.block(ManifestChanged,
			fmt.Sprintf("the manifest in the spec differs from that of job %s, whose load has begun", j.Job.ID),
			"choose: put the manifest back as it was and let this run end, then ask for the other content with a new spec.run; or, if the load has not gone far, ask AWS support to stop the job with its ID, and begin a new spec.run when the drive is back")
	}
	if c.run.Signature != nil && c.seen.Device.Presence != device.Present {
		return c.block(ManifestChanged,
			fmt.Sprintf("the manifest in the spec differs from that of job %s, and %s is not here to take a new SIGNATURE", j.Job.ID, c.deviceName()),
			"plug the drive in and apply again; if it is on its way to the service, put the manifest back as it was")
	}
	c.do(UpdateJob{ID: j.Job.ID, DeviceID: c.deviceID()})
	return true
}

// signed puts the SIGNATURE right as long as the drive is here and not yet at the
// service.
func (c *deciding) signed() bool {
	if c.beyondOurHands() {
		return true
	}
	if c.foreseen() {
		if c.run.Signature == nil || c.run.Job == nil || c.planned(nameFormatVolume) {
			c.do(WriteSignature{ID: c.jobID(), FileSystemUUID: c.fileSystemUUID()})
		}
		return true
	}
	d := c.seen.Device
	if d.Presence != device.Present && c.run.Signature != nil {
		return true
	}
	if d.Presence == device.Absent {
		return c.plugIn("to take the SIGNATURE of job " + string(c.jobID()))
	}
	if !c.deviceHere(true) {
		return false
	}
	there := ""
	if d.Content.FileSystem != nil {
		there = d.Content.FileSystem.Signature
	}
	if there != c.seen.Job.Job.Signature || c.run.Signature == nil {
		c.do(WriteSignature{
			ID: c.jobID(), Text: c.seen.Job.Job.Signature, FileSystemUUID: c.fileSystemUUID(),
			Wrong: there != "" && there != c.seen.Job.Job.Signature,
		})
	}
	return true
}

func (c *deciding) jobID() providers.JobID {
	if c.run.Job != nil {
		return c.run.Job.ID
	}
	return "(new)"
}

// deviceID is what the manifest calls the device: as the job has it, as the spec
// says, else the observed serial.
func (c *deciding) deviceID() string {
	return deviceID(c.want, c.run, c.seen.Device.Identity)
}

func deviceID(want specs.Document, run Run, seen device.Identity) string {
	if id := want.DeviceID(); id != "" {
		return id
	}
	if seen.Serial != "" {
		return seen.Serial
	}
	if run.Job != nil {
		return run.Job.DeviceID
	}
	if run.Volume != nil {
		return run.Volume.Device.Serial
	}
	return ""
}

func (c *deciding) fileSystemUUID() string {
	if fs := c.seen.Device.Content.FileSystem; fs != nil && c.want.Spec.Device.Format == specs.FormatNever {
		return fs.UUID
	}
	return c.volumeID().UUID
}
