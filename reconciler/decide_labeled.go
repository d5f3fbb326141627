package reconciler

import (
	"slices"

	"github.com/cargomedia/s3export/providers"
)

// labeled brings the shipping label and the other papers onto disk, as long as the
// drive has not traveled yet.
func (c *deciding) labeled() bool {
	if !c.seen.Traits.HasLabel || c.beyondOurHands() {
		return true
	}
	together := c.limits.OneLabel
	switch {
	case c.run.Label == nil && len(together) == 0:
		c.do(FetchLabel{IDs: []providers.JobID{c.jobID()}})
	case c.run.Label == nil || len(together) > 0 && !slices.Equal(c.run.Label.Jobs, together):
		c.do(FetchLabel{IDs: together})
	}
	return c.papers()
}
