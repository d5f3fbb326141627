package main

import (
	"fmt"
	"time"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// view is one backup as commands show it, in text and in JSON alike.
type view struct {
	Name       string                 `json:"name"`
	Run        string                 `json:"run"`
	Wanted     specs.Phase            `json:"wanted,omitempty"`
	Phase      specs.Phase            `json:"phase,omitempty"` // reached; empty with an error
	Changed    bool                   `json:"changed"`
	Steps      []stepView             `json:"steps,omitempty"`  // taken, or planned
	Digest     string                 `json:"digest,omitempty"` // of a plan
	Outcome    outcomeView            `json:"outcome"`
	Forbidden  *outcomeView           `json:"forbidden,omitempty"` // why a plan's first step may not be taken
	Source     *sourceView            `json:"source,omitempty"`    // of a plan
	Conditions []reconciler.Condition `json:"conditions,omitempty"`
	Copied     *reconciler.CopyFact   `json:"copied,omitempty"` // by this command
	Proof      *proofView             `json:"proof,omitempty"`  // the latest
	Label      string                 `json:"label,omitempty"`  // path of the PDF
	Job        providers.JobID        `json:"job,omitempty"`    // of create-job
	ExitCode   int                    `json:"exitCode"`
	Error      *problem               `json:"error,omitempty"`
}

type stepView struct {
	Name   string `json:"name"`
	Effect string `json:"effect"`
	Text   string `json:"text"`
}

// proofView is the latest proof of a backup's run.
type proofView struct {
	Verdict  verify.Verdict   `json:"verdict"`
	Summary  string           `json:"summary"`
	Report   string           `json:"report"` // path
	New      bool             `json:"new"`    // taken by this command
	Findings []verify.Finding `json:"findings,omitempty"`
}

// outcomeView is a reconciler.Outcome in JSON.
type outcomeView struct {
	Kind     string            `json:"kind"` // Converged, Waiting, Blocked, Pending
	Reason   reconciler.Reason `json:"reason,omitempty"`
	Message  string            `json:"message,omitempty"`
	Remedy   string            `json:"remedy,omitempty"`
	Ends     string            `json:"ends,omitempty"`
	Since    *time.Time        `json:"since,omitempty"`
	NextLook *time.Time        `json:"nextLook,omitempty"`
	Failed   bool              `json:"failed,omitempty"`
	Stalled  reconciler.Reason `json:"stalled,omitempty"` // a wait that takes too long
}

func viewOutcome(o reconciler.Outcome) outcomeView {
	switch o := o.(type) {
	case reconciler.Converged:
		return outcomeView{Kind: "Converged", Message: "phase " + string(o.Phase) + " is reached"}
	case reconciler.Waiting:
		v := outcomeView{Kind: "Waiting", Reason: o.Reason, Message: o.Message, Ends: o.Ends, Failed: o.Failed, Stalled: o.Stalled, Remedy: o.Remedy}
		if !o.Since.IsZero() {
			v.Since, v.NextLook = &o.Since, &o.NextLook
		}
		return v
	case reconciler.Blocked:
		return outcomeView{Kind: "Blocked", Reason: o.Reason, Message: o.Message, Remedy: o.Remedy}
	}
	return outcomeView{Kind: "Pending", Message: "the next look decides"}
}

func viewSteps(steps []reconciler.Step) []stepView {
	views := make([]stepView, len(steps))
	for i, s := range steps {
		views[i] = stepView{Name: s.Name, Effect: s.Effect.String(), Text: s.Text}
	}
	return views
}

// viewResult is what apply shows of a reconcile.
func viewResult(d specs.Document, r reconciler.Result, waited bool) view {
	d = decidedOn(d, r.Plan)
	return view{
		Name: d.Metadata.Name, Run: d.Spec.Run, Wanted: d.Spec.Phase, Phase: r.Record.Phase,
		Changed: len(r.Done) > 0, Steps: viewSteps(r.Done), Outcome: viewOutcome(r.Outcome),
		Conditions: r.Record.Conditions, Copied: copiedNow(d, r), ExitCode: exitCode(r.Outcome, waited),
	}
}

// viewPlan is what plan and diff show of a decision. It holds no time of day, so
// that the same plan reads the same.
func viewPlan(d specs.Document, p reconciler.Plan) view {
	d = decidedOn(d, p)
	steps := make([]reconciler.Step, len(p.Actions))
	for i, a := range p.Actions {
		steps[i] = reconciler.StepOf(a)
	}
	_, acting := p.Next()
	v := view{
		Name: d.Metadata.Name, Run: d.Spec.Run, Wanted: d.Spec.Phase, Phase: p.Phase,
		Changed: acting, Steps: viewSteps(steps), Outcome: viewOutcome(p.Hold),
	}
	v.Outcome.Since, v.Outcome.NextLook = nil, nil
	if p.Survey != nil {
		v.Source = &sourceView{Survey: *p.Survey, Concerns: p.Concerns}
	}
	if len(steps) > 0 {
		v.Digest = p.Digest(p.Seen.Device.Identity)
	}
	if p.Forbidden != nil {
		f := viewOutcome(*p.Forbidden)
		v.Forbidden = &f
	}
	v.ExitCode = exitCode(p.Outcome(), false)
	return v
}

func viewError(d specs.Document, err error) view {
	p := problemOf(err)
	return view{
		Name: d.Metadata.Name, Run: d.Spec.Run, Wanted: d.Spec.Phase,
		Outcome: outcomeView{Kind: "Error", Message: p.Message, Remedy: p.Remedy},
		Error:   p, ExitCode: p.ExitCode,
	}
}

// verb is the word that apply ends its line with.
func (v view) verb() string {
	switch {
	case v.Error != nil:
		return "error"
	case v.Outcome.Kind == "Blocked":
		return "blocked"
	case v.Outcome.Failed:
		return "failed"
	case v.Changed:
		return "configured"
	default:
		return "unchanged"
	}
}

// idle is what a plan without steps says.
func (v view) idle() string {
	switch {
	case v.Outcome.Kind == "Blocked" || v.Outcome.Failed:
		return "nothing can be done"
	default:
		return "nothing to do"
	}
}

// standing is how things stand, in a few words.
func (o outcomeView) standing(phase specs.Phase) string {
	switch o.Kind {
	case "Waiting":
		if o.Stalled != "" && o.Stalled != o.Reason {
			return fmt.Sprintf("%s, waiting: %s, %s", phase, o.Reason, o.Stalled)
		}
		return fmt.Sprintf("%s, waiting: %s", phase, o.Reason)
	case "Blocked":
		return fmt.Sprintf("%s, blocked: %s", phase, o.Reason)
	default:
		return string(phase)
	}
}
