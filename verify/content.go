package verify

import (
	"context"
	"errors"
	"io"
	"strings"
)

// comparer compares files with objects by content. It is safe for concurrent use;
// each goroutine lends its own buffer.
type comparer struct {
	tree      Tree
	source    Source
	knowledge Knowledge
	meter     *meter
}

// candidate is one state of an object that a file may be equal to.
type candidate struct {
	state    Expected
	etag     etag
	layout   layout
	headed   bool    // the source has been asked, and the ETag is computable
	computed *digest // nil: not computable
	have     string  // the ETag of the file; empty: not computed
	out      Outcome // decided so far; empty: not yet
	reason   Reason
	detail   string
}

// compare decides a unit that is there with the right size. The error is the
// context's, or that of a tree that is gone.
func (c *comparer) compare(ctx context.Context, u *unit, h history, buf []byte) (Finding, error) {
	var candidates []*candidate
	for _, s := range u.states {
		if s.Size != u.entry.Size {
			continue
		}
		if s.Size == 0 {
			f := u.finding(Match, h.equal(s))
			f.Evidence = Evidence{Method: ByEmptiness, Class: ByEmptiness.class()}
			return f, nil
		}
		candidates = append(candidates, c.prepare(ctx, s))
	}
	if f, err := c.read(ctx, u, candidates, buf); f != nil || err != nil {
		if err != nil {
			return Finding{}, err
		}
		return *f, nil
	}
	for _, one := range candidates {
		c.judge(ctx, one)
	}
	if err := ctx.Err(); err != nil {
		return Finding{}, err
	}
	return fold(u, h, candidates), nil
}

// prepare finds out how the ETag of a state is computed, and asks the source only
// where the ETag alone does not say.
func (c *comparer) prepare(ctx context.Context, s Expected) *candidate {
	one := &candidate{state: s, etag: parseETag(s.ETag)}
	switch {
	case !one.etag.ok:
		one.out, one.reason = Unverifiable, NoChecksum
	case one.etag.parts == 0:
		one.computed = newDigest(layout{})
	case one.etag.parts == 1:
		one.layout = layout{parts: 1, size: s.Size}
		one.computed = newDigest(one.layout)
	default:
		c.prepareParts(ctx, one)
	}
	return one
}

func (c *comparer) prepareParts(ctx context.Context, one *candidate) {
	head, ok := c.head(ctx, one)
	if !ok {
		return
	}
	one.layout = layout{parts: one.etag.parts, size: head.PartSize}
	switch {
	case head.Parts != one.etag.parts:
		one.out, one.reason = Unverifiable, PartSizeUnknown
	case !one.layout.possible(one.state.Size):
		one.out, one.reason = Unverifiable, UnevenParts
	default:
		one.computed = newDigest(one.layout)
	}
}

// head asks the source about a state; when it cannot help, the candidate is decided.
func (c *comparer) head(ctx context.Context, one *candidate) (Head, bool) {
	if c.source == nil {
		one.out, one.reason = Unverifiable, SourceNotAsked
		return Head{}, false
	}
	head, err := c.source.Head(ctx, one.state.Object)
	switch {
	case err == nil && !encrypted(head.Encryption):
		one.headed = true
		return head, true
	case err == nil:
		one.out, one.reason, one.detail = Unverifiable, EncryptedETag, head.Encryption
	case errors.Is(err, ErrGone):
		one.out, one.reason = c.lost(MissingOnSource), DeletedSince
	case errors.Is(err, ErrChanged):
		one.out, one.reason = c.lost(ChangedAfterExport), ChangedSince
	default:
		one.out, one.reason, one.detail = Failure, SourceError, err.Error()
	}
	return Head{}, false
}

// lost is the outcome for an object that was listed and can no longer be asked
// about: with a baseline its listing stands, only its ETag's kind is unknown.
func (c *comparer) lost(live Outcome) Outcome {
	if c.knowledge == LiveListing {
		return live
	}
	return Unverifiable
}

// encrypted reports whether the ETag is no MD5 (S3 API reference, Object, ETag).
func encrypted(by string) bool {
	return by != "" && !strings.EqualFold(by, "AES256")
}

// read feeds the file to the digests of all candidates. A finding ends the unit.
func (c *comparer) read(ctx context.Context, u *unit, candidates []*candidate, buf []byte) (*Finding, error) {
	var digests []*digest
	for _, one := range candidates {
		if one.computed != nil {
			digests = append(digests, one.computed)
		}
	}
	if len(digests) == 0 {
		return nil, nil
	}
	err := c.readFile(ctx, u.entry, feed{buf: buf, digests: digests, done: func(n int64) { c.meter.add(0, n) }})
	if err == nil || ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if gone(err) {
		return nil, err
	}
	f := u.finding(Failure, ReadError)
	f.Detail = err.Error()
	if at, ok := errors.AsType[*readFault](err); ok {
		f.Offset, f.Detail = at.offset, at.err.Error()
	}
	return &f, nil
}

func (c *comparer) readFile(ctx context.Context, e Entry, w feed) error {
	file, err := c.tree.Open(e)
	if err != nil {
		return err
	}
	err = readInto(ctx, file, e.Size, w)
	if closer, ok := file.(io.Closer); ok {
		err = errors.Join(err, closer.Close())
	}
	return err
}

// judge decides a candidate whose digest is complete.
func (c *comparer) judge(ctx context.Context, one *candidate) {
	if one.computed == nil {
		return
	}
	one.have = one.computed.etag()
	if strings.EqualFold(one.have, one.etag.text) {
		one.out, one.reason = Match, Equal
		return
	}
	if !one.headed {
		if _, ok := c.head(ctx, one); !ok {
			return
		}
	}
	if one.etag.parts > 2 && !one.layout.even(one.state.Size) {
		one.out, one.reason = Unverifiable, UnevenParts
		return
	}
	one.out, one.reason = Differ, ContentDiffers
}

// fold makes the finding of a unit from those of its states: equal to one is
// equal; else what is undecided outweighs what is unequal.
func fold(u *unit, h history, candidates []*candidate) Finding {
	best := candidates[0]
	for _, one := range candidates[1:] {
		if weight(one.out) > weight(best.out) {
			best = one
		}
	}
	o, r := best.out, best.reason
	if o == Match {
		r = h.equal(best.state)
	}
	if o == Differ {
		o, r = h.unequal(r)
	}
	f := u.finding(o, r)
	f.Evidence, f.Detail = best.evidence(), best.detail
	return f
}

func (one *candidate) evidence() Evidence {
	if one.have == "" {
		return Evidence{Want: one.etag.text}
	}
	m := one.etag.method()
	return Evidence{Method: m, Class: m.class(), Want: one.etag.text, Have: one.have,
		PartSize: one.layout.size, Parts: one.layout.parts}
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
