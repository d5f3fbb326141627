package reconciler

import (
	"time"

	"github.com/cargomedia/s3export/specs"
)

// Outcome is the end of a reconcile: exactly one of Converged, Waiting, Blocked.
//
//sumtype:decl
type Outcome interface{ outcome() }

// Converged says that the wanted phase is reached.
type Converged struct{ Phase specs.Phase }

// Waiting says that time or somebody else brings the next step.
type Waiting struct {
	Reason   Reason
	Message  string // what is waited for
	Ends     string // what ends the wait
	Since    time.Time
	NextLook time.Time // local clock; when looking again is worth it
	// Failed: the wait is for another try of something that went wrong.
	Failed bool
	// Stalled: it takes too long, and a person should do what Remedy says. Empty: it
	// is on time.
	Stalled Reason
	Remedy  string
}

// Blocked says that only a person can go on.
type Blocked struct {
	Reason  Reason
	Message string
	Remedy  string // never empty
	// LookAgain is how soon another look may be worth its price; 0: any time.
	LookAgain time.Duration
}

func (Converged) outcome() {}
func (Waiting) outcome()   {}
func (Blocked) outcome()   {}

func messageOf(o Outcome) string {
	switch o := o.(type) {
	case Waiting:
		return o.Message
	case Blocked:
		return o.Message
	case Converged:
	}
	return ""
}

// holdOf returns what the record keeps of an outcome; nil when converged. A hold
// with the reason of the one before keeps its Since.
func holdOf(o Outcome, before *Hold, now time.Time) *Hold {
	var h Hold
	switch o := o.(type) {
	case Converged:
		return nil
	case Waiting:
		h = Hold{Kind: HoldWaiting, Reason: o.Reason, Message: o.Message, Ends: o.Ends, NextLook: o.NextLook, Stalled: o.Stalled, Remedy: o.Remedy}
	case Blocked:
		h = Hold{Kind: HoldBlocked, Reason: o.Reason, Message: o.Message, Remedy: o.Remedy}
	}
	h.Since = now
	if before != nil && before.Reason == h.Reason {
		h.Since = before.Since
	}
	return &h
}
