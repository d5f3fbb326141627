package simulator

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/delivery"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

// Control is a client of the control API. It is safe for concurrent use. Refusals
// are *ControlError.
type Control struct{ endpoint string }

// NewControl returns a client for a simulator's endpoint.
func NewControl(endpoint string) *Control {
	return &Control{endpoint: strings.TrimSuffix(endpoint, "/") + controlPath}
}

// State asks for all that there is to know.
func (c *Control) State(ctx context.Context) (s State, err error) {
	return s, c.call(ctx, http.MethodGet, "state", nil, &s)
}

// Ship sends the device at an absolute path for a job. An image file is renamed
// until it comes back; Parcel.Away says to what.
func (c *Control) Ship(ctx context.Context, job, device string) (p warehouse.Parcel, err error) {
	return p, c.call(ctx, http.MethodPost, "ship", shipRequest{job, device}, &p)
}

// Lose has the parcel of a job, which is on its way, never arrive. Its device stays
// away.
func (c *Control) Lose(ctx context.Context, job string) (p warehouse.Parcel, err error) {
	return p, c.call(ctx, http.MethodPost, "lose", loseRequest{job}, &p)
}

// Advance moves the clock forward. What was due has been carried out when it
// returns; Advanced.Err tells of loads that failed.
func (c *Control) Advance(ctx context.Context, by time.Duration) (a Advanced, err error) {
	return a, c.call(ctx, http.MethodPost, "advance", advanceRequest{By: Duration(by)}, &a)
}

// AdvanceTo moves the clock to when a job's parcel reaches a stage (received,
// loading, loaded, returned) or the job is expired. A stage that was reached
// changes nothing.
func (c *Control) AdvanceTo(ctx context.Context, job, stage string) (a Advanced, err error) {
	return a, c.call(ctx, http.MethodPost, "advance", advanceRequest{Job: job, To: stage}, &a)
}

// Faults returns the faults as they were set.
func (c *Control) Faults(ctx context.Context) (f Faults, err error) {
	return f, c.call(ctx, http.MethodGet, "faults", nil, &f)
}

// SetFaults replaces all faults; the zero Faults ends them.
func (c *Control) SetFaults(ctx context.Context, f Faults) error {
	return c.call(ctx, http.MethodPut, "faults", f, nil)
}

// SetSchedule changes the times of journeys from their next part on.
func (c *Control) SetSchedule(ctx context.Context, s Schedule) error {
	return c.call(ctx, http.MethodPut, "schedule", s, nil)
}

// CreateBucket makes a bucket.
func (c *Control) CreateBucket(ctx context.Context, b Bucket) error {
	return c.call(ctx, http.MethodPost, "buckets", b, nil)
}

// Inventory has the inventory of a bucket delivered.
func (c *Control) Inventory(ctx context.Context, o delivery.Inventory) (d delivery.Delivered, err error) {
	return d, c.call(ctx, http.MethodPost, "inventory", o, &d)
}

// Checksums has a Batch Operations job compute checksums and deliver its report.
func (c *Control) Checksums(ctx context.Context, o delivery.Checksums) (d delivery.Delivered, err error) {
	return d, c.call(ctx, http.MethodPost, "checksums", o, &d)
}

// Archive moves an object of Intelligent-Tiering to an archive tier.
func (c *Control) Archive(ctx context.Context, a Archiving) error {
	return c.call(ctx, http.MethodPost, "archive", a, nil)
}

func (c *Control) call(ctx context.Context, method, name string, in, out any) error {
	var body bytes.Buffer
	if in != nil {
		if err := json.NewEncoder(&body).Encode(in); err != nil {
			return fmt.Errorf("asking the simulator: %w", err)
		}
	}
	r, err := http.NewRequestWithContext(ctx, method, c.endpoint+name, &body)
	if err != nil {
		return fmt.Errorf("asking the simulator: %w", err)
	}
	r.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(r)
	if err != nil {
		return &ControlError{Reason: "Unreachable", Message: err.Error(), Remedy: "start the simulator, or correct its endpoint"}
	}
	defer response.Body.Close() //nolint:errcheck // only read
	d := json.NewDecoder(response.Body)
	if response.StatusCode != http.StatusOK {
		refused := &ControlError{}
		if err := d.Decode(refused); err != nil || refused.Message == "" {
			return &ControlError{Reason: "Unexpected", Message: "the simulator answered " + response.Status, Remedy: "check that the endpoint is a simulator's"}
		}
		return refused
	}
	if out == nil {
		return nil
	}
	if err := d.Decode(out); err != nil {
		return fmt.Errorf("reading the simulator's answer: %w", err)
	}
	return nil
}
