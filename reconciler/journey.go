package reconciler

import (
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
)

// JourneyFact says how far the parcel has come: when each stage was first seen, on
// the service's clock.
type JourneyFact struct {
	LeftAt     time.Time `json:"leftAt,omitzero"`     // the drive was not here any more
	ReceivedAt time.Time `json:"receivedAt,omitzero"` // the service has it
	LoadingAt  time.Time `json:"loadingAt,omitzero"`
	// ClockAhead is how many seconds the service's clock is ahead of ours, kept as
	// long as it is right within a minute.
	ClockAhead int64 `json:"clockAheadSeconds,omitempty"`
}

// ToldKind is a fact about a parcel that only a person knows.
type ToldKind string

// The kinds, as they are typed.
const (
	ToldShipped     ToldKind = "shipped"      // handed over to a carrier
	ToldReceived    ToldKind = "received"     // the carrier says it was delivered
	ToldCustomsHold ToldKind = "customs-hold" // a customs office keeps it
	ToldLost        ToldKind = "lost"         // the carrier has given it up
)

// ToldKinds returns all kinds, in the order in which they may happen.
func ToldKinds() []ToldKind {
	return []ToldKind{ToldShipped, ToldReceived, ToldCustomsHold, ToldLost}
}

// Told is what a person has recorded of a parcel.
type Told struct {
	What     ToldKind  `json:"what"`
	At       time.Time `json:"at"`        // local clock
	Service  time.Time `json:"serviceAt"` // the same on the service's clock, as near as it is known
	Back     bool      `json:"back,omitempty"`
	Carrier  string    `json:"carrier,omitempty"`
	Tracking string    `json:"tracking,omitempty"`
	Note     string    `json:"note,omitempty"`
}

// told returns what was last recorded of the parcel on its way there, or back.
func (r Run) told(back bool) (Told, bool) {
	for i := len(r.Told) - 1; i >= 0; i-- {
		if r.Told[i].Back == back {
			return r.Told[i], true
		}
	}
	return Told{}, false
}

// carrier returns the carrier and tracking number of the way, as far as anybody
// has said.
func (r Run) carrier(back bool) (carrier, tracking string) {
	if back && r.Load != nil {
		carrier, tracking = r.Load.Carrier, r.Load.Tracking
	}
	for _, t := range r.Told {
		if t.Back == back && t.Carrier != "" {
			carrier, tracking = t.Carrier, t.Tracking
		}
	}
	return carrier, tracking
}

// Lost reports whether the parcel was lost on its way to the service, and has not
// turned up there since.
func (r Run) Lost() bool {
	t, ok := r.told(false)
	return ok && t.What == ToldLost && (r.Journey == nil || r.Journey.ReceivedAt.IsZero()) && r.Load == nil
}

// ServiceTime returns the moment on the service's clock, as near as it is known.
func (r Run) ServiceTime(local time.Time) time.Time {
	if r.Journey == nil {
		return local
	}
	return local.Add(time.Duration(r.Journey.ClockAhead) * time.Second)
}

// Expires returns when the job ends if the service has not received the drive, on
// the service's clock; false where that does not threaten.
func (r Run) Expires() (time.Time, bool) {
	if r.Job == nil || r.Job.ExpiresAt.IsZero() || r.Canceled != nil || r.Failed != nil || r.Load != nil ||
		r.Journey != nil && !r.Journey.ReceivedAt.IsZero() {
		return time.Time{}, false
	}
	return r.Job.ExpiresAt, true
}

// journeyFact takes in what was seen of the parcel.
func journeyFact(run Run, seen Snapshot) *JourneyFact {
	j := seen.Job
	if run.Job == nil || !j.Asked || j.Err != nil || j.Job.ID != run.Job.ID || j.Job.ObservedAt.IsZero() {
		return run.Journey
	}
	fact := JourneyFact{}
	if run.Journey != nil {
		fact = *run.Journey
	}
	now := j.Job.ObservedAt
	if ahead := int64(now.Sub(seen.At).Seconds()); ahead > fact.ClockAhead+60 || ahead < fact.ClockAhead-60 {
		fact.ClockAhead = ahead
	}
	switch j.Job.Location {
	case providers.NotReceived:
		fact.ReceivedAt = time.Time{}
		first(&fact.LeftAt, now, seen.Device.Presence == device.Absent && run.Signature != nil)
		if seen.Device.Presence == device.Present {
			fact.LeftAt = time.Time{} // it is here again, or still
		}
	case providers.AtService, providers.Returned:
		first(&fact.ReceivedAt, now, true)
		first(&fact.LoadingAt, now, j.Job.Progress == providers.InProgress)
	case providers.LocationUnknown:
	}
	if fact == (JourneyFact{}) {
		return nil
	}
	return &fact
}

func first(at *time.Time, now time.Time, is bool) {
	if is && at.IsZero() {
		*at = now
	}
}
