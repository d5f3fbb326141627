package importexport

import (
	"context"
	"errors"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
)

var _ = Describe("Jobs", func() {
	list := func(ctx context.Context, c *Client) (all []providers.ListedJob, err error) {
		err = c.Jobs(ctx, func(j providers.ListedJob) error {
			all = append(all, j)
			return nil
		})
		return all, err
	}
	page := func(truncated string, ids ...string) string {
		var members strings.Builder
		for _, id := range ids {
			members.WriteString("<member><JobId>" + id + "</JobId><JobType>Export</JobType></member>")
		}
		return "<ListJobsResponse><ListJobsResult><Jobs>" + members.String() + "</Jobs><IsTruncated>" + truncated +
			"</IsTruncated></ListJobsResult></ListJobsResponse>"
	}

	It("yields the jobs of all pages, canceled ones and imports too", func(ctx context.Context) {
		s := play(golden("list-jobs"), golden("list-jobs-last"))
		all, err := list(ctx, s.client())
		Expect(err).NotTo(HaveOccurred())
		at := func(day, second int) time.Time { return time.Date(2015, 5, day, 18, 58, second, 0, time.UTC) }
		Expect(all).To(Equal([]providers.ListedJob{
			{ID: "EX3ID", Created: at(27, 21), Type: "Export"},
			{ID: "EX2ID", Created: at(27, 20), Type: "Export", Canceled: true},
			{ID: "EX1ID", Created: at(26, 21), Type: "Export"},
			{ID: "EX0ID", Created: at(25, 21), Type: "Import"},
		}))
		Expect(s.requests()).To(HaveLen(2))
		Expect(form(s.requests()[1]).Get("Marker")).To(Equal("EX2ID"))
	})

	It("yields a job once, and none without an id", func(ctx context.Context) {
		all, err := list(ctx, play(text(200, page("true", "EX3ID", "", "EX2ID")), text(200, page("false", "EX2ID", "EX1ID"))).client())
		Expect(err).NotTo(HaveOccurred())
		Expect(all).To(Equal([]providers.ListedJob{{ID: "EX3ID", Type: "Export"}, {ID: "EX2ID", Type: "Export"}, {ID: "EX1ID", Type: "Export"}}))
	})

	It("stops with the caller's own error", func(ctx context.Context) {
		enough := errors.New("enough")
		s := play(golden("list-jobs"))
		Expect(s.client().Jobs(ctx, func(providers.ListedJob) error { return enough })).To(BeIdenticalTo(enough))
		Expect(s.requests()).To(HaveLen(1))
	})

	It("says what a refusal means, and does not go round in circles", func(ctx context.Context) {
		_, err := list(ctx, play(golden("list-jobs"), refuse(403, "AccessDenied", "no")).client())
		Expect(errorOf(err).Kind).To(Equal(providers.Denied))
		_, err = list(ctx, play(text(200, page("true", "EX1ID")), text(200, page("true", "EX1ID"))).client())
		Expect(errorOf(err).Kind).To(Equal(providers.Unexpected))
	})
})
