package store

import (
	"slices"
	"sort"
	"strings"
)

// runLength is the most entries of a run: long enough that a million keys have few
// runs, short enough that an insertion moves little.
const runLength = 512

// index holds entries in the order of their keys.
type index struct {
	runs [][]*entry // none is empty
	size int
}

// seek returns the place of the first entry whose key is not below key.
func (x *index) seek(key string) (run, at int) {
	run = sort.Search(len(x.runs), func(i int) bool {
		last := x.runs[i][len(x.runs[i])-1]
		return last.object.Key >= key
	})
	if run == len(x.runs) {
		return run, 0
	}
	at, _ = slices.BinarySearchFunc(x.runs[run], key, compareKey)
	return run, at
}

func compareKey(e *entry, key string) int { return strings.Compare(e.object.Key, key) }

func (x *index) get(key string) *entry {
	run, at := x.seek(key)
	if run == len(x.runs) || x.runs[run][at].object.Key != key {
		return nil
	}
	return x.runs[run][at]
}

func (x *index) set(e *entry) {
	run, at := x.seek(e.object.Key)
	switch {
	case len(x.runs) == 0:
		x.runs = append(x.runs, []*entry{e})
	case run == len(x.runs):
		x.appendLast(e)
	case x.runs[run][at].object.Key == e.object.Key:
		x.runs[run][at] = e
		return
	default:
		x.runs[run] = slices.Insert(x.runs[run], at, e)
		x.split(run)
	}
	x.size++
}

// appendLast keeps runs full when keys come in order.
func (x *index) appendLast(e *entry) {
	last := len(x.runs) - 1
	if len(x.runs[last]) >= runLength {
		x.runs = append(x.runs, []*entry{e})
		return
	}
	x.runs[last] = append(x.runs[last], e)
}

func (x *index) split(run int) {
	r := x.runs[run]
	if len(r) <= runLength {
		return
	}
	half := len(r) / 2
	x.runs = slices.Insert(x.runs, run+1, slices.Clone(r[half:]))
	clear(r[half:])
	x.runs[run] = r[:half:half]
}

func (x *index) delete(key string) {
	if x.size == 0 {
		return
	}
	run, at := x.seek(key)
	if run == len(x.runs) || x.runs[run][at].object.Key != key {
		return
	}
	x.runs[run] = slices.Delete(x.runs[run], at, at+1)
	if len(x.runs[run]) == 0 {
		x.runs = slices.Delete(x.runs, run, run+1)
	}
	x.size--
}

// from returns a cursor at the first entry whose key is not below key.
func (x *index) from(key string) *cursor {
	run, at := x.seek(key)
	return &cursor{index: x, run: run, at: at}
}

// cursor walks an index that is not changed meanwhile.
type cursor struct {
	index   *index
	run, at int
}

// next returns the entry under the cursor and moves on; nil at the end.
func (c *cursor) next() *entry {
	e := c.peek()
	if e == nil {
		return nil
	}
	if c.at++; c.at == len(c.index.runs[c.run]) {
		c.run, c.at = c.run+1, 0
	}
	return e
}

// peek returns the entry under the cursor, nil at the end.
func (c *cursor) peek() *entry {
	if c.run >= len(c.index.runs) {
		return nil
	}
	return c.index.runs[c.run][c.at]
}

// seek moves the cursor to the first entry whose key is not below key.
func (c *cursor) seek(key string) { c.run, c.at = c.index.seek(key) }
