package main

import (
	"context"
	"fmt"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/specs"
)

// listedView is a job in a listing.
type listedView struct {
	ID       providers.JobID `json:"id"`
	Type     string          `json:"type"`
	Created  time.Time       `json:"created,omitzero"`
	Canceled bool            `json:"canceled"`
	Backup   string          `json:"backup,omitempty"` // whose job it is, as far as is known here
}

func (a *app) listJobsCommand() *cobra.Command {
	var at reach
	c := &cobra.Command{
		Use:   "list-jobs",
		Short: "List the jobs of the account",
		Long: `Asks the service for all jobs of the account, whoever made them, newest first, and
says which backup has which.

The new way: s3export get, which lists backups and what they wait for.`,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			jobs, err := a.listJobs(c.Context(), at)
			if err != nil {
				return a.stopped(c.Context(), err)
			}
			return a.showJobs(jobs)
		},
	}
	return a.oldCommand(c, &at, "table", "json", "yaml", "name")
}

func (a *app) listJobs(ctx context.Context, at reach) ([]listedView, error) {
	at, err := a.resolve(ctx, at, specs.Document{})
	if err != nil {
		return nil, err
	}
	client, err := a.jobs(ctx, at)
	if err != nil {
		return nil, err
	}
	records, damaged := a.journal().List(ctx)
	if damaged != nil {
		a.warning("%v", damaged)
	}
	backups := map[providers.JobID]string{}
	for _, r := range records {
		for _, run := range r.Runs {
			if run.Job != nil {
				backups[run.Job.ID] = r.Name
			}
		}
	}
	list := []listedView{} // [], not null
	err = client.Jobs(ctx, func(j providers.ListedJob) error {
		list = append(list, listedView{ID: j.ID, Type: j.Type, Created: j.Created, Canceled: j.Canceled, Backup: backups[j.ID]})
		return nil
	})
	return list, err
}

func (a *app) showJobs(jobs []listedView) error {
	switch a.output {
	case "json", "yaml":
		return encode(a.stdout, a.output, list{APIVersion: specs.APIVersion, Kind: "JobList", Items: jobs})
	case "name":
		for _, j := range jobs {
			_, _ = fmt.Fprintf(a.stdout, "job/%s\n", j.ID)
		}
		return nil
	}
	if len(jobs) == 0 {
		a.say("the account has no job")
		return nil
	}
	w := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "JOB\tTYPE\tCREATED\tCANCELED\tBACKUP")
	for _, j := range jobs {
		created, canceled, backup := "-", "no", j.Backup
		if !j.Created.IsZero() {
			created = stamp(j.Created)
		}
		if j.Canceled {
			canceled = "yes"
		}
		if backup == "" {
			backup = "-"
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\n", j.ID, j.Type, created, canceled, backup)
	}
	return w.Flush()
}
