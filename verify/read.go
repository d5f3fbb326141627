package verify

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"
	"iter"
)

// Baseline is an opened baseline, to be read once. It is not safe for concurrent
// use.
type Baseline struct {
	closed bool
	ranges []Range
	lines  *bufio.Scanner
	gz     *gzip.Reader
	sum    hash.Hash
	seen   trailer
	number int
	check  lineCheck
}

// OpenBaseline reads the header of a baseline. The rest is checked while it is
// read: the last step of the population is an error when lines are missing,
// changed or out of order.
func OpenBaseline(r io.Reader) (*Baseline, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	gz, err := gzip.NewReader(buffered)
	if err != nil {
		return nil, broken(1, "it is no gzip file: %v", err)
	}
	gz.Multistream(false)
	b := &Baseline{gz: gz, lines: bufio.NewScanner(gz), sum: sha256.New()}
	b.lines.Buffer(make([]byte, 0, 64<<10), lineMax)
	line, err := b.line()
	if err != nil {
		return nil, err
	}
	var h header
	if err := json.Unmarshal(line, &h); err != nil {
		return nil, broken(1, "its header is no JSON: %v", err)
	}
	if h.Format != baselineFormat {
		return nil, broken(1, "its format is %q, not %q", h.Format, baselineFormat)
	}
	b.hash(line)
	b.closed = h.Closed
	if b.ranges, err = cleanRanges(h.Ranges); err != nil {
		return nil, broken(1, "its header: %v", err)
	}
	b.check = lineCheck{closed: b.closed, naming: namingOf(b.ranges)}
	return b, nil
}

// Closed reports whether the listing at the load's end is part of the baseline.
func (b *Baseline) Closed() bool { return b.closed }

// Ranges returns what the baseline is a listing of.
func (b *Baseline) Ranges() []Range { return b.ranges }

// Population returns the objects of the baseline as what a drive must hold. It can
// be walked once.
func (b *Baseline) Population() Population {
	known := StartBaseline
	if b.closed {
		known = ClosedBaseline
	}
	return Population{Ranges: b.ranges, Known: known,
		Objects: func(context.Context) iter.Seq2[Expected, error] { return b.objects }}
}

// Reread yields the objects of the baseline that open opens, as often as it is asked to: it
// is opened and closed each time. That it is whole is known at the end.
func Reread(open func() (io.ReadCloser, error)) func(context.Context) iter.Seq2[Expected, error] {
	return func(context.Context) iter.Seq2[Expected, error] {
		return func(yield func(Expected, error) bool) {
			f, err := open()
			if err != nil {
				yield(Expected{}, err)
				return
			}
			defer func() { _ = f.Close() }() // it was only read
			b, err := OpenBaseline(f)
			if err != nil {
				yield(Expected{}, err)
				return
			}
			b.objects(yield)
		}
	}
}

func (b *Baseline) objects(yield func(Expected, error) bool) {
	for {
		line, err := b.line()
		if err != nil {
			yield(Expected{}, err)
			return
		}
		if bytes.HasPrefix(line, []byte(trailerPrefix)) {
			if err := b.end(line); err != nil {
				yield(Expected{}, err)
			}
			return
		}
		e, err := b.record(line)
		if !yield(e, err) || err != nil {
			return
		}
	}
}

func (b *Baseline) line() ([]byte, error) {
	b.number++
	if b.lines.Scan() {
		return b.lines.Bytes(), nil
	}
	if err := b.lines.Err(); err != nil {
		return nil, broken(b.number, "%v", err)
	}
	return nil, broken(b.number, "it ends without its last line")
}

func (b *Baseline) hash(line []byte) {
	b.sum.Write(line)
	b.sum.Write([]byte{'\n'})
}

func (b *Baseline) record(line []byte) (Expected, error) {
	var r record
	if err := json.Unmarshal(line, &r); err != nil {
		return Expected{}, broken(b.number, "%v", err)
	}
	e := r.expected()
	if text := b.check.wrong(&e); text != "" {
		return Expected{}, broken(b.number, "%s", text)
	}
	b.hash(line)
	b.seen.Lines++
	b.seen.Bytes += e.Size
	return e, nil
}

func (b *Baseline) end(line []byte) error {
	var t trailer
	if err := json.Unmarshal(line, &t); err != nil {
		return broken(b.number, "%v", err)
	}
	b.seen.End = true
	b.seen.SHA256 = hex.EncodeToString(b.sum.Sum(nil))
	if t != b.seen {
		return broken(b.number, "it holds %d lines, not the %d of its last line, or others", b.seen.Lines, t.Lines)
	}
	if b.lines.Scan() {
		return broken(b.number+1, "there is more after its last line")
	}
	if err := b.lines.Err(); err != nil {
		return broken(b.number+1, "%v", err)
	}
	return nil
}

func broken(line int, format string, args ...any) error {
	return problem(fmt.Sprintf("reading the baseline, line %d", line), fmt.Sprintf(format, args...),
		"restore the file from the state directory's copy or the drive's .s3export directory; without it verify against the live bucket")
}
