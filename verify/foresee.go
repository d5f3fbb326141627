package verify

import (
	"context"
	"maps"
)

// Forecast is what a verification would do.
type Forecast struct {
	Listed   int64 `json:"listed"`   // keys, by the listing that the forecast was made with
	Objects  int64 `json:"objects"`  // of the population
	Compared int64 `json:"compared"` // of these, by content
	Bytes    int64 `json:"bytes"`    // to be read from the drive
	// Heads are the requests that are needed when all is well, by storage class; each file
	// that is not equal takes some more.
	Heads map[string]int64 `json:"heads"`
	// Paths are the files that would be read, in the order of the device, up to 1,000.
	Paths []string `json:"paths"`
	// Findings that need no reading, by outcome.
	Findings map[Outcome]int64 `json:"findings,omitempty"`
}

const forecastPaths = 1000

// Foresee lists and walks as Run would, and neither reads a file nor asks about an
// object. The request's Notes and Sink are not used.
func Foresee(ctx context.Context, req Request) (Forecast, error) {
	if err := req.check(); err != nil {
		return Forecast{}, err
	}
	f := Forecast{Heads: map[string]int64{}, Paths: []string{}, Findings: map[Outcome]int64{}}
	objects := req.Population.Objects
	req.Population.Objects = counting(objects, &f.Listed)
	req.Runtime.Notes, req.Runtime.Sink, req.Download = nil, nil, nil
	report := newReport(&req)
	r := newRun(&req, &report)
	defer r.close()
	if err := r.joinAll(ctx); err != nil {
		return Forecast{}, err
	}
	f.Objects = report.Totals.Objects
	for key, t := range r.recorder.tallies {
		f.Findings[key.outcome] += t.Files
	}
	return f, r.foresee(ctx, &f)
}

func (r *run) foresee(ctx context.Context, f *Forecast) error {
	asked := &expecting{heads: map[string]int64{}}
	l := &ladder{knowledge: r.request.Population.Known, requests: &counters{}}
	if r.request.Source != nil {
		l.source = asked
	}
	c := &comparer{ladder: l, now: r.request.Runtime.Now}
	for one, err := range r.queue.sorted(ctx) {
		if err != nil {
			return err
		}
		f.Compared++
		if m := c.begin(ctx, one); len(m.wanted) > 0 {
			f.Bytes += one.unit.entry.Size
		}
		if len(f.Paths) < forecastPaths {
			f.Paths = append(f.Paths, one.unit.path())
		}
	}
	maps.Copy(f.Heads, asked.heads)
	return nil
}
