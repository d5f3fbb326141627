package simulator

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

// maxControl bounds a request of the control API.
const maxControl = 1 << 20

// controlAPI routes the control API; doc.go describes it.
func (s *service) controlAPI() http.Handler {
	m := http.NewServeMux()
	m.HandleFunc("GET "+controlPath+"state", answer(func(context.Context, struct{}) (State, error) { return s.state(), nil }))
	m.HandleFunc("GET "+controlPath+"faults", answer(func(context.Context, struct{}) (Faults, error) { return s.rules.get(), nil }))
	m.HandleFunc("GET "+controlPath+"schedule", answer(func(context.Context, struct{}) (Schedule, error) {
		return fromWarehouse(s.warehouse.Schedule()), nil
	}))
	m.HandleFunc("POST "+controlPath+"ship", answer(func(ctx context.Context, r shipRequest) (warehouse.Parcel, error) {
		return s.warehouse.Ship(ctx, r.Job, r.Device)
	}))
	m.HandleFunc("POST "+controlPath+"lose", answer(func(_ context.Context, r loseRequest) (warehouse.Parcel, error) {
		return s.warehouse.Lose(r.Job)
	}))
	m.HandleFunc("POST "+controlPath+"advance", answer(s.advance))
	m.HandleFunc("POST "+controlPath+"buckets", answer(s.createBucket))
	m.HandleFunc("POST "+controlPath+"inventory", answer(s.delivery.Inventory))
	m.HandleFunc("POST "+controlPath+"checksums", answer(s.delivery.Checksums))
	m.HandleFunc("POST "+controlPath+"archive", answer(s.archive))
	m.HandleFunc("PUT "+controlPath+"faults", answer(s.changeFaults))
	m.HandleFunc("PUT "+controlPath+"schedule", answer(func(_ context.Context, r Schedule) (Schedule, error) {
		s.warehouse.SetSchedule(r.toWarehouse())
		return r, nil
	}))
	m.HandleFunc(controlPath, answer(func(context.Context, struct{}) (struct{}, error) {
		return struct{}{}, &ControlError{"NotFound", "no such call", "see the package's documentation", http.StatusNotFound}
	}))
	return m
}

// answer makes a handler of a call with JSON in and out.
func answer[In, Out any](call func(context.Context, In) (Out, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in In
		var out any
		err := readControl(w, r, &in)
		if err == nil {
			out, err = call(r.Context(), in)
		}
		status := http.StatusOK
		if err != nil {
			refused := controlError(err)
			out, status = refused, refused.status
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(out) // the client may be gone
	}
}

func readControl(w http.ResponseWriter, r *http.Request, in any) error {
	if !isLocal(r.Host) {
		return &ControlError{"Forbidden", "the control API is for this machine", "use the endpoint as it was printed", http.StatusForbidden}
	}
	if r.Method == http.MethodGet {
		return nil
	}
	if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
		return badRequest("a request is application/json", "set Content-Type: application/json")
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxControl))
	d.DisallowUnknownFields()
	if err := d.Decode(in); err != nil {
		return badRequest(err.Error(), "correct the request")
	}
	return nil
}

func badRequest(message, remedy string) *ControlError {
	return &ControlError{"InvalidRequest", message, remedy, http.StatusBadRequest}
}

func (s *service) state() State {
	st := State{
		Now: s.clock.Now(), Advanced: Duration(s.clock.advanced()), Jobs: []JobState{},
		Parcels: s.warehouse.Parcels(), Schedule: fromWarehouse(s.warehouse.Schedule()), Faults: s.rules.get(),
	}
	for _, j := range s.jobs.Jobs() {
		st.Jobs = append(st.Jobs, JobState{
			ID: j.ID, Type: j.Type, Created: j.Created, Codes: j.Codes,
			LogBucket: j.LogBucket, LogKey: j.LogKey, ErrorCount: j.ErrorCount,
		})
	}
	return st
}

func (s *service) advance(ctx context.Context, r advanceRequest) (Advanced, error) {
	ctx, cancel := s.detach(ctx)
	defer cancel()
	var events []warehouse.Event
	var err error
	switch {
	case r.Job != "" && r.To != "" && r.By == 0:
		if r.To == ExpiredStage {
			events, err = s.warehouse.AdvanceToExpiry(ctx, r.Job)
		} else {
			events, err = s.warehouse.AdvanceTo(ctx, r.Job, warehouse.Stage(r.To))
		}
	case r.Job == "" && r.To == "":
		events = s.warehouse.Advance(ctx, time.Duration(r.By))
	default:
		err = badRequest("advance takes by, or job and to", "give one of the two")
	}
	if events == nil {
		events = []warehouse.Event{}
	}
	return Advanced{Now: s.clock.Now(), Events: events}, err
}

func (s *service) changeFaults(_ context.Context, f Faults) (Faults, error) {
	for i, r := range f.Rules {
		if problem := r.problem(); problem != "" {
			return f, badRequest(fmt.Sprintf("rules[%d]: %s", i, problem), "correct the rule")
		}
	}
	for job, code := range f.Aborts {
		if !slices.Contains(warehouse.AbortCodes(), code) {
			return f, badRequest(fmt.Sprintf("aborts[%s]: no progress code %q of a job that is aborted", job, code),
				"take one of "+strings.Join(warehouse.AbortCodes(), ", "))
		}
	}
	switch f.EndedStatus {
	case "", jobs.AsStatus, jobs.AsException:
	default:
		return f, badRequest("endedStatus is status or exception", "take one of them")
	}
	s.setFaults(f)
	return f, nil
}
