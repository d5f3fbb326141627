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
	return c.pages(ctx, func(jobs []listedJob, _ seen) error {
		for _, l := range jobs {
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

// pages calls visit for each page of ListJobs with those of its jobs that no page
// before had, up to the last page or to the first error of visit. The service has no
// token: the last id of a page is where the next one begins. A page that has nothing
// new and is said to go on would be asked for without end.
func (c *Client) pages(ctx context.Context, visit func([]listedJob, seen) error) error {
	known := map[string]bool{}
	for marker := ""; ; {
		page, facts, err := c.page(ctx, marker)
		if err != nil {
			return err
		}
		var fresh []listedJob
		for _, l := range page.Jobs {
			if l.JobID != "" && !known[l.JobID] {
				known[l.JobID] = true
				fresh = append(fresh, l)
			}
		}
		if err := visit(fresh, facts); err != nil || !isTrue(page.IsTruncated) {
			return err
		}
		if len(fresh) == 0 {
			return c.stuck(facts)
		}
		marker = fresh[len(fresh)-1].JobID
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
