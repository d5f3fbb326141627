package capacity

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
)

// Medium is a device that is open for reading and writing, held by the caller alone.
type Medium interface {
	io.ReaderAt
	io.WriterAt
	// Flush makes what was written lasting, and the next reads come from the medium and
	// not from a cache of this host.
	Flush() error
}

// MinSize is the smallest device that is probed, in bytes.
const MinSize = 4 * chunkBytes

// Stage is what a probe does.
type Stage string

// The stages, in this order.
const (
	Checking  Stage = "checking that it is blank"
	Writing   Stage = "writing"
	Reading   Stage = "reading back"
	Narrowing Stage = "narrowing down"
	Restoring Stage = "putting back what was there"
)

// Options of a probe.
type Options struct {
	// Random is where the id of the probe comes from, such as crypto/rand's Reader.
	Random io.Reader
	// Progress is told how much of a stage is done, in bytes; nil: nobody is.
	Progress func(s Stage, done, total int64)
}

// NotBlankError says that there is something at a place where the probe would write:
// nothing was written there or elsewhere.
type NotBlankError struct {
	Offset int64 // bytes
}

// Error names the place.
func (e *NotBlankError) Error() string { return fmt.Sprintf("there is data at byte %d", e.Offset) }

// Probe writes to a blank device of that size in bytes, reads back, and puts back what
// was there: zeros, or ones as of erased flash. What it writes is looked at first, and
// only where all of it is blank, or remains of a probe, is anything written. Errors of
// single places count as bad, up to 16 of them; one more ends the probe. When ctx ends,
// or the process is killed, sectors are left that Inspect knows, and that the next
// probe of the device takes away.
//
// A drive that answers from a cache of its own, larger than what was written after a
// place, hides that it does not keep it. A probe writes about 1/2048 of the device.
func Probe(ctx context.Context, m Medium, size int64, o Options) (Report, error) {
	whole := size / blockBytes * blockBytes
	if whole < MinSize {
		return Report{}, fmt.Errorf("%d bytes are too few to be probed", size)
	}
	p := &probe{m: m, size: size, o: o}
	if _, err := io.ReadFull(o.Random, p.id[:]); err != nil {
		return Report{}, fmt.Errorf("drawing an id: %w", err)
	}
	all := places(whole)
	if err := p.look(ctx, Checking, all); err != nil {
		return Report{}, err
	}
	r, err := p.measure(ctx, all)
	if ctx.Err() != nil {
		return Report{}, ctx.Err()
	}
	return r, errors.Join(err, p.restore(ctx))
}

// errorsMost is how many places may fail: on a dying drive each takes seconds.
const errorsMost = 16

type probe struct {
	m       Medium
	size    int64
	o       Options
	id      [16]byte
	written []span
	failed  int
	zeros   int // blocks seen of zeros and of ones, before anything was written
	ones    int
	buf     [chunkBytes]byte
}

// measure writes and reads back, and then again between what was kept and what was not.
func (p *probe) measure(ctx context.Context, all []span) (Report, error) {
	s, err := p.round(ctx, all, Writing, Reading)
	if err != nil {
		return Report{}, err
	}
	r := s.report(p.size)
	for r.narrows() {
		more := between(r.Low/blockBytes*blockBytes, r.High/blockBytes*blockBytes, narrowAtOnce)
		if len(more) == 0 || !p.blank(ctx, more) {
			break // what is known by now is true all the same
		}
		closer, err := p.round(ctx, more, Narrowing, Narrowing)
		if err != nil {
			return r, err
		}
		r.narrow(closer)
	}
	return r, nil
}

// narrowAtOnce is how many places are tried in one round: four rounds narrow 2 GiB
// down to a block.
const narrowAtOnce = 64

// round writes places, makes it lasting, and reads them back.
func (p *probe) round(ctx context.Context, all []span, write, read Stage) (sighted, error) {
	p.written = append(p.written, all...)
	s := sighted{firstBad: -1}
	err := p.each(ctx, write, all, func(at span, b []byte) error {
		for i := int64(0); i < at.len; i += SectorBytes {
			mark{p.id, at.off + i, p.size}.put(b[i:][:SectorBytes])
		}
		return p.tolerate(at, p.write(at, b))
	})
	if err == nil {
		err = p.m.Flush()
	}
	if err != nil {
		return s, err
	}
	up := slices.Clone(all)
	slices.Reverse(up)
	return s, p.each(ctx, read, up, func(at span, b []byte) error {
		err := p.read(at, b)
		for i := int64(0); i < at.len; i += SectorBytes {
			m, proven := markOf(b[i:][:SectorBytes])
			s.add(at.off+i, m, err == nil && proven && m.id == p.id)
		}
		return p.tolerate(at, err)
	})
}

// look proves places blank, and counts what of blankness there is, there and beside.
func (p *probe) look(ctx context.Context, s Stage, all []span) error {
	return p.each(ctx, s, all, func(at span, b []byte) error {
		if err := p.read(at, b); err != nil {
			return fmt.Errorf("reading at byte %d: %w", at.off, err)
		}
		r := Inspect(b)
		if r.Other >= 0 {
			return &NotBlankError{at.off + int64(r.Other)}
		}
		p.zeros, p.ones = p.zeros+r.Zeros, p.ones+r.Ones
		if r.Probe == 0 {
			return nil
		}
		// All places may be remains: then what is beside them says what was there.
		var beside [blockBytes]byte
		if _, err := p.m.ReadAt(beside[:], at.end()); err == nil {
			r = Inspect(beside[:])
			p.zeros, p.ones = p.zeros+r.Zeros, p.ones+r.Ones
		}
		return nil
	})
}

// blank is look for places that may be left out.
func (p *probe) blank(ctx context.Context, all []span) bool {
	return p.look(ctx, Narrowing, all) == nil
}

// restore puts back what was there.
func (p *probe) restore(ctx context.Context) error {
	fill := byte(0)
	if p.ones > p.zeros {
		fill = 0xFF
	}
	p.failed = 0
	err := p.each(ctx, Restoring, p.written, func(at span, b []byte) error {
		for i := range b {
			b[i] = fill
		}
		return p.tolerate(at, p.write(at, b))
	})
	if err != nil {
		return err
	}
	return p.m.Flush()
}

// each does something to every place, with a buffer of its length.
func (p *probe) each(ctx context.Context, s Stage, all []span, do func(at span, b []byte) error) error {
	total, done := int64(0), int64(0)
	for _, at := range all {
		total += at.len
	}
	for _, at := range all {
		if err := ctx.Err(); err != nil {
			return err
		}
		if p.o.Progress != nil {
			p.o.Progress(s, done, total)
		}
		if err := do(at, p.buf[:at.len]); err != nil {
			return err
		}
		done += at.len
	}
	return nil
}

// tolerate lets a few errors pass.
func (p *probe) tolerate(at span, err error) error {
	if err == nil {
		return nil
	}
	if p.failed++; p.failed > errorsMost {
		return fmt.Errorf("at byte %d, after %d other errors: %w", at.off, errorsMost, err)
	}
	return nil
}

func (p *probe) write(at span, b []byte) error {
	_, err := p.m.WriteAt(b, at.off)
	return err
}

func (p *probe) read(at span, b []byte) error {
	if n, err := p.m.ReadAt(b, at.off); n != len(b) {
		return err
	}
	return nil
}
