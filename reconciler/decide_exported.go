package reconciler

import (
	"fmt"

	"github.com/cargomedia/s3export/providers"
)

// exported follows the load to its end: ours, or the service's.
func (c *deciding) exported() bool {
	c.logKept()
	if c.seen.Traits.Fill == providers.ByUs {
		return c.filled()
	}
	if c.run.Returned() {
		return true
	}
	if c.run.Job == nil {
		return c.onTheWay()
	}
	return c.loadedByService(c.seen.Job.Job)
}

// loadedByService is the parcel's journey.
func (c *deciding) loadedByService(j providers.Job) bool {
	if c.foreseen() && !j.Progress.EndedWell() {
		return c.onTheWay()
	}
	switch {
	case j.Progress.EndedWell():
		return c.loadEnded(j)
	case j.Location == providers.NotReceived && j.Progress == providers.Pending:
		return c.onTheWay()
	case j.Location == providers.AtService && (j.Progress == providers.Pending || j.Progress == providers.InProgress):
		return c.atService(j)
	default:
		return c.wait(UnknownJobState, "the service answers with a state that this version does not know: "+codes(j),
			"the service reports a state that is known", pace(j))
	}
}

// loadEnded records the end and takes the baseline again; Exported is reached when
// the drive has been sent back.
func (c *deciding) loadEnded(j providers.Job) bool {
	back := j.Location == providers.Returned
	if c.run.Baseline == nil || !c.run.Baseline.Complete {
		c.do(CloseBaseline{})
	}
	if c.run.Load == nil || back {
		c.do(RecordLoad{Job: j})
	}
	if c.foreseen() {
		return back
	}
	return c.comingBack(j)
}

func codes(j providers.Job) string {
	text := fmt.Sprintf("job %s: %s, %s", j.ID, j.LocationCode, j.ProgressCode)
	if j.ProgressMessage != "" {
		text += " (" + j.ProgressMessage + ")"
	}
	return text
}
