package verify

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/cargomedia/s3export/verify/digest"
)

// comparer compares files with objects by content. It is safe for concurrent use.
type comparer struct {
	tree      Tree
	ladder    *ladder
	listed    Witness // of ETags
	past      *past
	download  Downloader // nil: never
	now       func() time.Time
	loadEnded time.Time
	pace      pace
	extra     []digest.Wanted // computed whenever a file is read
	meter     *meter
	// record takes each decided unit once, from several goroutines.
	record func(result) error
}

// comparison is one unit under way; a task of a reading.
type comparison struct {
	c          *comparer
	item       item
	history    history
	candidates []*candidate
	wanted     []digest.Wanted // to be computed next; none: it is decided
	unanswered []string        // why the source did not answer; another time it may
	sha256     string
	spent      time.Duration // in reads
	read       int64         // bytes
}

// result is a decided unit.
type result struct {
	item    item
	finding Finding
	open    bool // the source did not answer: it may come to more another time
	spent   time.Duration
	read    int64
}

// begin finds out what is to be computed of a unit, and asks the source where that
// must be known beforehand.
func (c *comparer) begin(ctx context.Context, one item) *comparison {
	u := one.unit
	m := &comparison{c: c, item: one, history: u.history(c.ladder.knowledge, c.loadEnded)}
	for _, s := range u.states {
		if s.Size == u.entry.Size {
			m.candidates = append(m.candidates, c.candidate(s))
		}
	}
	m.climb(ctx)
	return m
}

func (c *comparer) candidate(s Expected) *candidate {
	return &candidate{state: s, etag: parseETag(s.ETag), listed: c.listed}
}

func (m *comparison) entry() *Entry          { return &m.item.unit.entry }
func (m *comparison) wants() []digest.Wanted { return m.wanted }

func (m *comparison) climb(ctx context.Context) {
	m.wanted = nil
	if m.item.unit.entry.Size == 0 {
		return
	}
	for _, one := range m.candidates {
		m.c.ladder.climb(ctx, one)
	}
	m.wanted = wantedOf(m.candidates, m.c.extra...)
}

// took takes in what was computed; afterwards m says what is to be computed next.
func (m *comparison) took(ctx context.Context, s sums) {
	if m.sha256 == "" {
		m.sha256 = s.sha256()
	}
	m.wanted = nil
	for _, one := range m.candidates {
		if one.judge(s) {
			return
		}
	}
	m.climb(ctx)
}

// end decides the unit, reading the file again as often as it takes.
func (m *comparison) end(ctx context.Context, got outcome, at lookup) error {
	m.spent, m.read = got.spent, got.read
	f, err := Finding{}, got.err
	if err == nil {
		if len(m.wanted) > 0 {
			m.took(ctx, got.sums)
		}
		f, err = m.decide(ctx, &at)
	}
	if err != nil {
		if f, err = m.failed(ctx, err); err != nil {
			return err
		}
	}
	return m.c.record(result{item: m.item, finding: f, open: len(m.unanswered) > 0, spent: m.spent, read: m.read})
}

// decide finds what is left open by a first reading, or by none.
func (m *comparison) decide(ctx context.Context, at *lookup) (Finding, error) {
	defer at.close()
	for len(m.wanted) > 0 {
		s, err := m.compute(ctx, at)
		if err != nil {
			return Finding{}, err
		}
		m.took(ctx, s)
	}
	if err := ctx.Err(); err != nil {
		return Finding{}, err
	}
	f, err := m.further(ctx, m.finding(), at)
	if err == nil {
		err = ctx.Err() // what was not answered for that is no answer
	}
	return f, err
}

func (m *comparison) compute(ctx context.Context, at *lookup) (sums, error) {
	set, err := digest.New(m.wanted...)
	if err != nil {
		return nil, err
	}
	if err := m.stream(ctx, at, ByteRange{Length: m.item.unit.entry.Size}, set); err != nil {
		return nil, err
	}
	return set.Sums(), nil
}

// stream reads a part of the file into w.
func (m *comparison) stream(ctx context.Context, at *lookup, r ByteRange, w io.Writer) error {
	file, err := at.open(m.c.tree, m.entry())
	if err != nil {
		return err
	}
	s := stream{file: file, from: r.Offset, size: r.Length, buf: at.buf, pace: m.c.pace}
	err = s.into(ctx, w, m.c.now)
	m.spent += s.spent
	m.c.meter.add(0, s.read)
	return err
}

// failed makes the finding of a read error. The context's error, and that of a tree
// that is gone, are passed on.
func (m *comparison) failed(ctx context.Context, err error) (Finding, error) {
	if ctx.Err() != nil {
		return Finding{}, context.Cause(ctx)
	}
	if gone(err) {
		return Finding{}, err
	}
	f := m.item.unit.finding(Failure, ReadError)
	f.Detail = err.Error()
	if at, ok := errors.AsType[*readFault](err); ok {
		f.Ranges, f.Detail = []ByteRange{{Offset: at.offset, Length: at.length}}, at.err.Error()
	}
	return f, nil
}

// finding makes the finding of a unit from those of its states: equal to one is
// equal; else what is undecided outweighs what is unequal.
func (m *comparison) finding() Finding {
	u := m.item.unit
	if len(m.candidates) == 0 { // its size alone tells
		u.sized(m.history)
		return *u.settled
	}
	if u.entry.Size == 0 {
		f := u.finding(Match, m.history.equal(m.candidates[0].state))
		f.Evidence = Evidence{Method: ByEmptiness, Class: ByEmptiness.class()}
		return f
	}
	top := m.candidates[0]
	for _, one := range m.candidates[1:] {
		if weight(one.out) > weight(top.out) {
			top = one
		}
	}
	o, r := top.out, top.reason
	switch o {
	case Match:
		r = m.history.equal(top.state)
	case Differ:
		o, r = m.history.unequal(r)
	default:
	}
	f := u.finding(o, r)
	f.Evidence, f.Detail, f.SHA256 = top.best, top.detail, m.sha256
	return f
}

func weight(o Outcome) int {
	switch o {
	case Match:
		return 3
	case Failure:
		return 2
	case Differ:
		return 0
	default:
		return 1
	}
}
