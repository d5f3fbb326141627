package providers

import (
	"strings"
	"time"
)

const day = 24 * time.Hour

// transits is how long parcels are under way from door to door, generously: what
// the carriers' ground and postal services name for far destinations, and two days.
// The last entry is for carriers that are not known.
func transits() []transit {
	return []transit{
		{"ups", 7 * day, 12 * day},
		{"fedex", 7 * day, 12 * day},
		{"dhl", 7 * day, 12 * day},
		{"gls", 7 * day, 12 * day},
		{"tnt", 7 * day, 12 * day},
		{"usps", 10 * day, 25 * day},
		{"royal mail", 7 * day, 25 * day},
		{"swiss post", 5 * day, 20 * day},
		{"", 10 * day, 25 * day},
	}
}

type transit struct {
	carrier               string
	domestic, crossBorder time.Duration
}

// Transit returns after how long a parcel of that carrier is overdue. The carrier
// is a person's text, such as "UPS Ground"; one that is not known is given time.
func Transit(carrier string, crossesBorder bool) time.Duration {
	for _, t := range transits() {
		if !strings.Contains(strings.ToLower(carrier), t.carrier) {
			continue
		}
		if crossesBorder {
			return t.crossBorder
		}
		return t.domestic
	}
	return 0 // cannot happen: the last entry fits all
}

// Patience is how long a service may take for its part before a person should ask.
// Zero: it never takes too long.
type Patience struct {
	Lifetime time.Duration `json:"lifetime,omitempty"` // of a job whose drive has not arrived
	Register time.Duration `json:"register,omitempty"` // from the delivery of a parcel to its being seen
	Begin    time.Duration `json:"begin,omitempty"`    // from being seen to the begin of the load
	Load     time.Duration `json:"load,omitempty"`     // from its begin to its end
	SendBack time.Duration `json:"sendBack,omitempty"` // from its end to the way back
	// Carrier of the service's own labels.
	Carrier string `json:"carrier,omitempty"`
}
