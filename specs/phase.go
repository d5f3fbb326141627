package specs

import "slices"

// Phase is a stage of a backup's run: wanted in spec.phase, observed in status.
type Phase string

// The phases, in order; Canceled stands beside them.
const (
	New       Phase = "New"       // only observed, never wanted
	Prepared  Phase = "Prepared"  // our empty volume is on the device
	Submitted Phase = "Submitted" // the job exists and its SIGNATURE is on the volume
	Labeled   Phase = "Labeled"   // the shipping label is on disk
	Exported  Phase = "Exported"  // the data are on the device
	Verified  Phase = "Verified"  // the latest proof passed and is young enough
	Canceled  Phase = "Canceled"  // the job is canceled
)

func order() []Phase {
	return []Phase{New, Prepared, Submitted, Labeled, Exported, Verified}
}

// WantedPhases returns the phases that spec.phase may name.
func WantedPhases() []Phase { return append(order()[1:], Canceled) }

// Includes reports whether wanting p implies reaching q on the way. Canceled
// includes only itself.
func (p Phase) Includes(q Phase) bool {
	if p == Canceled || q == Canceled {
		return p == q
	}
	return slices.Index(order(), p) >= slices.Index(order(), q)
}
