package verify

import "context"

// Run verifies a drive. It returns an error only when it could not come to an end:
// the context was canceled, the population or the drive could not be listed, or
// the Sink refused; what single objects come to is in the report, whatever it is.
// Nothing is written and nothing retried, so a repeat is safe; Population.Objects is
// consumed. Apart from times, the report depends on the request alone.
func Run(ctx context.Context, req Request) (Report, error) {
	if err := req.check(); err != nil {
		return Report{}, err
	}
	report := newReport(&req)
	r := &run{
		request:  &req,
		meter:    newMeter(req.Runtime.Progress, PhaseComparing),
		drawing:  newDrawing(req.Draw),
		recorder: newRecorder(&report, req.Runtime.Sink),
	}
	if err := r.do(ctx); err != nil {
		return Report{}, err
	}
	r.recorder.finish()
	r.drawing.tell(&report.Sample)
	report.Ended = req.Runtime.Now().UTC()
	report.Totals.Read = r.meter.bytes()
	return report, nil
}

// run is one verification under way.
type run struct {
	request  *Request
	meter    *meter
	drawing  *drawing // nil: every unit is compared
	recorder *recorder
	pipe     *pipe
}

func (r *run) do(ctx context.Context) error {
	workers := r.request.Runtime.Workers
	r.pipe, ctx = newPipe(ctx, workers)
	c := &comparer{tree: r.request.Tree, source: r.request.Source, knowledge: r.request.Population.Known, meter: r.meter}
	compare := func(ctx context.Context, u *unit, buf []byte) (Finding, error) {
		h := u.history(r.request.Population.Known, r.request.LoadEnded)
		return c.compare(ctx, u, h, buf)
	}
	r.pipe.start(ctx, workers, compare, r.record)
	j := &join{request: r.request, out: r}
	err := j.run(ctx)
	if err == nil && r.drawing != nil {
		err = r.read(ctx, r.drawing.units())
	}
	if err != nil {
		r.pipe.stop(err)
	}
	if err := r.pipe.finish(); err != nil {
		return err
	}
	r.recorder.report.Totals = j.counts
	r.meter.done()
	return nil
}

// read compares the sample. A unit that the join has settled counts as it is.
func (r *run) read(ctx context.Context, units []*unit) error {
	r.meter.begin(PhaseReading, int64(len(units)))
	for _, u := range units {
		t := &task{unit: u, drawn: true}
		if u.settled != nil {
			t.finding, t.known = *u.settled, true
		} else {
			t.done = make(chan struct{})
		}
		if err := r.pipe.put(ctx, t); err != nil {
			return err
		}
	}
	return nil
}

// record is called by one goroutine, in the order of put.
func (r *run) record(t *task) error {
	if t.drawn {
		r.recorder.drawn(t.finding)
		r.meter.add(1, 0)
	}
	if t.known {
		return nil
	}
	return r.recorder.record(t.finding)
}

func (r *run) settled(ctx context.Context, f Finding) error {
	return r.pipe.put(ctx, &task{finding: f})
}

func (r *run) open(ctx context.Context, u *unit) error {
	if r.drawing != nil {
		return nil
	}
	return r.pipe.put(ctx, &task{unit: u, done: make(chan struct{})})
}

func (r *run) counted(u *unit) {
	r.meter.add(1, 0)
	if r.drawing != nil {
		r.drawing.offer(u)
	}
}
