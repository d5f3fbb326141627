package importexport

import (
	"context"

	"github.com/cargomedia/s3export/providers"
)

// Jobs calls yield for each job of the account, whoever made it, of every type, and
// canceled or not, in the order of the service, which is newest first. Each job
// comes once. It stops with the first error of yield, which it returns as it is;
// any other error is a *providers.Error. It costs one ListJobs request for each
// 1000 jobs and may be repeated.
func (c *Client) Jobs(ctx context.Context, yield func(providers.ListedJob) error) error {
	known := map[string]bool{}
	for marker := ""; ; {
		page, facts, err := c.page(ctx, marker)
		if err != nil {
			return err
		}
		next, err := yieldNew(page.Jobs, known, yield)
		if err != nil || !isTrue(page.IsTruncated) {
			return err
		}
		if next == "" || next == marker {
			return c.stuck(facts)
		}
		marker = next
	}
}

// yieldNew yields the jobs of a page that did not come before, and returns the id of
// its last one.
func yieldNew(jobs []listedJob, known map[string]bool, yield func(providers.ListedJob) error) (last string, err error) {
	for _, l := range jobs {
		last = l.JobID
		if l.JobID == "" || known[l.JobID] {
			continue
		}
		known[l.JobID] = true
		if err := yield(listedOf(l)); err != nil {
			return last, err
		}
	}
	return last, nil
}

func listedOf(l listedJob) providers.ListedJob {
	return providers.ListedJob{
		ID:       providers.JobID(l.JobID),
		Created:  instant(l.CreationDate),
		Canceled: isTrue(l.IsCanceled),
		Type:     oneLine(l.JobType),
	}
}
