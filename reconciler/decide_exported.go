package reconciler

import (
	"fmt"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
)

// exported follows the load to its end: ours, or the service's.
func (c *deciding) exported() bool {
	if c.run.Returned() {
		return true
	}
	if c.seen.Traits.Fill == providers.ByUs {
		return c.filled()
	}
	if c.run.Job == nil {
		c.onTheWay()
		return false
	}
	return c.loadedByService(c.seen.Job.Job)
}

func (c *deciding) filled() bool {
	if !c.foreseen() && !c.deviceHere(true) {
		return false
	}
	c.do(Fill{})
	return true
}

// loadedByService is the parcel's journey.
func (c *deciding) loadedByService(j providers.Job) bool {
	if c.foreseen() && !j.Progress.EndedWell() {
		c.onTheWay()
		return false
	}
	switch {
	case j.Progress.EndedWell():
		return c.loadEnded(j)
	case j.Location == providers.NotReceived && j.Progress == providers.Pending:
		c.onTheWay()
		return false
	case j.Location == providers.AtService && (j.Progress == providers.Pending || j.Progress == providers.InProgress):
		return c.wait(AtAWS, codes(j), "the service ends the load", pace(j))
	default:
		return c.wait(UnknownJobState, "the service answers with a state that this version does not know: "+codes(j),
			"the service reports a state that is known", pace(j))
	}
}

// onTheWay is the wait for a person or a carrier to bring the drive.
func (c *deciding) onTheWay() {
	if c.seen.Device.Presence != device.Absent {
		c.wait(ShipDrive, c.deviceName()+" is ready to be shipped with its label",
			"the drive is unplugged and the service has received it", lookAtParcel)
		return
	}
	c.wait(InTransitToService, c.deviceName()+" is on its way to the service", "the service has received it", lookAtParcel)
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
	return c.wait(InTransitBack, codes(j), "the service has sent the drive back", lookAtParcel)
}

func codes(j providers.Job) string {
	text := fmt.Sprintf("job %s: %s, %s", j.ID, j.LocationCode, j.ProgressCode)
	if j.ProgressMessage != "" {
		text += " (" + j.ProgressMessage + ")"
	}
	return text
}
