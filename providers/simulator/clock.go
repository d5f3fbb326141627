package simulator

import (
	"sync"
	"time"
)

// clock is a base time and what was added to it. It is safe for concurrent use.
type clock struct {
	base func() time.Time

	mu     sync.Mutex
	offset time.Duration
}

// Now returns the virtual time, in UTC.
func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.base().Add(c.offset).UTC()
}

// AdvanceTo moves the clock forward to t.
func (c *clock) AdvanceTo(t time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if d := t.Sub(c.base().Add(c.offset)); d > 0 {
		c.offset += d
	}
}

func (c *clock) advanced() time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.offset
}
