package pull

import (
	"sync/atomic"
)

// counter counts what Progress tells. It is safe for concurrent use.
type counter struct {
	objects, bytes, got, requests, resumed atomic.Int64
	tell                                   func(Progress)
}

func (c *counter) fetched(n int) {
	c.got.Add(int64(n))
	c.tell(c.progress())
}

func (c *counter) request() { c.requests.Add(1) }

func (c *counter) kept(objects int, bytes int64) {
	c.objects.Add(int64(objects))
	c.bytes.Add(bytes)
	c.tell(c.progress())
}

func (c *counter) progress() Progress {
	return Progress{Objects: c.objects.Load(), Bytes: c.bytes.Load(), Fetched: c.got.Load(), Requests: c.requests.Load()}
}
