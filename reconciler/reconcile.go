package reconciler

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/go-logr/logr"

	"github.com/cargomedia/s3export/specs"
)

// Reconciler brings one backup nearer to what is wanted. It is safe for concurrent
// use; the journal's lock keeps two runs of one backup apart, across processes.
type Reconciler struct {
	Planner
	JobWriter  JobWriter  // nil where Traits.HasJob is false
	DiskWriter DiskWriter // required
	Encrypter  Encrypter  // required where a spec encrypts its drive
	Evidence   Evidence   // required
	Papers     Papers     // required where Traits.HasLabel
	Filler     Filler     // required where Traits.Fill is providers.ByUs
	Host       string     // name of this host, for the record of a drive
	Random     io.Reader  // seeds of samples; crypto/rand.Reader
	Log        logr.Logger
	// Progress is told of each step before it is taken; nil: nobody is.
	Progress func(Step)
}

// Result is the end of a reconcile.
type Result struct {
	Outcome Outcome
	Plan    Plan   // of the last look
	Record  Record // as saved
	Done    []Step // taken in this reconcile
}

// Reconcile does all that can be done now. The error is that of ctx, of a journal
// that cannot be read or written, or of a lock that somebody else holds; all else
// is an Outcome. A repeat is safe at any time, also after a kill.
func (r *Reconciler) Reconcile(ctx context.Context, want specs.Document, limits Limits) (Result, error) {
	release, err := r.Journal.Lock(ctx, want.Metadata.Name)
	if err != nil {
		return Result{}, err
	}
	result, err := r.reconcile(ctx, want, limits)
	if err2 := release(); err == nil {
		err = err2
	}
	return result, err
}

func (r *Reconciler) reconcile(ctx context.Context, want specs.Document, limits Limits) (Result, error) {
	record, err := r.Journal.Load(ctx, want.Metadata.Name)
	if err != nil {
		return Result{}, err
	}
	result := Result{Record: record}
	ok := approved{digest: limits.Approve}
	before := ""
	for range maxPasses {
		plan, err := r.plan(ctx, want, limits, result.Record)
		if err != nil {
			return result, err
		}
		result.Plan = plan
		if !ok.allows(plan) {
			return r.end(ctx, plan.Want, result, planChanged(plan))
		}
		want := plan.Want // of which a new run may have begun by itself
		action, acting := plan.Next()
		if !acting {
			return r.end(ctx, want, result, plan.Outcome())
		}
		step := StepOf(action).Text
		if step == before {
			return r.end(ctx, want, result, noProgress(action))
		}
		before = step
		if done := r.take(ctx, want, &result, action, limits); done != nil {
			return done.end(ctx, r, want, result)
		}
		limits = afterStep(limits, action, want, result)
	}
	return r.end(ctx, result.Plan.Want, result, Blocked{Reason: NoProgress, Message: "too many steps in one go", Remedy: "apply again; if this repeats, report it"})
}

// ending is why a reconcile ends after a step: an error for the caller, or what a
// step's failure means.
type ending struct {
	err     error
	outcome Outcome
}

func (e *ending) end(ctx context.Context, r *Reconciler, want specs.Document, result Result) (Result, error) {
	if e.err != nil {
		return result, e.err
	}
	return r.end(ctx, want, result, e.outcome)
}

// take takes one step: intent, deed, fact. It returns nil when the next look may
// follow.
func (r *Reconciler) take(ctx context.Context, want specs.Document, result *Result, a Action, limits Limits) *ending {
	s := StepOf(a)
	if r.Progress != nil {
		r.Progress(s)
	}
	log := r.Log.WithValues("backup", want.Metadata.Name, "run", want.Spec.Run, "step", s.Name)
	x := &execution{Reconciler: r, want: want, seen: result.Plan.Seen, limits: limits}
	x.record, x.run = r.begun(result.Record, want, x.seen)
	err := x.perform(ctx, a, s)
	result.Record = x.record
	if err == nil {
		log.Info("step taken", "effect", s.Effect.String(), "detail", s.Text)
		result.Done = append(result.Done, s)
		return nil
	}
	if ctx.Err() != nil || isJournal(err) {
		return &ending{err: err}
	}
	return x.failed(ctx, s, err, result)
}

// end saves how things stand, if that differs from what the record says.
func (r *Reconciler) end(ctx context.Context, want specs.Document, result Result, o Outcome) (Result, error) {
	result.Outcome = o
	record := result.Record
	seen := result.Plan.Seen
	d := result.Plan.Decision
	d.Hold, d.Forbidden, d.Actions = o, nil, nil
	record.Conditions = conditionsOf(result.Record.told(want), seen, d)
	record.Hold = holdOf(o, record.Hold, seen.At)
	record.Phase = d.Phase
	if d.Failing != "" {
		record.Trouble = record.troubleWith(d.Failing, messageOf(o), seen.At)
	}
	switch o := o.(type) {
	case Converged:
		record.Trouble = nil
	case Waiting:
		if !o.Failed {
			record.Trouble = nil
		}
	case Blocked: // the tries that led here stay counted
	}
	record = accepted(record, want, seen)
	if err := r.remember(ctx, want, record, seen); err != nil {
		return result, err
	}
	if sameStanding(record, result.Record) {
		return result, nil
	}
	record.UpdatedAt = seen.At
	saved, err := r.Journal.Save(ctx, record)
	if err != nil {
		return result, err
	}
	result.Record = saved
	return result, nil
}

func planChanged(p Plan) Outcome {
	return Blocked{
		Reason:  PlanChanged,
		Message: "the plan is not the one that was approved; it is now " + p.Digest(p.Seen.Device.Identity),
		Remedy:  "look at the plan again and approve its digest",
	}
}

func noProgress(a Action) Outcome {
	return Blocked{
		Reason:  NoProgress,
		Message: fmt.Sprintf("%q was done and nothing changed", StepOf(a).Text),
		Remedy:  "look at the device and the job with `s3export describe`; if both look right, report it",
	}
}

// approved is the plan that may be carried out.
type approved struct {
	digest string
	names  []string // of its steps; nil until the plan was seen
}

// allows reports whether the plan at hand is the approved one, or what is left of
// it. Steps that only note something need no approval.
func (ok *approved) allows(p Plan) bool {
	if ok.digest == "" || len(p.Actions) == 0 {
		return true
	}
	if ok.names == nil {
		for _, a := range p.Actions {
			ok.names = append(ok.names, StepOf(a).Name)
		}
		return p.Digest(p.Seen.Device.Identity) == ok.digest
	}
	s := StepOf(p.Actions[0])
	return s.Effect == EffectNote || slices.Contains(ok.names, s.Name)
}

// afterStep drops a wish that was fulfilled. Bringing an interrupted proof of
// another draw to its end does not fulfill it, nor does a report of before that
// was only left to be recorded.
func afterStep(l Limits, a Action, want specs.Document, result Result) Limits {
	if _, asked := a.(KeepLog); asked {
		l.logAsked = true
	}
	if f, ok := a.(Fill); ok && f.Repair != "" {
		l.repaired = true
	}
	v, ok := a.(Verify)
	if !ok || !l.Reverify {
		return l
	}
	p, _ := result.Record.Run(want.Spec.Run).LatestProof()
	asked := p.Sample == string(want.Spec.Verify.Sample) && (l.Seed == "" || l.Seed == p.Seed)
	if v.Resume && (!asked || p.At.Before(result.Plan.Seen.At)) {
		return l
	}
	l.Reverify, l.reverified = false, true
	return l
}
