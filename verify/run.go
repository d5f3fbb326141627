package verify

import (
	"context"
	"errors"

	"github.com/cargomedia/s3export/verify/spill"
)

// ErrTimeUp is the cause of a context that ends a run because the time is up which it
// was given. The report then says so, and is incomplete.
var ErrTimeUp = errors.New("the time given to the verification is up")

// Run verifies a drive. It returns an error only when it could not come to an end: the
// context was canceled (but for ErrTimeUp), the population or the drive could not be
// listed, the drive has left, or the Sink refused; what single objects come to is in the
// report, whatever it is. Of a drive that has left the report says what was found until
// then.
//
// Nothing is written but temporary files and Runtime.Notes, and nothing is retried, so a
// repeat is safe; Population.Objects is consumed. Apart from times, Drive and Speed, the
// report depends on the request alone, also where Notes let it go on.
func Run(ctx context.Context, req Request) (Report, error) {
	if err := req.check(); err != nil {
		return Report{}, err
	}
	report := newReport(&req)
	r := newRun(&req, &report)
	defer r.close()
	err := r.do(ctx)
	switch {
	case errors.Is(err, ErrTimeUp), ctx.Err() != nil && errors.Is(context.Cause(ctx), ErrTimeUp):
		report.Stopped, err = StopTime, nil
	case gone(err):
		report.Stopped = StopDevice
	case err != nil:
		return Report{}, temporary(err)
	}
	report.Totals.Pending = r.pending()
	if failed := r.recorder.finish(context.WithoutCancel(ctx)); failed != nil {
		return Report{}, temporary(failed)
	}
	r.drawing.tell(&report.Sample)
	report.Ended = req.Runtime.Now().UTC()
	report.Requests = r.counters.requests()
	report.Drive, report.Speed = r.chart.result()
	return report, err
}

// run is one verification under way.
type run struct {
	request  *Request
	report   *Report
	counters counters
	meter    *meter
	chart    *chart
	drawing  *drawing // nil: every unit is compared
	recorder *recorder
	queue    *queue
	ahead    *ahead          // nil: nothing was read before the listing was there
	memory   *memory         // nil: nothing was noted before
	hashed   *zip            // files that were read ahead before; nil: none
	before   *before         // nil: nothing is known of an earlier, interrupted run
	reopened map[string]bool // units of the sample that are in the queue for their size
	comparer *comparer
	spools   []*spill.Spool
	walk     Tree // what the join walks
}

func newRun(req *Request, report *Report) *run {
	r := &run{
		request:  req,
		report:   report,
		meter:    newMeter(req.Runtime.Progress, PhaseComparing),
		chart:    newChart(req.Runtime.Now),
		drawing:  newDrawing(req.Draw),
		recorder: newRecorder(report, req),
		queue:    newQueue(req.Runtime.Temp),
		reopened: map[string]bool{},
		walk:     req.Tree,
	}
	r.counters.begin(req.Source)
	r.comparer = &comparer{
		tree:     req.Tree,
		listed:   listedBy(req.Source),
		ladder:   &ladder{source: req.Source, knowledge: req.Population.Known, requests: &r.counters},
		past:     &past{source: req.Source, live: req.Population.Known == LiveListing, requests: &r.counters, buckets: map[string]*keeping{}},
		download: req.Download, now: req.Runtime.Now, loadEnded: req.LoadEnded,
		pace: r.pace, extra: req.extra(), meter: r.meter, record: r.record,
	}
	return r
}

func (r *run) close() {
	r.queue.close()
	r.recorder.close()
	r.ahead.close()
	r.before.close()
	if r.memory != nil {
		r.hashed.stop()
		r.memory.close()
	}
	if p, ok := r.walk.(*replay); ok {
		p.stop()
	}
	for _, s := range r.spools {
		_ = s.Close()
	}
}

func (r *run) do(ctx context.Context) error {
	if err := r.goOn(ctx); err != nil {
		return err
	}
	if r.worthReadingAhead() {
		if err := r.readAhead(ctx); err != nil {
			return err
		}
	}
	if err := r.joinAll(ctx); err != nil {
		return err
	}
	r.meter.begin(PhaseReading, r.queue.items, r.queue.bytes)
	err := r.readQueue(ctx)
	r.meter.done()
	return err
}

// joinAll merges population and drive, and queues what is to be compared.
func (r *run) joinAll(ctx context.Context) error {
	j := &join{request: r.request, tree: r.walk, out: r, reopens: r.request.Source != nil}
	if err := j.run(ctx); err != nil {
		return err
	}
	read := r.report.Totals.Read
	r.report.Totals = j.counts
	r.report.Totals.Read = read
	return r.addSample(ctx)
}

// goOn opens the notes, and what an interrupted run has left there.
func (r *run) goOn(ctx context.Context) error {
	n := r.request.Runtime.Notes
	if n == nil {
		return nil
	}
	if n.fits(r.request) {
		m, err := n.recall(ctx, r.request.Runtime.Temp)
		if err != nil {
			return n.failed(err)
		}
		r.memory = m
		r.before = newBefore(ctx, m.results)
		r.hashed = newZip(m.hashed.Sorted(ctx))
	}
	if err := n.start(r.request); err != nil {
		return n.failed(err)
	}
	return nil
}

// settled takes a finding that needs no reading.
func (r *run) settled(_ context.Context, f Finding) error {
	return r.recorder.add(f, false, 0)
}

// open takes a unit whose content is to be compared, or whose size is wrong unless an
// older version of its object has it.
func (r *run) open(ctx context.Context, u *unit) error {
	switch {
	case r.drawing == nil:
		return r.compare(ctx, item{unit: u})
	case u.reopened: // whether it is drawn is known at the end
		return r.queue.add(item{unit: u})
	}
	return nil
}

func (r *run) counted(u *unit) {
	r.meter.add(1, 0)
	if r.drawing != nil {
		r.drawing.offer(u)
	}
}

// compare records what is known of a unit already, and queues the others.
func (r *run) compare(ctx context.Context, one item) error {
	if known, ok := r.before.result(one); ok {
		return r.take(known)
	}
	if known, ok := r.ahead.result(ctx, one, r.comparer); ok {
		return r.record(known)
	}
	return r.queue.add(one)
}

// addSample queues the sample. A unit that the join has settled counts as it is.
func (r *run) addSample(ctx context.Context) error {
	if r.drawing == nil {
		return nil
	}
	r.before.rewind(ctx)
	for _, u := range r.drawing.units() {
		var err error
		switch {
		case u.reopened:
			r.reopened[u.key()] = true
		case u.settled != nil:
			err = r.recorder.drawn(*u.settled)
		default:
			err = r.compare(ctx, item{unit: u, drawn: true})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// record takes a decided unit, from several goroutines.
func (r *run) record(res result) error {
	if n := r.request.Runtime.Notes; n != nil && !res.open {
		if err := n.keep(res.note()); err != nil {
			return err
		}
	}
	if res.item.queued {
		r.queue.done.Add(1)
	}
	return r.take(res)
}

func (r *run) take(res result) error {
	e := &res.item.unit.entry
	s := Slice{Files: 1, Bytes: res.read, Nanos: int64(res.spent)}
	switch res.finding.Outcome {
	case Differ:
		s.Differ = 1
	case Failure:
		s.Errors = 1
	default:
	}
	if res.read > 0 || s.Errors > 0 {
		r.chart.add(e.Place, s)
	}
	r.meter.add(1, 0)
	drawn := res.item.drawn || r.reopened[res.item.unit.key()]
	return r.recorder.add(res.finding, drawn, res.read)
}

// pace is asked before each read of the drive.
func (r *run) pace(ctx context.Context, bytes int) error {
	if n := r.request.Runtime.Notes; n != nil {
		if err := n.tick(); err != nil {
			return err
		}
	}
	if wait := r.request.Runtime.Pace; wait != nil {
		if err := wait(ctx, bytes); err != nil {
			return err
		}
	}
	return nil
}

// pending is how many objects of the queue were not come to.
func (r *run) pending() int64 { return r.queue.items - r.queue.done.Load() }
