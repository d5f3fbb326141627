package reconciler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
)

// jobKnown ends the ladder unless all is known of a job that this run may have:
// by its id, else by its mark. It comes before anything is erased, so that a lost
// record never leads to a second job or to formatting a loaded drive.
func (c *deciding) jobKnown() bool {
	if !c.seen.Traits.HasJob || c.run.Returned() {
		return true
	}
	if !c.want.Spec.Phase.Includes(specs.Submitted) && !c.run.Pending(nameCreateJob) {
		return true
	}
	if c.run.Job != nil {
		return c.jobAnswered()
	}
	m := c.seen.Marked
	switch {
	case m == nil:
		return c.lack(FactMarkedJobs)
	case m.Err != nil:
		return c.judged(string(FactMarkedJobs), m.Err)
	case len(m.Jobs) == 1:
		return c.adopted(m.Jobs[0])
	case len(m.Jobs) > 1:
		return c.duplicates(m.Jobs)
	}
	return c.settled()
}

// adopted goes on as if the job had been ours from the beginning.
func (c *deciding) adopted(j providers.Job) bool {
	c.do(AdoptJob{Job: j})
	c.run.Job = &JobFact{ID: j.ID, CreatedAt: j.Created, DeviceID: j.DeviceID}
	c.seen.Job = JobSeen{Asked: true, Job: j}
	return c.jobAlive(j)
}

func (c *deciding) jobAnswered() bool {
	switch j := c.seen.Job; {
	case !j.Asked:
		return true
	case j.Err != nil && providers.KindOf(j.Err) == providers.NotFound:
		return c.block(JobLost,
			fmt.Sprintf("job %s is in the record, but the service does not know it", c.run.Job.ID),
			"check that the credentials are those of the account that made the job; if it is really gone, set spec.phase to Canceled and apply, then set spec.run to a new name")
	case j.Err != nil:
		return c.judged("Job", j.Err)
	default:
		return c.jobAlive(j.Job)
	}
}

// jobAlive ends the ladder when the job has come to a bad end.
func (c *deciding) jobAlive(j providers.Job) bool {
	switch j.Progress {
	case providers.Canceled, providers.Expired, providers.Failed:
	case providers.ProgressUnknown, providers.Pending, providers.InProgress, providers.Complete, providers.CompleteWithErrors:
		return true
	}
	f := providers.Failure{Reason: "Job" + string(j.Progress), Remedy: "set spec.run to a new name to begin again"}
	if j.Failure != nil {
		f = *j.Failure
	}
	message := fmt.Sprintf("job %s ended as %s", j.ID, j.Progress)
	if j.ProgressMessage != "" {
		message += ": " + j.ProgressMessage
	}
	return c.block(Reason(f.Reason), message, f.Remedy)
}

func (c *deciding) duplicates(jobs []providers.Job) bool {
	ids := make([]string, len(jobs))
	for i, j := range jobs {
		ids[i] = string(j.ID)
	}
	return c.block(DuplicateJobs,
		fmt.Sprintf("%d jobs carry the mark of this run: %s", len(jobs), strings.Join(ids, ", ")),
		"find out which one the drive belongs to (its SIGNATURE names the job) and cancel the others with `aws importexport cancel-job --job-id ID`, then apply again")
}

// settled ends the ladder while a CreateJob whose answer was never seen may still
// turn up in the listing: two empty look-ups, a minute apart.
func (c *deciding) settled() bool {
	if !c.run.Pending(nameCreateJob) {
		return true
	}
	if first := c.run.LookedUp; first != nil && c.seen.Marked.ObservedAt.Sub(*first) >= settle {
		return true
	}
	return c.wait(LookingForJob, "a job may have been created whose answer was lost; it is not in the service's list yet",
		"a second look, a minute after the first on the service's clock, finds it or not", settle)
}

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
	if b := c.run.Baseline; b == nil || b.Ranges != "" && !b.Complete && b.Ranges != rangesOf(c.want) {
		c.do(TakeBaseline{})
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
			"put the manifest back as it was and let this run end; a new spec.run can then ask for the other content")
	}
	if c.run.Signature != nil && c.seen.Device.Presence != device.Present {
		return c.block(ManifestChanged,
			fmt.Sprintf("the manifest in the spec differs from that of job %s, and %s is not here to take a new SIGNATURE", j.Job.ID, c.deviceName()),
			"plug the drive in and apply again; if it is on its way to the service, put the manifest back as it was")
	}
	c.do(UpdateJob{ID: j.Job.ID, DeviceID: c.deviceID()})
	return true
}

// rangesOf returns the digest of what the load selects, to know a baseline that is
// of another selection.
func rangesOf(want specs.Document) string {
	h := sha256.New()
	for _, o := range want.Operations() {
		fmt.Fprintf(h, "%q %q %q %q %q\n", o.ExportBucket, o.Prefix, o.BeginMarker, o.EndMarker, o.TargetDirectory)
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil))
}

// signed puts the SIGNATURE right as long as the drive is here and not yet at the
// service.
func (c *deciding) signed() bool {
	if c.beyondOurHands() {
		return true
	}
	if c.foreseen() {
		if c.run.Signature == nil || c.run.Job == nil || c.reformats() {
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

func (c *deciding) reformats() bool {
	for _, a := range c.d.Actions {
		if _, ok := a.(FormatVolume); ok {
			return true
		}
	}
	return false
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
