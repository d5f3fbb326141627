package importexport

import (
	"context"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers"
)

// FindJobs returns the jobs that carry the mark and are not canceled, newest first,
// of those created at or after since (zero: of all; the service's dates have whole
// seconds). ObservedAt is the time of the first page: a job that was made later may
// be missing. Jobs that vanish in between are left out.
//
// It costs one ListJobs request for each 1000 jobs and one GetStatus for each
// candidate. The listing is always read to its end: that it is sorted saves
// little, and a job that is overlooked is a job that is made twice.
func (c *Client) FindJobs(ctx context.Context, m providers.Mark, since time.Time) (providers.Found, error) {
	s := search{client: c, mark: m, since: since.Truncate(time.Second), known: map[string]bool{}}
	err := c.pages(ctx, func(page *listJobsResult, facts seen) error {
		if s.found.ObservedAt.IsZero() {
			s.found.ObservedAt = facts.at
		}
		return s.look(ctx, page.Jobs)
	})
	if err != nil {
		return providers.Found{}, err
	}
	return s.found, nil
}

// search is one look-up by mark.
type search struct {
	client *Client
	mark   providers.Mark
	since  time.Time
	known  map[string]bool // jobs that were looked at
	found  providers.Found
}

// look adds those of the listed jobs that carry the mark.
func (s *search) look(ctx context.Context, listed []listedJob) error {
	for _, l := range listed {
		if s.known[l.JobID] || !isCandidate(l, s.since) {
			continue
		}
		s.known[l.JobID] = true
		job, err := s.client.marked(ctx, providers.JobID(l.JobID), s.mark)
		if err != nil {
			return err
		}
		if job != nil {
			s.found.Jobs = append(s.found.Jobs, *job)
		}
	}
	return nil
}

// isCandidate reports whether a listed job may be ours. A date that cannot be read
// excludes nothing.
func isCandidate(j listedJob, since time.Time) bool {
	created := instant(j.CreationDate)
	return j.JobID != "" && !isTrue(j.IsCanceled) &&
		strings.EqualFold(strings.TrimSpace(j.JobType), jobType) &&
		(created.IsZero() || !created.Before(since))
}

// marked returns the job if it carries the mark and is not canceled, else nil.
func (c *Client) marked(ctx context.Context, id providers.JobID, m providers.Mark) (*providers.Job, error) {
	job, err := c.Job(ctx, id)
	if err != nil && providers.KindOf(err) == providers.NotFound {
		return nil, nil //nolint:nilnil // it vanished between two requests
	}
	if err != nil {
		return nil, err
	}
	if job.Mark != m || job.Progress == providers.Canceled {
		return nil, nil //nolint:nilnil // somebody else's
	}
	return &job, nil
}
