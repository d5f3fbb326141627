package main

import (
	"context"
	"fmt"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// proveRun takes a new proof of the run that a drive was in, if its data are on the
// drive, and reports whether it did.
func (a *app) proveRun(ctx context.Context, c driveCopy) (bool, error) {
	name := c.record.Name
	if latest, _ := c.record.Latest(); latest.Name != c.run.Name || c.run.Job == nil && !c.run.Returned() {
		return false, nil
	}
	if !c.run.Returned() {
		back, err := a.catchUp(ctx, c)
		if !back || err != nil {
			return false, err
		}
	}
	on, err := a.knownJob(ctx, name, c.run.Name, specs.Verified)
	if err != nil {
		return false, err
	}
	on.limits = reconciler.Limits{Reverify: true}
	v, err := a.reconcileJob(ctx, on)
	if err != nil {
		return false, err
	}
	return true, a.show("ApplyResult", []view{v}, textAssertions)
}

// catchUp asks the service whether it has sent the drive back, and records it. It
// does nothing else: whoever verifies a drive wants nothing written to it.
func (a *app) catchUp(ctx context.Context, c driveCopy) (back bool, err error) {
	d := *c.doc
	d.Spec.Phase = specs.Exported
	plan, err := a.lookAhead(ctx, d, reconciler.Limits{})
	if err != nil {
		return false, err
	}
	_, acting := plan.Next()
	if _, reached := plan.Outcome().(reconciler.Converged); !acting || !reached || plan.Worst() != reconciler.EffectNote {
		a.say("backup %q cannot be proven against its own baseline: %s; the drive is compared with the bucket as it is now", c.record.Name, standingText(plan.Outcome()))
		return false, nil
	}
	a.applyOne(ctx, d, applyFlags{once: true})
	r, err := a.journal().Load(ctx, c.record.Name)
	return r.Run(c.run.Name).Returned(), err
}

func standingText(o reconciler.Outcome) string {
	v := viewOutcome(o)
	if v.Reason == "" {
		return "the service has not sent the drive back"
	}
	return fmt.Sprintf("%s, %s", v.Reason, v.Message)
}
