package reconciler

import (
	"time"

	"github.com/cargomedia/s3export/providers"
)

// Limits are what the caller of one reconcile allows.
type Limits struct {
	// AllowErase allows erasing what is proven blank or ours. Nothing allows
	// erasing anything else.
	AllowErase bool
	// AskErase lets nothing be erased without AllowErase, not even what a spec allows:
	// a blank drive whose size it names, and what a killed run has begun.
	AskErase bool
	// Job is to be adopted by a run that has none, whoever made it, instead of a job
	// that carries the run's mark. No other job is then made.
	Job providers.JobID
	// Approve is the digest of the only plan that may be carried out; empty: any.
	Approve string
	// OneLabel names jobs, this one among them, whose drives travel in one parcel, in
	// order. Empty: this one's alone, or what it was.
	OneLabel []providers.JobID
	// Rivals are other backups whose specs select the same drive; see Rivals.
	Rivals []string
	// Reverify asks for a new proof whatever the latest one says, and for nothing
	// else.
	Reverify bool
	// Repair has the files fetched again that the latest proof names as bad, and the drive
	// proven anew.
	Repair bool
	// Restart begins a verification anew that was interrupted.
	Restart bool
	// Seed fixes the draw of the next proof, which is then stamped "reproduction";
	// empty: from the system's randomness.
	Seed string

	// reverified: Reverify was fulfilled in this reconcile. What is told is still
	// the proof, whatever phase the spec wants.
	reverified bool
	// repaired: Repair was fulfilled in this reconcile.
	repaired bool
	// logAsked: the service's log was asked for in this reconcile.
	logAsked bool
}

// How often a state is worth looking at again. The service has no push; a look an
// hour is plenty while a parcel travels for days.
const (
	lookAtParcel  = time.Hour
	lookAtWaiting = 30 * time.Minute
	lookAtLoading = 15 * time.Minute
	lookForDrive  = time.Minute
	lookAtBusy    = 10 * time.Second
	lookAtPaused  = time.Hour
	lookAtSource  = time.Hour // a look costs a request for each 1,000 objects
)

// settle is how far apart two empty look-ups must be before a job may be created
// after an unfinished CreateJob: the listing had time to show it.
const settle = time.Minute

// shipBefore is how long before its end a job's drive should be on its way: carriers
// take days, and the service takes days to see a parcel.
const shipBefore = 10 * 24 * time.Hour

// skew is how much earlier than the intent a job may have been created, since two
// clocks are compared.
const skew = time.Hour

// Tries of a step that fails in a way that nobody knows, and the pauses between.
const (
	maxAttempts = 5
	firstPause  = 15 * time.Second
	longPause   = 15 * time.Minute
)

// maxPasses bounds one reconcile; a full run takes eleven.
const maxPasses = 40

// pauseAfter returns how long to wait after the given number of failed tries,
// from 1: doubling from firstPause up to longPause.
func pauseAfter(attempts int) time.Duration {
	p := firstPause
	for i := 1; i < attempts && p < longPause; i++ {
		p *= 2
	}
	return min(p, longPause)
}

// pace returns when a job in this state is worth another look.
func pace(j providers.Job) time.Duration {
	if j.Location == providers.AtService && j.Progress == providers.InProgress {
		return lookAtLoading
	}
	return lookAtWaiting
}
