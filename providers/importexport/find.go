package importexport

import (
	"context"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/query"

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
	since = since.Truncate(time.Second)
	var found providers.Found
	known := map[string]bool{}
	for marker := ""; ; {
		page, facts, err := c.page(ctx, marker)
		if err != nil {
			return providers.Found{}, err
		}
		if found.ObservedAt.IsZero() {
			found.ObservedAt = facts.at
		}
		for _, listed := range page.Jobs {
			if known[listed.JobID] || !isCandidate(listed, since) {
				continue
			}
			known[listed.JobID] = true
			job, err := c.marked(ctx, providers.JobID(listed.JobID), m)
			if err != nil {
				return providers.Found{}, err
			}
			if job != nil {
				found.Jobs = append(found.Jobs, *job)
			}
		}
		if !isTrue(page.IsTruncated) {
			return found, nil
		}
		next := ""
		if n := len(page.Jobs); n > 0 {
			next = page.Jobs[n-1].JobID
		}
		if next == "" || next == marker {
			return providers.Found{}, c.stuck(facts)
		}
		marker = next
	}
}

func (c *Client) page(ctx context.Context, marker string) (*listJobsResult, seen, error) {
	return invoke[listJobsResult](ctx, c, operation{
		name: "ListJobs",
		members: func(o *query.Object) {
			o.Key("MaxJobs").Integer(int32(c.pageSize)) //nolint:gosec // at most 1000
			if marker != "" {
				o.Key("Marker").String(marker)
			}
		},
	})
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

func (*Client) stuck(facts seen) error {
	return &providers.Error{
		Kind: providers.Unexpected, Op: "ListJobs", RequestID: facts.requestID, At: facts.at,
		Message: "the listing is said to go on, but does not",
		Remedy:  "run the same again; if it repeats, ask AWS support with the request ID",
	}
}
