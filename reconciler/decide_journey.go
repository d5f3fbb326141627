package reconciler

import (
	"fmt"
	"strings"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
)

// onTheWay is the wait for a person or a carrier to bring the drive to the service.
// It returns false, as everything that ends the ladder.
func (c *deciding) onTheWay() bool {
	told, known := c.run.told(false)
	switch {
	case known && told.What == ToldLost:
		return c.block(ParcelLost, fmt.Sprintf("%s was lost on its way to the service (recorded %s)", c.deviceName(), day(told.At)),
			"claim it from the carrier, then set spec.run to a new name and select another drive: the job of the lost one is canceled first; if it has turned up, record that it was received")
	case known && told.What == ToldCustomsHold:
		c.wait(CustomsHold, fmt.Sprintf("%s is held by customs on its way to the service, since %s", c.deviceName(), day(told.At)),
			"the service has received it, or it is recorded as received", lookAtParcel)
		return c.stall(CustomsHold, "ask the carrier's customs broker what is missing and send the pro-forma invoice again; it is in the paperwork folder"+c.expiry())
	case c.seen.Device.Presence == device.Present || !known && c.seen.Device.Presence != device.Absent:
		return c.toBeShipped()
	}
	message := c.deviceName() + " is on its way to the service" + c.by(false)
	if known && told.What == ToldReceived {
		message = fmt.Sprintf("%s was delivered (recorded %s); the service takes days to register it", c.deviceName(), day(told.At))
	}
	c.wait(InTransitToService, message+c.expiry(), "the service has received it", lookAtParcel)
	return c.overdue(c.leftAt(), c.wayThere(told), "ask the carrier where the parcel is, with its tracking number; `s3export record "+c.want.Metadata.Name+
		" received|customs-hold|lost` takes down what it says. If it was delivered more than a week ago, ask AWS support with the job's ID")
}

// toBeShipped is the wait for a person to hand over the parcel.
func (c *deciding) toBeShipped() bool {
	c.wait(ShipDrive, c.deviceName()+" is ready to be shipped with its label"+c.expiry(),
		"the drive is unplugged and the service has received it", lookAtParcel)
	ends, expires := c.expires()
	if !expires || c.serviceNow().Before(ends.Add(-shipBefore)) {
		return false
	}
	return c.stall(ExpiresSoon, "ship it today with the carrier's fastest service: a job expires when the drive is not there in time; or cancel it and begin a new run when you can ship")
}

// atService is the wait for the service to do its part.
func (c *deciding) atService(j providers.Job) bool {
	if j.Progress == providers.InProgress {
		c.wait(AtAWS, codes(j), "the service ends the load", pace(j))
		return c.overdue(c.journey().LoadingAt, c.seen.Traits.Patience.Load, "ask AWS support how far the load is, with the job's ID; large drives take long")
	}
	c.wait(AtAWS, codes(j), "the service begins and ends the load", pace(j))
	return c.overdue(c.journey().ReceivedAt, c.seen.Traits.Patience.Begin, "ask AWS support why the load has not begun, with the job's ID")
}

// comingBack is the wait for a drive that was loaded and is not sent back yet.
func (c *deciding) comingBack(j providers.Job) bool {
	c.wait(InTransitBack, codes(j), "the service has sent the drive back", lookAtParcel)
	if c.run.Load == nil {
		return false
	}
	return c.overdue(c.run.Load.EndedAt, c.seen.Traits.Patience.SendBack, "ask AWS support when the drive is sent back, with the job's ID")
}

// arriving is the wait for a drive that the service has sent back.
func (c *deciding) arriving() bool {
	told, known := c.run.told(true)
	switch {
	case known && told.What == ToldLost:
		return c.block(ParcelLost, fmt.Sprintf("%s was lost on its way back (recorded %s)", c.deviceName(), day(told.At)),
			"claim it from the carrier, then set spec.run to a new name and select another drive; if it has turned up, plug it in and apply")
	case known && told.What == ToldCustomsHold:
		c.wait(CustomsHold, fmt.Sprintf("%s is held by customs on its way back, since %s", c.deviceName(), day(told.At)), "the drive is plugged in"+c.whereItIs(), lookForDrive)
		return c.stall(CustomsHold, "ask the carrier's customs broker what is missing: returned goods need the papers with which they left")
	case known && told.What == ToldReceived:
		return c.plugIn("for verification: it has arrived")
	case c.run.Load.ReturnedAt == nil || !c.seen.Traits.ShipsDrive || len(c.run.Proofs) > 0:
		return c.plugIn("for verification")
	}
	c.plugIn("for verification; the service has sent it back" + c.by(true))
	return c.overdue(*c.run.Load.ReturnedAt, providers.Transit(c.run.Load.Carrier, c.crossesBorder()),
		"ask the carrier where the parcel is; `s3export record "+c.want.Metadata.Name+" received|customs-hold|lost` takes down what it says")
}

// stall says that a wait takes too long, and what a person can do. It returns
// false.
func (c *deciding) stall(r Reason, remedy string) bool {
	if w, ok := c.d.Hold.(Waiting); ok {
		w.Stalled, w.Remedy = r, remedy
		c.d.Hold = w
	}
	return false
}

// overdue stalls a wait that began at since and has lasted too long, on the
// service's clock. It returns false.
func (c *deciding) overdue(since time.Time, patience time.Duration, remedy string) bool {
	if since.IsZero() || patience == 0 || c.serviceNow().Before(since.Add(patience)) {
		return false
	}
	w, ok := c.d.Hold.(Waiting)
	if !ok {
		return false
	}
	w.Message += "; overdue since " + day(since.Add(patience))
	c.d.Hold = w
	return c.stall(Overdue, remedy)
}

// serviceNow is now on the service's clock.
func (c *deciding) serviceNow() time.Time {
	if j := c.seen.Job; j.Asked && j.Err == nil && !j.Job.ObservedAt.IsZero() {
		return j.Job.ObservedAt
	}
	return c.run.ServiceTime(c.seen.At)
}

func (c *deciding) journey() JourneyFact {
	if c.run.Journey == nil {
		return JourneyFact{}
	}
	return *c.run.Journey
}

// leftAt is when the parcel left: as a person has recorded, else when the drive was
// first not here.
func (c *deciding) leftAt() time.Time {
	at := c.journey().LeftAt
	for _, t := range c.run.Told {
		if !t.Back && (t.What == ToldShipped || t.What == ToldReceived) {
			at = t.Service
		}
	}
	return at
}

// wayThere is how long it may take until the service shows the drive.
func (c *deciding) wayThere(told Told) time.Duration {
	registers := c.seen.Traits.Patience.Register
	if told.What == ToldReceived {
		return registers
	}
	carrier, _ := c.run.carrier(false)
	if carrier == "" {
		carrier = c.seen.Traits.Patience.Carrier
	}
	return providers.Transit(carrier, c.crossesBorder()) + registers
}

// crossesBorder: a manifest that declares for customs.
func (c *deciding) crossesBorder() bool {
	return c.want.Manifest != nil && c.want.Manifest.Customs != nil
}

func (c *deciding) by(back bool) string {
	carrier, tracking := c.run.carrier(back)
	if text := strings.TrimSpace(carrier + " " + tracking); text != "" {
		return " by " + text
	}
	return ""
}

// expires is Run.Expires for a job whose record is older than this.
func (c *deciding) expires() (time.Time, bool) {
	run := c.run
	if run.Job != nil && run.Job.ExpiresAt.IsZero() && c.seen.Traits.Patience.Lifetime > 0 {
		job := *run.Job
		job.ExpiresAt = job.CreatedAt.Add(c.seen.Traits.Patience.Lifetime)
		run.Job = &job
	}
	return run.Expires()
}

func (c *deciding) expiry() string {
	ends, expires := c.expires()
	if !expires {
		return ""
	}
	return "; its job expires on " + day(ends)
}
