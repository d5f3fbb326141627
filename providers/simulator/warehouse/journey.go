package warehouse

import (
	"context"
	"fmt"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

// Event is a stage that a parcel has reached.
type Event struct {
	At    time.Time `json:"at"`
	Job   string    `json:"job"`
	Stage Stage     `json:"stage"`
	// Codes of the job at that point.
	jobs.Codes
	// Problem of the simulator's own; empty when all went as it was meant to.
	Problem string `json:"problem,omitempty"`
}

// Settle carries out what is due by now. It returns at once when that is being
// done already.
func (w *Warehouse) Settle(ctx context.Context) []Event {
	if !w.running.TryLock() {
		return nil
	}
	defer w.running.Unlock()
	return w.until(ctx, w.o.Clock.Now())
}

// Advance moves the clock forward by d and carries out, in their order, all that
// is due up to then.
func (w *Warehouse) Advance(ctx context.Context, d time.Duration) []Event {
	w.running.Lock()
	defer w.running.Unlock()
	return w.until(ctx, w.o.Clock.Now().Add(d))
}

// AdvanceTo moves the clock forward to when a job's parcel reaches a stage; it
// does nothing when that has been reached.
func (w *Warehouse) AdvanceTo(ctx context.Context, job string, stage Stage) ([]Event, error) {
	w.running.Lock()
	defer w.running.Unlock()
	if stage.order() < 0 {
		return nil, &Refusal{"InvalidStage", fmt.Sprintf("no stage is named %q", stage), "take received, loading, loaded or returned"}
	}
	j, err := w.o.Jobs.Job(job)
	if err != nil {
		return nil, &Refusal{"NoSuchJob", err.Error(), "take an id of ListJobs"}
	}
	p := w.parcel(j.ID)
	if p == nil {
		return nil, &Refusal{"NotShipped", fmt.Sprintf("no device was shipped for job %q", j.ID), "ship the device first"}
	}
	if p.Lost && stage != Shipped {
		return nil, &Refusal{"Lost", fmt.Sprintf("the parcel of job %q is lost", j.ID), "let its job expire"}
	}
	var events []Event
	for p.Stage.order() < stage.order() && ctx.Err() == nil {
		events = append(events, w.until(ctx, p.Due)...)
	}
	return events, ctx.Err()
}

// AdvanceToExpiry moves the clock forward to when a job expires for want of a
// device.
func (w *Warehouse) AdvanceToExpiry(ctx context.Context, job string) ([]Event, error) {
	j, err := w.o.Jobs.Job(job)
	if err != nil {
		return nil, &Refusal{"NoSuchJob", err.Error(), "take an id of ListJobs"}
	}
	w.running.Lock()
	defer w.running.Unlock()
	return w.until(ctx, j.Created.Add(jobs.Lifetime)), nil
}

// until carries out what is due up to a time, each at its own time, and moves the
// clock there. The caller has running.
func (w *Warehouse) until(ctx context.Context, t time.Time) []Event {
	var events []Event
	for ctx.Err() == nil {
		p := w.earliest(t)
		if p == nil {
			w.o.Clock.AdvanceTo(t)
			break
		}
		w.o.Clock.AdvanceTo(p.Due)
		events = append(events, w.step(ctx, p))
	}
	return events
}

// earliest returns the parcel whose next stage is due first, up to t.
func (w *Warehouse) earliest(t time.Time) *parcel {
	w.mu.Lock()
	defer w.mu.Unlock()
	var first *parcel
	for _, p := range w.parcels {
		if p.Due.IsZero() || p.Due.After(t) {
			continue
		}
		if first == nil || p.Due.Before(first.Due) {
			first = p
		}
	}
	return first
}

// step brings a parcel to its next stage. A stage is reached when all of it has
// been done; a canceled context leaves the parcel where it was.
func (w *Warehouse) step(ctx context.Context, p *parcel) Event {
	at := p.Due
	var o outcome
	switch p.Stage {
	case Shipped:
		o = w.receive(p)
	case Received:
		o = w.begin(ctx, p)
	case Loading:
		o = w.finish(ctx, p)
	case Loaded:
		o = w.giveBack(p)
	case Returned:
	}
	if ctx.Err() != nil {
		return Event{At: at, Job: p.Job, Stage: p.Stage, Problem: "stopped"}
	}
	w.mu.Lock()
	p.Problem = o.problem
	p.Spoiled = append(p.Spoiled, o.spoiled...)
	p.reach(o.stage, at, o.next)
	if o.stage == Returned {
		p.Due = time.Time{}
	}
	w.mu.Unlock()
	j, err := w.o.Jobs.Change(p.Job, func(j *jobs.Job) {
		if o.change != nil {
			o.change(j)
		}
	})
	if err != nil { // jobs are never removed
		o.problem = err.Error()
	}
	w.o.Log.Info("parcel moved", "job", p.Job, "stage", p.Stage, "progress", j.ProgressCode, "problem", o.problem)
	return Event{At: at, Job: p.Job, Stage: p.Stage, Codes: j.Codes, Problem: o.problem}
}

// outcome of a step: the stage that was reached, how long until the next one, and
// what that means for the job.
type outcome struct {
	stage   Stage
	next    time.Duration
	change  func(*jobs.Job)
	problem string
	spoiled []string
}
