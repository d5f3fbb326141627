package verify

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"iter"

	"github.com/cargomedia/s3export/verify/digest"
)

// Amender writes a baseline anew, with the SHA-256 of what a proof has read and found
// equal: a later proof then needs nothing else. It is a Sink. The baseline must be the
// one that the proof was made against.
type Amender struct {
	closed bool
	next   func() (Expected, error, bool)
	stop   func()
	line   Expected
	ok     bool
	out    *baselineWriter
	file   hash.Hash
	sum    Summary
	last   *Expected
	added  int64
}

// AmendBaseline begins to write to w what old holds. Close ends it.
func AmendBaseline(old io.Reader, w io.Writer) (*Amender, error) {
	b, err := OpenBaseline(old)
	if err != nil {
		return nil, err
	}
	a := &Amender{closed: b.closed, file: sha256.New()}
	a.out = newBaselineWriter(io.MultiWriter(w, a.file))
	a.out.put(header{Format: baselineFormat, Closed: b.closed, Ranges: b.ranges})
	a.next, a.stop = iter.Pull2(b.objects)
	return a, a.advance()
}

func (a *Amender) advance() error {
	e, err, ok := a.next()
	if err != nil {
		return err
	}
	a.line, a.ok = e, ok
	return nil
}

// Finding implements Sink.
func (a *Amender) Finding(f Finding) error {
	if f.Bucket == "" || f.Outcome != Match || f.Reason == OldVersion || f.Reason == NewVersion || f.SHA256 == "" {
		return nil
	}
	sum, err := hex.DecodeString(f.SHA256)
	if err != nil {
		return err
	}
	object := Expected{Object: Object{Bucket: f.Bucket, Key: f.Key}, Path: f.Path}
	for a.ok && order(&a.line, &object) <= 0 {
		same := order(&a.line, &object) == 0
		if same && a.line.Size == f.Size && a.line.Known == nil && a.single() {
			a.line.Known = &Known{Algorithm: digest.SHA256, Sum: bytes.Clone(sum), Witness: WitnessBaseline}
			a.added++
		}
		if err := a.write(); err != nil {
			return err
		}
	}
	return nil
}

// single reports whether the line is all that is known of its object: of two states a
// finding does not say which one it equals.
func (a *Amender) single() bool { return !a.closed || a.line.Seen == AtBoth }

func (a *Amender) write() error {
	again := a.last != nil && order(a.last, &a.line) == 0
	if again {
		a.sum.Bytes -= a.last.Size
	}
	a.sum.add(a.line, again)
	line := a.line
	a.last = &line
	a.out.put(toRecord(line))
	a.out.tail.Lines++
	a.out.tail.Bytes += line.Size
	if a.out.failed != nil {
		return a.out.failed
	}
	return a.advance()
}

// Close writes the rest, and returns what the new baseline holds. Nothing was added
// where Added is 0.
func (a *Amender) Close() (Summary, error) {
	defer a.stop()
	for a.ok {
		if err := a.write(); err != nil {
			return Summary{}, err
		}
	}
	if err := a.out.close(); err != nil {
		return Summary{}, &Error{Op: "writing the baseline", Err: err, Remedy: "make room where the state directory is, then run it again"}
	}
	if !a.closed {
		a.sum.Deleted = 0
	}
	a.sum.Digest = hex.EncodeToString(a.file.Sum(nil))
	return a.sum, nil
}

// Added returns of how many objects the SHA-256 was not known before.
func (a *Amender) Added() int64 { return a.added }
