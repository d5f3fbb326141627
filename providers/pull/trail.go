package pull

import (
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync/atomic"
)

// trail follows the fetchers through a file and takes its checksums in order, from the
// page cache. What it reads is compared with what was written; what is not that, after a
// power cut, is fetched again.
type trail struct {
	p       *part
	refetch func(ctx context.Context, from, to int64) error

	at    atomic.Int64  // what was hashed up to
	moved chan struct{} // holds one when at has moved
}

func newTrail(p *part, refetch func(ctx context.Context, from, to int64) error) *trail {
	return &trail{p: p, refetch: refetch, moved: make(chan struct{}, 1)}
}

func (t *trail) run(ctx context.Context, s *sums) (digests, error) {
	buf := make([]byte, step)
	for i := range t.p.chunks.marks {
		if err := t.wait(ctx, i); err != nil {
			return digests{}, err
		}
		from, to := t.p.chunks.span(i)
		if err := t.check(ctx, i, buf); err != nil {
			return digests{}, err
		}
		if to-from <= step {
			s.write(buf[:to-from]) // which check has read
		} else if _, err := t.read(from, to, buf, s.write); err != nil {
			return digests{}, err
		}
		t.at.Store(to)
		select {
		case t.moved <- struct{}{}:
		default:
		}
	}
	return s.end(), nil
}

// wait returns when a chunk is marked.
func (t *trail) wait(ctx context.Context, i int) error {
	for {
		if _, ok := t.p.chunks.crc(i); ok {
			return nil
		}
		select {
		case <-t.p.chunks.marked:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// check makes sure that a chunk holds what was written to it, before it is hashed.
func (t *trail) check(ctx context.Context, i int, buf []byte) error {
	from, to := t.p.chunks.span(i)
	for try := range 2 {
		want, _ := t.p.chunks.crc(i)
		have, err := t.read(from, to, buf, func([]byte) {})
		if err != nil {
			return err
		}
		if have == want {
			return nil
		}
		if try > 0 {
			break
		}
		if err := t.p.chunks.unmark(i); err != nil {
			return err
		}
		if err := t.refetch(ctx, from, to); err != nil {
			return err
		}
	}
	return fmt.Errorf("reading %q: the drive gives back other bytes than were written at %d", t.p.file.Name(), from)
}

func (t *trail) read(from, to int64, buf []byte, each func([]byte)) (crc uint32, err error) {
	for at := from; at < to; {
		now := buf[:min(int64(len(buf)), to-at)]
		if _, err := t.p.file.ReadAt(now, at); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return 0, err
		}
		crc = crc32.Update(crc, castagnoli(), now)
		each(now)
		at += int64(len(now))
	}
	return crc, nil
}

// await returns when the trail is not further than lead behind a place.
func (t *trail) await(ctx context.Context, place int64) error {
	for t.at.Load() < place-lead {
		select {
		case <-t.moved:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return nil
}

// lead is how far the fetchers may be before the checksums: what lies further back may
// have left the page cache.
const lead = 256 << 20
