package reconciler

import (
	"fmt"

	"github.com/cargomedia/s3export/providers"
)

// canceled ends the run: a job that this run has, or may have, is canceled first.
func (c *deciding) canceled() bool {
	if c.run.Canceled != nil {
		return true
	}
	if !c.seen.Traits.HasJob && c.run.Load != nil {
		return c.block(TooLateToCancel, fmt.Sprintf("the copy of run %q has ended: there is nothing left to cancel", c.run.Name),
			"leave it as it is; a new spec.run brings the drive up to date, or takes another drive")
	}
	if !c.seen.Traits.HasJob {
		c.do(RecordCanceled{})
		return true
	}
	if c.run.Job == nil {
		return c.cancelUnknown()
	}
	switch j := c.seen.Job; {
	case j.Err != nil && providers.KindOf(j.Err) == providers.NotFound:
		c.do(RecordCanceled{ID: c.run.Job.ID})
	case j.Err != nil:
		return c.judged("Job", j.Err)
	case !j.Asked || j.Job.Progress.EndedWell():
		return c.tooLate(c.run.Job.ID)
	case j.Job.Progress.Ended():
		c.do(RecordCanceled{ID: c.run.Job.ID})
	default:
		c.do(CancelJob{ID: c.run.Job.ID})
		c.do(RecordCanceled{ID: c.run.Job.ID})
	}
	return true
}

// cancelUnknown looks for a job by its mark before it says that there is none.
func (c *deciding) cancelUnknown() bool {
	j, known := c.lookUp()
	switch {
	case !known:
		return false
	case j == nil:
		c.do(RecordCanceled{})
	case j.Progress.EndedWell():
		return c.tooLate(j.ID)
	default:
		c.do(AdoptJob{Job: *j, Named: c.isNamed(*j)})
		if !j.Progress.Ended() {
			c.do(CancelJob{ID: j.ID})
		}
		c.do(RecordCanceled{ID: j.ID})
	}
	return true
}

func (c *deciding) tooLate(id providers.JobID) bool {
	return c.block(TooLateToCancel, fmt.Sprintf("job %s has ended: there is nothing left to cancel", id),
		"let the run end with spec.phase: Verified; when the drive is back, a new spec.run can use it")
}
