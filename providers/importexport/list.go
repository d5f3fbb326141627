package importexport

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws/protocol/query"

	"github.com/cargomedia/s3export/providers"
)

// Jobs calls yield for each job of the account, whoever made it, of every type, and
// canceled or not, in the order of the service, which is newest first. Each job
// comes once. It stops with the first error of yield, which it returns as it is;
// any other error is a *providers.Error. It costs one ListJobs request for each
// 1000 jobs and may be repeated.
func (c *Client) Jobs(ctx context.Context, yield func(providers.ListedJob) error) error {
	known := map[string]bool{}
	return c.pages(ctx, func(page *listJobsResult, _ seen) error {
		for _, l := range page.Jobs {
			if l.JobID == "" || known[l.JobID] {
				continue
			}
			known[l.JobID] = true
			if err := yield(listedOf(l)); err != nil {
				return err
			}
		}
		return nil
	})
}

func listedOf(l listedJob) providers.ListedJob {
	return providers.ListedJob{
		ID:       providers.JobID(l.JobID),
		Created:  instant(l.CreationDate),
		Canceled: isTrue(l.IsCanceled),
		Type:     oneLine(l.JobType),
	}
}

// pages calls visit for each page of ListJobs up to the last, or to the first error
// of visit.
func (c *Client) pages(ctx context.Context, visit func(*listJobsResult, seen) error) error {
	for marker := ""; ; {
		page, facts, err := c.page(ctx, marker)
		if err != nil {
			return err
		}
		if err := visit(page, facts); err != nil {
			return err
		}
		if !isTrue(page.IsTruncated) {
			return nil
		}
		next := ""
		if n := len(page.Jobs); n > 0 {
			next = page.Jobs[n-1].JobID
		}
		if next == "" || next == marker {
			return c.stuck(facts)
		}
		marker = next
	}
}

func (c *Client) page(ctx context.Context, marker string) (*listJobsResult, seen, error) {
	return invoke[listJobsResult](ctx, c, operation{
		name: "ListJobs",
		members: func(o *query.Object) {
			o.Key("MaxJobs").Integer(int32(c.pageSize))
			if marker != "" {
				o.Key("Marker").String(marker)
			}
		},
	})
}

func (*Client) stuck(facts seen) error {
	return &providers.Error{
		Kind: providers.Unexpected, Op: "ListJobs", RequestID: facts.requestID, At: facts.at,
		Message: "the listing is said to go on, but does not",
		Remedy:  "run the same again; if it repeats, ask AWS support with the request ID",
	}
}
