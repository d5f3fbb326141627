package verify

import (
	"container/heap"
	"iter"
)

// Layer is a copy of what its ranges selected at the time.
type Layer struct {
	Ranges []Range
	Lines  iter.Seq2[Expected, error] // in the order of a baseline
}

// Overlaid yields what several copies, the newest first, have left on one drive, in the order
// of a baseline. What a newer one selects it says all of: an older one counts only where none
// of them has looked.
func Overlaid(copies ...Layer) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		var all cursors
		defer func() {
			for _, c := range all {
				c.stop()
			}
		}()
		var above []Range
		for _, l := range copies {
			next, stop := iter.Pull2(unseen(l.Lines, above))
			c := &cursor{next: next, stop: stop}
			c.advance()
			all = append(all, c)
			above = append(above[:len(above):len(above)], l.Ranges...)
		}
		heap.Init(&all)
		all.merge(yield)
	}
}

// unseen leaves out what ranges select.
func unseen(lines iter.Seq2[Expected, error], ranges []Range) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		for e, err := range lines {
			if err == nil && selected(ranges, e) {
				continue
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}
