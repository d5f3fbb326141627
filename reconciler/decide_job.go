package reconciler

import (
	"cmp"
	"fmt"
	"strings"

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
	j, known := c.lookUp()
	if !known || j == nil {
		return known
	}
	return c.adopted(*j)
}

// lookUp finds the job that carries the run's mark, nil when there is certainly
// none; false ends the ladder.
func (c *deciding) lookUp() (found *providers.Job, known bool) {
	if in := c.run.Intent; c.run.Pending(nameCreateJob) && in.Service != "" && in.Service != serviceOf(c.want) {
		return nil, c.block(ServiceChanged,
			fmt.Sprintf("a job may have been created at %s, and the spec now names %s", in.Service, serviceOf(c.want)),
			"put region, endpoint and profile back as they were and apply; when the job was found, or certainly was not made, they may change")
	}
	if c.limits.Job != "" {
		return c.named()
	}
	switch m := c.seen.Marked; {
	case m == nil:
		return nil, c.lack(FactMarkedJobs)
	case m.Err != nil:
		return nil, c.judged(string(FactMarkedJobs), m.Err)
	case len(m.Jobs) > 1:
		return nil, c.duplicates(m.Jobs)
	case len(m.Jobs) == 1:
		return &m.Jobs[0], true
	}
	return nil, c.settled()
}

// FactNamedJob is the job that the caller names.
const FactNamedJob FactKind = "NamedJob"

// named finds the job that the caller names; false ends the ladder, so that none is
// made in its place.
func (c *deciding) named() (found *providers.Job, known bool) {
	switch n := c.seen.Named; {
	case n == nil:
		return nil, c.lack(FactNamedJob)
	case n.Err != nil:
		return nil, c.judged(string(FactNamedJob), n.Err)
	case c.run.Pending(nameCreateJob) && c.isNamed(n.Job):
		return nil, c.block(OtherJob,
			fmt.Sprintf("a job of this run may have been created whose answer was lost, and job %s does not carry its mark", n.Job.ID),
			"apply the backup's spec first: it finds out whether there is such a job")
	case !c.fits(n.Job):
		return nil, false
	default:
		return &n.Job, true
	}
}

// fits ends the ladder unless a job that somebody else made can be taken over as it
// is: it is alive, and what the spec asks for. To be canceled it need not be.
func (c *deciding) fits(j providers.Job) bool {
	if c.want.Spec.Phase == specs.Canceled {
		return true
	}
	if !c.jobAlive(j) {
		return false
	}
	id := c.deviceID()
	if j.DeviceID != id {
		return c.block(DeviceIDMismatch, fmt.Sprintf("job %s is for device %q, the manifest at hand for %q", j.ID, j.DeviceID, id),
			"name the job of this drive, or give the manifest that the job was made with")
	}
	if j.ManifestDigest != c.want.ManifestDigest(id) {
		return c.block(ManifestChanged, fmt.Sprintf("the manifest at hand is not the one of job %s", j.ID),
			"give the manifest that the job was made with; to change the job, cancel it and create another one")
	}
	return true
}

// isNamed reports whether a job is the run's only because the caller names it.
func (c *deciding) isNamed(j providers.Job) bool {
	return c.limits.Job != "" && j.Mark != c.run.MarkFor(c.want)
}

// otherJob reports whether the caller names another job than the run has.
func (c *deciding) otherJob() bool {
	return c.limits.Job != "" && c.run.Job != nil && c.run.Job.ID != c.limits.Job
}

// serviceOf says at which service, and as whom, jobs are made.
func serviceOf(want specs.Document) string {
	s := want.Service()
	return fmt.Sprintf("region %q, endpoint %q, profile %q", s.Region, s.Endpoint, s.Profile)
}

// adopted goes on as if the job had been ours from the beginning.
func (c *deciding) adopted(j providers.Job) bool {
	c.do(AdoptJob{Job: j, Named: c.isNamed(j)})
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
	if found := cmp.Or(j.ProgressMessage, f.Meaning); found != "" {
		message += ": " + found
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
