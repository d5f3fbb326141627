package verify

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"iter"
)

var errStop = errors.New("enough")

// listing yields the objects of all ranges in the order of a baseline. Ranges that
// overlap yield an object once. Each range is listed by one request at a time.
func listing(ctx context.Context, src Source, ranges []Range) iter.Seq2[Expected, error] {
	if namingOf(ranges) == Encoded {
		return encoded(ctx, src, ranges)
	}
	return merged(ctx, src, ranges)
}

// merged yields the objects in the order of their keys below the directories.
func merged(ctx context.Context, src Source, ranges []Range) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		var held *Expected
		for e, err := range mergeRanges(ctx, src, ranges) {
			if err != nil {
				yield(Expected{}, err)
				return
			}
			switch {
			case held == nil:
			case order(held, &e) != 0:
				if !yield(*held, nil) {
					return
				}
			case e.LastModified.Before(held.LastModified):
				continue
			}
			held = &e
		}
		if held != nil {
			yield(*held, nil)
		}
	}
}

func listRange(ctx context.Context, src Source, r Range) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		last, some := "", false
		op := fmt.Sprintf("listing %q", r.Bucket)
		if r.Prefix != "" {
			op += fmt.Sprintf(" below %q", r.Prefix)
		}
		err := src.List(ctx, r, func(o Object) error {
			if some && o.Key <= last {
				return problem(op, fmt.Sprintf("key %q comes after %q", o.Key, last),
					"use an endpoint that lists keys in byte order, as S3's general purpose buckets do")
			}
			last, some = o.Key, true
			o.Bucket = r.Bucket
			o.LastModified = o.LastModified.UTC()
			if !yield(Expected{Object: o, Path: pathIn(r.Directory, o.Key), Kind: kindOf(o, r.Naming)}, nil) {
				return errStop
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStop) {
			yield(Expected{}, listError(op, err))
		}
	}
}

func listError(op string, err error) error {
	if _, ok := errors.AsType[*Error](err); ok {
		return err
	}
	return &Error{Op: op, Err: err, Remedy: "check the bucket's name, the credentials' right s3:ListBucket and the network, then run it again"}
}

// mergeRanges merges the listings of the ranges. A range's keys and its paths have
// the same order, since its directory is a prefix that all of them share.
func mergeRanges(ctx context.Context, src Source, ranges []Range) iter.Seq2[Expected, error] {
	if len(ranges) == 1 {
		return listRange(ctx, src, ranges[0])
	}
	return func(yield func(Expected, error) bool) {
		var heads cursors
		defer func() {
			for _, c := range heads {
				c.stop()
			}
		}()
		for _, r := range ranges {
			next, stop := iter.Pull2(listRange(ctx, src, r))
			c := &cursor{next: next, stop: stop}
			c.advance()
			heads = append(heads, c)
		}
		heap.Init(&heads)
		heads.merge(yield)
	}
}

// merge yields the heads of a heap in their order, up to the first error.
func (h *cursors) merge(yield func(Expected, error) bool) {
	for len(*h) > 0 {
		c := (*h)[0]
		if !c.ok {
			c.stop()
			heap.Pop(h)
			continue
		}
		if !yield(c.head, c.err) || c.err != nil {
			return
		}
		c.advance()
		heap.Fix(h, 0)
	}
}

type cursor struct {
	next func() (Expected, error, bool)
	stop func()
	head Expected
	err  error
	ok   bool
}

func (c *cursor) advance() { c.head, c.err, c.ok = c.next() }

// cursors is a heap: ended and failed ranges first, then by the order of heads.
type cursors []*cursor

func (h cursors) Len() int      { return len(h) }
func (h cursors) Swap(i, j int) { h[i], h[j] = h[j], h[i] }
func (h *cursors) Push(x any)   { *h = append(*h, x.(*cursor)) }

func (h cursors) Less(i, j int) bool {
	if a, b := h[i].ready(), h[j].ready(); a != b {
		return b
	}
	return order(&h[i].head, &h[j].head) < 0
}

func (c *cursor) ready() bool { return c.ok && c.err == nil }

func (h *cursors) Pop() any {
	old := *h
	last := old[len(old)-1]
	*h = old[:len(old)-1]
	return last
}
