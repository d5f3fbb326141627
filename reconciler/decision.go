package reconciler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/specs"
)

// Decision is the verdict on a snapshot.
type Decision struct {
	Phase specs.Phase // reached by now
	// Lacks names facts without which nothing can be decided; the rest of the
	// decision is then void.
	Lacks []FactKind
	// Actions: the head is to be done now, the tail is a forecast.
	Actions []Action
	// Hold is where things stand when no action is left: after the actions, if
	// there are any.
	Hold Outcome
	// Forbidden is why the head may not be done; nil: it may.
	Forbidden *Blocked

	Conditions []Condition

	// Survey is what is known of the source, and Concerns what is to be said of it.
	Survey   *Survey
	Concerns []Concern

	// Spec is the digest of the spec that was decided on: what a job is made with
	// is part of the plan.
	Spec string
	// Failing names what could not be observed; empty: all could.
	Failing string
}

// Next returns the action to be done now and whether there is one.
func (d Decision) Next() (Action, bool) {
	if len(d.Actions) == 0 || d.Forbidden != nil || len(d.Lacks) > 0 {
		return nil, false
	}
	return d.Actions[0], true
}

// Outcome returns how things stand if nothing more is done now.
func (d Decision) Outcome() Outcome {
	if d.Forbidden != nil {
		return *d.Forbidden
	}
	return d.Hold
}

// Digest identifies the plan: its actions, the spec that they carry out and the
// device that they touch. The same plan has the same digest whenever it is made.
func (d Decision) Digest(on device.Identity) string {
	h := sha256.New()
	for _, a := range d.Actions {
		s := StepOf(a)
		fmt.Fprintf(h, "%s\x00%s\x00%s\n", s.Name, s.Effect, s.Text)
	}
	fmt.Fprintf(h, "%s\n", d.Spec)
	fmt.Fprintf(h, "%s\x00%s\x00%s\x00%d", on.Kind, on.Serial, on.WWN, on.Size)
	return "sha256:" + hex.EncodeToString(h.Sum(nil))[:32]
}

// Worst returns the worst effect of the actions, EffectNote without any.
func (d Decision) Worst() Effect {
	worst := EffectNote
	for _, a := range d.Actions {
		worst = max(worst, StepOf(a).Effect)
	}
	return worst
}
