package reconciler

import (
	"context"
	"fmt"
	"strings"
)

// TellError says why a fact that a person told does not fit what is known.
type TellError struct {
	Reason  Reason
	Problem string
	Remedy  string
}

// Error returns the problem.
func (e *TellError) Error() string { return e.Problem }

// Tell records a fact about a parcel that only a person knows, in the latest run of
// a backup. t.At, t.Service and t.Back are filled in. The same fact told again is
// recorded once. A fact that contradicts what is known is a *TellError; nothing is
// written then.
func Tell(ctx context.Context, j Journal, backup string, t Told, clock Clock) (Record, error) {
	release, err := j.Lock(ctx, backup)
	if err != nil {
		return Record{}, err
	}
	r, err := tell(ctx, j, backup, t, clock)
	if err2 := release(); err == nil {
		err = err2
	}
	return r, err
}

func tell(ctx context.Context, j Journal, backup string, t Told, clock Clock) (Record, error) {
	r, err := j.Load(ctx, backup)
	if err != nil {
		return r, err
	}
	run, begun := r.Latest()
	if problem := fits(run, begun, t.What); problem != nil {
		return r, problem
	}
	t.At, t.Back = clock(), run.Returned()
	t.Service = run.ServiceTime(t.At)
	if last, ok := run.told(t.Back); ok && last.What == t.What && last.Carrier == t.Carrier && last.Tracking == t.Tracking && last.Note == t.Note {
		return r, nil
	}
	run.Told = append(run.Told, t)
	r = r.put(run).note(Event{At: t.At, Run: run.Name, Reason: "Recorded", Message: t.Sentence()})
	r.UpdatedAt = t.At
	return j.Save(ctx, r)
}

// Sentence is the fact as the history shows it.
func (t Told) Sentence() string {
	way := "on its way to the service"
	if t.Back {
		way = "on its way back"
	}
	text := map[ToldKind]string{
		ToldShipped:     "the drive was shipped",
		ToldReceived:    "the parcel " + way + " was delivered",
		ToldCustomsHold: "the parcel " + way + " is held by customs",
		ToldLost:        "the parcel " + way + " is lost",
	}[t.What]
	if by := strings.TrimSpace(t.Carrier + " " + t.Tracking); by != "" {
		text += " (" + by + ")"
	}
	if t.Note != "" {
		text += ": " + t.Note
	}
	return text
}

// fits says why a run cannot have come to what is told of it; nil when it can.
func fits(run Run, begun bool, what ToldKind) *TellError {
	refuse := func(r Reason, problem, remedy string) *TellError { return &TellError{r, problem, remedy} }
	_, proven := run.LatestProof()
	atService := run.Journey != nil && !run.Journey.ReceivedAt.IsZero() && !run.Returned()
	switch {
	case !begun || run.Job == nil:
		return refuse(NothingShipped, "there is no job yet, so no parcel", "apply the spec first; it says when the drive is to be shipped")
	case run.Signature == nil && run.Load == nil:
		return refuse(NothingShipped, fmt.Sprintf("the drive does not carry the SIGNATURE of job %s yet: without it the service sends it back unprocessed", run.Job.ID),
			"apply the spec with the drive plugged in before it is shipped")
	case run.Canceled != nil:
		return refuse(RunCanceled, fmt.Sprintf("run %q was canceled", run.Name), "set spec.run to a new name to begin again")
	case proven:
		return refuse(NothingShipped, fmt.Sprintf("the drive of run %q is back and was verified", run.Name), "nothing: the parcel has arrived")
	case atService:
		return refuse(NothingShipped, "the service has the drive already", "nothing: `s3export describe` says what it waits for")
	case what == ToldShipped && run.Returned():
		return refuse(NothingShipped, "the service has sent the drive back: it is not to be shipped again", "when it is here, plug it in and apply; when it is lost, record that")
	}
	return nil
}
