package verify

import "sync/atomic"

// counters count requests while they are made.
type counters struct {
	lister Lister // nil: nobody counts listings
	listed int64  // before the run

	head, attributes, versions, get, downloaded atomic.Int64
}

// begin counts the listings of a source from now on.
func (c *counters) begin(s Source) {
	if l, ok := s.(Lister); ok {
		c.lister, c.listed = l, l.Lists()
	}
}

func (c *counters) requests() Requests {
	var lists int64
	if c.lister != nil {
		lists = c.lister.Lists() - c.listed
	}
	return Requests{List: lists, Head: c.head.Load(), Attributes: c.attributes.Load(), Versions: c.versions.Load(), Get: c.get.Load(), Downloaded: c.downloaded.Load()}
}
