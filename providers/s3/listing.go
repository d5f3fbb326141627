package s3

import (
	"context"
	"errors"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	service "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/cargomedia/s3export/providers"
)

const (
	// smallListing is how many pages are fetched one after the other, before anything
	// is asked for that may turn out not to be needed.
	smallListing = 2
	// pagesAhead bounds the pages held and under way, for each stream.
	pagesAhead = 5
)

// listing is one List. Pages of a range follow each other, but where a range begins
// is free: a request with a guessed start-after makes a range of its own, whose first
// page is as good as any. So the key space is kept as spans in key order, and the
// first one that seems long is split some pages ahead, again and again: what is
// fetched stays near to what is yielded, and a span in which nothing lies costs one
// request.
//
// Only the last request of a span may bring less than a page. As a split must be
// paid for by a full page before it, requests are at most twice the pages. That holds
// as well for a server that ignores start-after, as the first guess is its test.
//
// All fields belong to the goroutine of List.
type listing struct {
	client  *Client
	bucket  string
	query   Query
	answers chan answer
	workers sync.WaitGroup

	spans  []*span // in key order, covering all that was not yielded
	space  keyspace
	flying int // requests under way
	held   int // pages fetched and not yet yielded
	keys   int // objects fetched
	splits int
	single bool   // no splits (any more)
	obeyed bool   // the server began where a guess told it to
	last   string // the last key yielded
}

type answer struct {
	span *span
	page page
	err  error
}

func newListing(c *Client, bucket string, q Query) *listing {
	return &listing{
		client: c, bucket: bucket, query: q,
		answers: make(chan answer, c.streams),
		spans:   []*span{{after: q.After, until: q.Through, fresh: true}},
		space:   keyspace{fixed: len(q.Prefix), pageSize: int(c.pageSize)},
		single:  c.streams < 2,
	}
}

// wait returns when no request is under way any more.
func (l *listing) wait() { l.workers.Wait() }

func (l *listing) run(ctx context.Context, yield func(Object) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return l.failure(ctx, err)
		}
		l.launch(ctx)
		objects, more := l.next()
		if !more {
			return nil
		}
		if err := l.deliver(objects, yield); err != nil {
			return err
		}
		if err := l.settleAll(ctx, objects == nil); err != nil {
			return err
		}
	}
}

// next returns the page to be yielded next, nil when it is not there yet; more is
// false at the end.
func (l *listing) next() (objects []Object, more bool) {
	for len(l.spans) > 0 {
		s := l.spans[0]
		if len(s.pages) > 0 {
			l.held--
			return s.pop(), true
		}
		if !s.done {
			return nil, true
		}
		l.spans[0] = nil
		l.spans = l.spans[1:]
	}
	return nil, false
}

func (l *listing) deliver(objects []Object, yield func(Object) error) error {
	for _, o := range objects {
		if o.Key <= l.last {
			return confused(l.bucket, "two ranges of keys overlap")
		}
		l.last = o.Key
		if err := yield(o); err != nil {
			return err
		}
	}
	l.space.passed(objects)
	return nil
}

// settleAll takes the answers that are there, and waits for the first one if it is
// told to.
func (l *listing) settleAll(ctx context.Context, wait bool) error {
	for {
		a, ok := l.answer(ctx, wait)
		if !ok {
			return nil
		}
		if err := l.settle(ctx, a); err != nil {
			return err
		}
		wait = false
	}
}

func (l *listing) answer(ctx context.Context, wait bool) (a answer, ok bool) {
	if wait {
		select {
		case a = <-l.answers:
			return a, true
		case <-ctx.Done():
			return a, false
		}
	}
	select {
	case a = <-l.answers:
		return a, true
	default:
		return a, false
	}
}

func (l *listing) settle(ctx context.Context, a answer) error {
	s := a.span
	l.flying--
	s.flying = false
	if a.err != nil {
		if s.guess && s.fresh && ctx.Err() == nil {
			// Perhaps only this many requests, or this key, are too much for the
			// server. The span is asked for again when its turn comes.
			l.single, s.guess = true, false
			return nil
		}
		return l.failure(ctx, a.err)
	}
	if s.fresh && len(a.page.objects) > 0 && a.page.objects[0].Key <= s.after {
		l.single = true // start-after is ignored
	}
	l.obeyed = l.obeyed || s.guess && !l.single
	before := s.token
	if n := s.take(a.page, l.query.Prefix); n > 0 {
		l.held++
		l.keys += n
		l.space.learn(s.pages[len(s.pages)-1])
	}
	if !s.done && (s.token == "" || s.token == before) {
		return confused(l.bucket, "the listing is said to go on, but does not")
	}
	return nil
}

func (l *listing) failure(ctx context.Context, err error) error {
	if e, ok := errors.AsType[*providers.Error](err); ok {
		return e
	}
	return l.client.failure(ctx, call{op: "ListObjectsV2", bucket: l.bucket}, err)
}

// launch sends what may be sent now, for the first spans first. Behind a span of
// which not even the length is known nothing is fetched: it would be held for long.
func (l *listing) launch(ctx context.Context) {
	for i := 0; i < len(l.spans) && l.flying < l.client.streams; i++ {
		s := l.spans[i]
		needed := i == 0 && len(s.pages) == 0
		if !s.done && !s.flying && (needed || l.hasRoom()) {
			l.send(ctx, s)
		}
		if s.fresh || l.isLong(ctx, i) {
			return
		}
	}
}

// isLong tells whether span i seems to be longer than a span should be, and splits
// it if it may.
func (l *listing) isLong(ctx context.Context, i int) bool {
	s := l.spans[i]
	if s.done || l.single {
		return false
	}
	key := s.lookForSplit(&l.space, l.depth(), i == len(l.spans)-1)
	if key != "" && l.maySplit() {
		l.split(ctx, i, key)
	}
	return key != ""
}

func (l *listing) hasRoom() bool { return l.held+l.flying < pagesAhead*l.client.streams }

func (l *listing) maySplit() bool {
	if l.splits > 0 && !l.obeyed {
		return false // where start-after is ignored, each span costs the whole listing
	}
	pages := l.keys / int(l.client.pageSize)
	return pages >= smallListing && l.splits < pages && l.flying < l.client.streams && l.hasRoom()
}

// split ends span i at a key and begins another one there.
func (l *listing) split(ctx context.Context, i int, key string) {
	s := l.spans[i]
	right := &span{after: key, until: s.until, fresh: true, guess: true}
	s.until, s.split, s.looked = key, "", false
	l.spans = slices.Insert(l.spans, i+1, right)
	l.splits++
	l.send(ctx, right)
}

func (l *listing) send(ctx context.Context, s *span) {
	s.flying = true
	l.flying++
	last := s.listed
	in := &service.ListObjectsV2Input{
		Bucket:            aws.String(l.bucket),
		EncodingType:      types.EncodingTypeUrl,
		MaxKeys:           aws.Int32(l.client.pageSize),
		Prefix:            optional(l.query.Prefix),
		StartAfter:        optional(s.after),
		ContinuationToken: optional(s.token),
	}
	l.workers.Go(func() {
		p, err := l.client.ask(ctx, in)
		if err == nil {
			err = l.client.keysOf(l.bucket, last, &p)
		}
		l.answers <- answer{span: s, page: p, err: err}
	})
}

// depth is the length of a span in pages that is aimed at. As each span brings one
// page in the time of one request, and a new one is begun as often, it is about how
// many are fetched at once; the square of it is held at worst.
func (l *listing) depth() int { return max(2, l.client.streams*3/4) }
