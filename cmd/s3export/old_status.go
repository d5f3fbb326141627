package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
)

// jobView is what the service says of a job.
type jobView struct {
	ID              providers.JobID    `json:"id"`
	Backup          string             `json:"backup,omitempty"` // whose job it is, as far as is known here
	Run             string             `json:"run,omitempty"`
	DeviceID        string             `json:"deviceID,omitempty"`
	Created         time.Time          `json:"created,omitzero"`
	ObservedAt      time.Time          `json:"observedAt,omitzero"`
	Location        providers.Location `json:"location"`
	LocationCode    string             `json:"locationCode,omitempty"`
	LocationMessage string             `json:"locationMessage,omitempty"`
	Progress        providers.Progress `json:"progress"`
	ProgressCode    string             `json:"progressCode,omitempty"`
	ProgressMessage string             `json:"progressMessage,omitempty"`
	Reason          string             `json:"reason,omitempty"` // of a bad end
	Remedy          string             `json:"remedy,omitempty"`
	Carrier         string             `json:"carrier,omitempty"`
	TrackingNumber  string             `json:"trackingNumber,omitempty"`
	LogBucket       string             `json:"logBucket,omitempty"`
	LogKey          string             `json:"logKey,omitempty"`
	ErrorCount      int                `json:"errorCount"`
	Mark            providers.Mark     `json:"mark,omitempty"`
}

func (a *app) getStatusCommand() *cobra.Command {
	var at reach
	c := &cobra.Command{
		Use:   "get-status <job-id>",
		Short: "Show what the service says of a job",
		Long: `Asks the service for a job, whoever made it, and shows its answer. Nothing is
recorded.

The new way: s3export get NAME --refresh, and s3export describe NAME, which also says
what comes next.`,
		Args: arguments(1, 1, "the id of a job"),
		RunE: func(c *cobra.Command, args []string) error {
			v, err := a.jobStatus(c.Context(), jobID(args[0]), at)
			if err != nil {
				return err
			}
			if a.output == "json" || a.output == "yaml" {
				return encode(a.stdout, a.output, v)
			}
			return v.text(a.stdout)
		},
	}
	return a.oldCommand(c, &at, "text", "json", "yaml")
}

// jobStatus asks for a job. What the spec of its backup says of the service counts
// where nothing else does.
func (a *app) jobStatus(ctx context.Context, id providers.JobID, at reach) (jobView, error) {
	r, run, err := a.recordOf(ctx, id)
	if err != nil {
		return jobView{}, err
	}
	v := jobView{Run: run}
	var about specs.Document
	if r != nil {
		v.Backup = r.Name
		if about, err = a.remembered(ctx, r.Name); err != nil {
			about = specs.Document{} // flags, variables and the configuration have to do
		}
	}
	if at, err = a.resolve(ctx, at, about); err != nil {
		return v, err
	}
	jobs, err := a.jobs(ctx, at)
	if err != nil {
		return v, err
	}
	j, err := jobs.Job(ctx, id)
	if err != nil {
		return v, a.stopped(ctx, err)
	}
	v.ID, v.DeviceID, v.Created, v.ObservedAt, v.Mark = j.ID, j.DeviceID, j.Created, j.ObservedAt, j.Mark
	v.Location, v.LocationCode, v.LocationMessage = j.Location, j.LocationCode, j.LocationMessage
	v.Progress, v.ProgressCode, v.ProgressMessage = j.Progress, j.ProgressCode, j.ProgressMessage
	v.Carrier, v.TrackingNumber, v.LogBucket, v.LogKey, v.ErrorCount = j.Carrier, j.TrackingNumber, j.LogBucket, j.LogKey, j.ErrorCount
	if j.Failure != nil {
		v.Reason, v.Remedy = j.Failure.Reason, j.Failure.Remedy
	}
	return v, nil
}

// text prints the answer as describe prints a backup.
func (v jobView) text(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	field := func(name, text string) {
		if text != "" {
			_, _ = fmt.Fprintf(w, "%s:\t%s\n", name, text)
		}
	}
	field("Job", string(v.ID))
	field("Backup", v.Backup)
	field("Device", v.DeviceID)
	if !v.Created.IsZero() {
		field("Created", stamp(v.Created))
	}
	field("Location", codeText(v.LocationCode, v.LocationMessage))
	field("Progress", codeText(v.ProgressCode, v.ProgressMessage))
	field("Errors", fmt.Sprint(v.ErrorCount))
	field("Carrier", v.Carrier)
	field("Tracking", v.TrackingNumber)
	if v.LogBucket != "" {
		field("Log", "s3://"+v.LogBucket+"/"+v.LogKey)
	}
	field("Mark", string(v.Mark))
	field("What to do", v.Remedy)
	return w.Flush()
}

func codeText(code, message string) string {
	if message == "" {
		return code
	}
	return fmt.Sprintf("%s (%s)", code, message)
}
