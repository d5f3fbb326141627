package verify

import (
	"fmt"
	"strings"
)

// lineCheck holds each line of a baseline against its header and the line before it.
type lineCheck struct {
	closed bool
	naming Naming
	last   Expected
	some   bool // last is set
}

// wrong says what is wrong with the next line; empty: nothing.
func (c *lineCheck) wrong(e *Expected) string {
	switch {
	case e.Path == "" || e.Bucket == "" || e.Key == "" || e.Size < 0:
		return "a record without path, bucket, key or size"
	case e.Seen != AtStart && (!c.closed || e.Seen != AtEnd && e.Seen != AtBoth):
		return fmt.Sprintf("seen %q", e.Seen)
	case e.Kind != kindOf(e.Object, c.naming):
		return fmt.Sprintf("kind %q", e.Kind)
	case c.naming == Encoded && !nameable(strings.TrimSuffix(e.Path, "/")):
		return fmt.Sprintf("%q cannot be a path", e.Path)
	}
	if order := order(&c.last, e); c.some && (order > 0 || order == 0 && (c.last.Seen != AtStart || e.Seen != AtEnd)) {
		return fmt.Sprintf("%q after %q: the order is lost", e.Path, c.last.Path)
	}
	c.last, c.some = *e, true
	return ""
}
