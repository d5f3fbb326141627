package verify

import "sync/atomic"

// counters count requests while they are made.
type counters struct {
	head, attributes, versions, get, downloaded atomic.Int64
}

func (c *counters) requests() Requests {
	return Requests{Head: c.head.Load(), Attributes: c.attributes.Load(), Versions: c.versions.Load(), Get: c.get.Load(), Downloaded: c.downloaded.Load()}
}
