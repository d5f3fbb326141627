package fill

import (
	"bufio"
	"encoding/json"
	"io"
	"iter"
	"os"

	"github.com/cargomedia/s3export/verify"
)

// cursor walks lines that are in the order of paths beside others that are.
type cursor struct {
	next func() (entry, error, bool)
	stop func()
	head entry
	ok   bool
	err  error
}

func newCursor(lines iter.Seq2[entry, error]) *cursor {
	c := &cursor{}
	c.next, c.stop = iter.Pull2(lines)
	c.advance()
	return c
}

func (c *cursor) advance() { c.head, c.err, c.ok = c.next() }

// to goes on to a path and reports whether there is a line of it. Paths come in order.
func (c *cursor) to(path string) (entry, bool) {
	for c.ok && c.err == nil && c.head.Path < path {
		c.advance()
	}
	return c.head, c.ok && c.err == nil && c.head.Path == path
}

// cursors are those of several sessions, in their order; the newest line of a path counts.
type cursors []*cursor

// cursors are those of this copy, or of the others.
func (l *ledger) cursors(ours bool) cursors {
	var all cursors
	for n, s := range l.sessions {
		if s.ours == ours && s.size != 0 {
			all = append(all, newCursor(l.lines(n, s.size)))
		}
	}
	return all
}

func (all cursors) to(path string) (found entry, ok bool) {
	for _, c := range all {
		if e, here := c.to(path); here {
			found, ok = e, true
		}
	}
	return found, ok
}

// err is the first error of reading.
func (all cursors) err() error {
	for _, c := range all {
		if c.err != nil {
			return c.err
		}
	}
	return nil
}

func (all cursors) stop() {
	for _, c := range all {
		c.stop()
	}
}

// lines gives the entries of a session up to a size; negative: all.
func (l *ledger) lines(n int, size int64) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		f, err := l.root.Open(ledgerName(n))
		if err != nil {
			yield(entry{}, err)
			return
		}
		defer func() { _ = f.Close() }()
		scan(f, size, yield)
	}
}

func scan(f *os.File, size int64, yield func(entry, error) bool) {
	var r io.Reader = f
	if size >= 0 {
		r = io.LimitReader(f, size)
	}
	s := bufio.NewScanner(r)
	s.Buffer(make([]byte, 0, 64<<10), ledgerMax)
	s.Scan() // the line that says of what
	for s.Scan() {
		e, err := decode(s.Bytes())
		if err != nil {
			continue // what cannot be read is not known
		}
		if !yield(e, nil) {
			return
		}
	}
	if err := s.Err(); err != nil {
		yield(entry{}, err)
	}
}

func decode(line []byte) (e entry, err error) {
	if err := json.Unmarshal(line, &e); err != nil {
		return e, err
	}
	e.Expected, err = verify.DecodeLine(e.Object)
	return e, err
}

// entries shows lines of a baseline as entries.
func entries(lines iter.Seq2[verify.Expected, error]) iter.Seq2[entry, error] {
	return func(yield func(entry, error) bool) {
		for e, err := range lines {
			if !yield(entry{Expected: e}, err) {
				return
			}
		}
	}
}
