package verify

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"hash"
	"io"
	"iter"
	"slices"
)

// TakeBaseline lists the ranges of src and writes the baseline of a load that is
// about to begin: every object AtStart. Memory does not grow with the number of
// objects; the same listing gives the same bytes. After an error w holds a part
// that OpenBaseline's reader refuses. Safe to repeat. A nil progress is allowed. The
// survey costs at most 20 HEAD requests more.
func TakeBaseline(ctx context.Context, src Source, ranges []Range, w io.Writer, progress Progress) (Summary, Survey, error) {
	ranges, err := cleanRanges(ranges)
	if err != nil {
		return Summary{}, Survey{}, err
	}
	s := newSurveying(ranges)
	lines := func(yield func(Expected, error) bool) {
		for e, err := range listing(ctx, s.counted(src), ranges) {
			e.Seen = AtStart
			if err == nil {
				s.add(e)
			}
			if !yield(e, err) {
				return
			}
		}
	}
	listed := newMeter(progress, PhaseListing)
	written := listed
	if namingOf(ranges) == Encoded { // written only when all of it is listed
		s.listed, written = listed, newMeter(nil, PhaseListing)
	}
	summary, err := writeBaseline(w, header{Format: baselineFormat, Ranges: ranges}, lines, written)
	if err != nil {
		return Summary{}, Survey{}, err
	}
	if s.listed != nil {
		listed.done()
	}
	survey, err := s.finish(ctx, src)
	return summary, survey, err
}

// CloseBaseline writes start and what there is now that the load has ended (see Live)
// merged: what was there AtBoth, AtStart or AtEnd. Now must be of the ranges that
// start was taken of. Safe to repeat. A nil progress is allowed.
func CloseBaseline(ctx context.Context, start io.Reader, now Population, w io.Writer, progress Progress) (Summary, error) {
	b, err := OpenBaseline(start)
	if err != nil {
		return Summary{}, err
	}
	if b.closed || !slices.Equal(b.ranges, now.Ranges) {
		return Summary{}, problem("closing the baseline", "it is closed already, or of other ranges",
			"give the baseline that was taken when the job was made, and the ranges of that job")
	}
	lines := mergeStates(b.objects, now.Objects(ctx))
	return writeBaseline(w, header{Format: baselineFormat, Closed: true, Ranges: now.Ranges}, lines, newMeter(progress, PhaseListing))
}

// mergeStates merges two listings of the same ranges, an earlier and a later one.
func mergeStates(start, end iter.Seq2[Expected, error]) iter.Seq2[Expected, error] {
	return func(yield func(Expected, error) bool) {
		nextA, stopA := iter.Pull2(start)
		defer stopA()
		nextB, stopB := iter.Pull2(end)
		defer stopB()
		a, b := cursor{next: nextA, stop: stopA}, cursor{next: nextB, stop: stopB}
		a.advance()
		b.advance()
		for more := true; more && (a.ok || b.ok); {
			more = yieldStep(&a, &b, yield)
		}
	}
}

// yieldStep yields the objects of the next path and key; false ends the merge.
func yieldStep(a, b *cursor, yield func(Expected, error) bool) bool {
	if err := cmp.Or(a.err, b.err); err != nil {
		yield(Expected{}, err)
		return false
	}
	for _, e := range mergeStep(a, b) {
		if !yield(e, nil) {
			return false
		}
	}
	return true
}

func mergeStep(a, b *cursor) []Expected {
	old, now := a.head, b.head
	var side int
	switch {
	case !b.ok:
		side = -1
	case !a.ok:
		side = 1
	default:
		side = order(&old, &now)
	}
	if side <= 0 {
		a.advance()
	}
	if side >= 0 {
		b.advance()
	}
	switch {
	case side < 0:
		old.Seen = AtStart
		return []Expected{old}
	case side > 0:
		now.Seen = AtEnd
		return []Expected{now}
	case same(old.Object, now.Object):
		now.Seen = AtBoth
		return []Expected{now}
	}
	old.Seen, now.Seen = AtStart, AtEnd
	return []Expected{old, now}
}

// baselineWriter writes lines, counting and hashing them. Errors stick.
type baselineWriter struct {
	gz     *gzip.Writer
	lines  hash.Hash
	line   bytes.Buffer
	enc    *json.Encoder
	tail   trailer
	failed error
}

func newBaselineWriter(w io.Writer) *baselineWriter {
	out := &baselineWriter{gz: gzip.NewWriter(w), lines: sha256.New()}
	out.enc = json.NewEncoder(&out.line)
	out.enc.SetEscapeHTML(false)
	return out
}

func writeBaseline(w io.Writer, h header, lines iter.Seq2[Expected, error], m *meter) (Summary, error) {
	file := sha256.New()
	out := newBaselineWriter(io.MultiWriter(w, file))
	var sum Summary
	var last Expected
	out.put(h)
	for e, err := range lines {
		if err != nil {
			return Summary{}, err
		}
		again := out.tail.Lines > 0 && order(&last, &e) == 0
		if again {
			sum.Bytes -= last.Size
		}
		sum.add(e, again)
		last = e
		out.put(toRecord(e))
		out.tail.Lines++
		out.tail.Bytes += e.Size
		m.add(1, e.Size)
		if out.failed != nil {
			break
		}
	}
	if err := out.close(); err != nil {
		return Summary{}, &Error{Op: "writing the baseline", Err: err, Remedy: "make room where the state directory is, then run it again"}
	}
	if !h.Closed {
		sum.Deleted = 0
	}
	m.done()
	sum.Digest = hex.EncodeToString(file.Sum(nil))
	return sum, nil
}

func (o *baselineWriter) put(v any) {
	if o.failed != nil {
		return
	}
	o.line.Reset()
	if o.failed = o.enc.Encode(v); o.failed != nil {
		return
	}
	o.lines.Write(o.line.Bytes())
	_, o.failed = o.gz.Write(o.line.Bytes())
}

func (o *baselineWriter) close() error {
	o.tail.End = true
	o.tail.SHA256 = hex.EncodeToString(o.lines.Sum(nil))
	o.put(o.tail)
	if o.failed != nil {
		return o.failed
	}
	return o.gz.Close()
}
