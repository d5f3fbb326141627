package reconciler

import (
	"fmt"
	"time"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
)

// Decide says what the backup needs next. It is a pure function of its arguments.
func Decide(want specs.Document, seen Snapshot, limits Limits) Decision {
	if limits.Reverify || limits.reverified || limits.Repair {
		want.Spec.Phase = specs.Verified
	}
	c := &deciding{want: want, seen: seen, limits: limits, run: seen.Record.Run(want.Spec.Run)}
	complete := c.decide()
	d := c.d
	d.Spec = want.Digest
	d.Survey, d.Concerns = seen.survey(c.run), c.concerns()
	told := seen.Record.told(want)
	d.Phase = reached(seen.Record.Run(told.Spec.Run), seen, told)
	if complete {
		d.Hold = Converged{Phase: want.Spec.Phase}
	}
	d.Hold = sinceBefore(d.Hold, seen.Record.Hold)
	d.Conditions = conditionsOf(told, seen, d)
	return d
}

// deciding is one decision in the making. Each step looks at the run's facts and
// either adds actions, or ends the ladder with a hold, a block or a lack.
type deciding struct {
	want   specs.Document
	seen   Snapshot
	limits Limits
	run    Run
	d      Decision
}

// step decides one phase; false ends the ladder.
type step func(*deciding) bool

// decide climbs the ladder and reports whether it came to the top, so that nothing
// is left but the actions.
func (c *deciding) decide() bool {
	if !c.admit() {
		return false
	}
	c.giveUpLost()
	if c.want.Spec.Phase == specs.Canceled {
		return c.canceled()
	}
	if !c.papersPossible() {
		return false
	}
	for _, s := range []struct {
		phase specs.Phase
		step  step
	}{
		{specs.Prepared, (*deciding).prepared},
		{specs.Submitted, (*deciding).submitted},
		{specs.Labeled, (*deciding).labeled},
		{specs.Exported, (*deciding).exported},
		{specs.Verified, (*deciding).verified},
	} {
		if !c.want.Spec.Phase.Includes(s.phase) {
			break
		}
		if !s.step(c) {
			return false
		}
	}
	return c.refreshed()
}

// admit refuses wishes that contradict what has happened.
func (c *deciding) admit() bool {
	wanted := c.want.Spec.Phase
	if !c.runMayBe() {
		return false
	}
	if c.want.Spec.Suspend {
		return c.wait(Suspended, "spec.suspend is true", "spec.suspend: false", lookAtPaused)
	}
	if c.run.Canceled != nil && wanted != specs.Canceled {
		return c.block(RunCanceled, fmt.Sprintf("run %q was canceled", c.run.Name),
			"set spec.run to a new name to begin again")
	}
	if c.otherJob() {
		return c.block(OtherJob, fmt.Sprintf("run %q has job %s, not job %s", c.run.Name, c.run.Job.ID, c.limits.Job),
			"name the job of this run, or another backup's")
	}
	if c.limits.Repair && c.seen.Traits.Fill != providers.ByUs {
		return c.block(NothingToRepair, "the drive was filled by the service: this host cannot repair its copy",
			"take a new copy with a new spec.run")
	}
	now := reached(c.run, c.seen, c.want)
	if c.limits.Reverify && !c.run.Returned() {
		remedy := "apply the spec until it is Exported"
		if c.seen.Traits.Refreshes {
			remedy += "; what the drive holds by then is proven by `s3export restore-test` with --device or --image"
		}
		return c.block(NothingToVerify, fmt.Sprintf("the data are not on the drive yet: run %q has reached %s", c.run.Name, now), remedy)
	}
	if wanted != specs.Canceled && c.run.Wanted != "" && !wanted.Includes(c.run.Wanted) && !wanted.Includes(now) {
		return c.block(PhaseBehind,
			fmt.Sprintf("phase %s is wanted, but run %q has reached %s", wanted, c.run.Name, now),
			fmt.Sprintf("set spec.phase to %s or later; to give the run up set it to Canceled", now))
	}
	return true
}

// runMayBe refuses a run that is over, or that another one is in the way of.
func (c *deciding) runMayBe() bool {
	latest, begun := c.seen.Record.rival(c.run.Name)
	if !begun || latest.Name == c.run.Name {
		return true
	}
	if (c.limits.Reverify || c.limits.reverified) && c.seen.Traits.Refreshes && c.run.isCopy() && !latest.Pending(nameFill) && !latest.isCopy() {
		return true // nothing was written for the later one
	}
	if c.seen.Record.hasRun(c.run.Name) {
		return c.block(RunUnderWay,
			fmt.Sprintf("run %q is over: run %q came after it", c.run.Name, latest.Name),
			fmt.Sprintf("set spec.run to %q, or to a name that was never used", latest.Name))
	}
	if !latest.Ended() {
		return c.block(RunUnderWay,
			fmt.Sprintf("run %q cannot begin while run %q is under way", c.run.Name, latest.Name),
			fmt.Sprintf("set spec.run back to %q and let it end, or end it with phase: Canceled", latest.Name))
	}
	return true
}

// giveUpLost cancels the job of the run before, if its parcel was lost: another drive
// takes its place.
func (c *deciding) giveUpLost() {
	latest, begun := c.seen.Record.rival(c.run.Name)
	if begun && latest.Name != c.run.Name && latest.Lost() && latest.Canceled == nil && latest.Job != nil {
		c.do(GiveUpLost{Run: latest.Name, ID: latest.Job.ID})
	}
}

// reached returns the furthest phase that the run's facts bear out.
func reached(run Run, seen Snapshot, want specs.Document) specs.Phase {
	if run.Canceled != nil {
		return specs.Canceled
	}
	t := seen.Traits
	phase := specs.New
	for _, s := range []struct {
		phase specs.Phase
		is    bool
	}{
		{specs.Prepared, run.Load != nil || run.Volume != nil},
		{specs.Submitted, run.Load != nil || (run.Baseline != nil && (!t.HasJob || run.Job != nil) && (!t.SignsVolume || run.Signature != nil))},
		{specs.Labeled, run.Load != nil || !t.HasLabel || run.Label != nil && run.Paperwork != nil},
		{specs.Exported, run.Returned()},
		{specs.Verified, proofHolds(run, want, seen)},
	} {
		if !s.is {
			break
		}
		phase = s.phase
	}
	return phase
}

// do adds an action. What it needs is checked by the caller.
func (c *deciding) do(a Action) { c.d.Actions = append(c.d.Actions, a) }

// foreseen reports whether an earlier action comes first, so that what is seen now
// says nothing about later.
func (c *deciding) foreseen() bool { return len(c.d.Actions) > 0 }

// block ends the ladder; it returns false for that. Behind an action it is a
// forecast nobody can rely on, so nothing is said.
func (c *deciding) block(r Reason, message, remedy string) bool {
	if !c.foreseen() {
		c.d.Hold = Blocked{Reason: r, Message: message, Remedy: remedy}
	}
	return false
}

// wait ends the ladder; it returns false for that.
func (c *deciding) wait(r Reason, message, ends string, look time.Duration) bool {
	c.d.Hold = Waiting{Reason: r, Message: message, Ends: ends, Since: c.seen.At, NextLook: c.seen.At.Add(look)}
	return false
}

// lack ends the ladder until the fact is fetched; it returns false for that.
func (c *deciding) lack(k FactKind) bool {
	c.d.Lacks = append(c.d.Lacks, k)
	return false
}

// judged ends the ladder with what an error means; it returns false for that.
func (c *deciding) judged(step string, err error) bool {
	if !c.foreseen() {
		c.d.Failing = step
		c.d.Hold = judge(err, c.seen.Record.attempts(step)+1).outcome(c.seen.At)
	}
	return false
}

// sinceBefore keeps the beginning of a wait that went on.
func sinceBefore(hold Outcome, before *Hold) Outcome {
	if w, ok := hold.(Waiting); ok && before != nil && before.Reason == w.Reason {
		w.Since = before.Since
		return w
	}
	return hold
}
