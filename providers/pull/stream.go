package pull

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/s3"
)

const (
	step = 64 << 10 // bytes that are read, written and marked at once
	// mostFailures of a stream in a row without a byte.
	mostFailures = 6
	// patience is how many times Stall an answer may take: the SDK repeats a request meanwhile.
	patience = 4
)

// stream reads bytes of an object in order. Where a body breaks off, the rest is asked for
// anew.
type stream struct {
	c     *copying
	item  providers.Item
	at    int64
	end   int64
	whole bool // asks for all of the object, and its checksums

	head  s3.Fetched // the first answer
	body  io.ReadCloser
	round int
	stop  context.CancelFunc // of the request under way
	alarm *time.Timer
	fails int
}

// fill reads len(p) bytes. The stream is closed after an error.
func (s *stream) fill(ctx context.Context, p []byte) error {
	for len(p) > 0 {
		if err := s.open(ctx); err != nil {
			return err
		}
		now := p[:min(len(p), step)]
		if err := s.c.o.Pace(ctx, len(now)); err != nil {
			s.close(lost)
			return err
		}
		s.alarm.Reset(s.c.o.Stall)
		n, err := s.body.Read(now)
		p, s.at = p[n:], s.at+int64(n)
		s.c.count.fetched(n)
		if n > 0 {
			s.fails = 0
		}
		switch {
		case s.at == s.end:
			s.close(good)
		case err != nil:
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			s.close(lost)
			if err := s.failed(ctx, err); err != nil {
				return err
			}
		}
	}
	return nil
}

// open makes sure that a body is there.
func (s *stream) open(ctx context.Context) error {
	for s.body == nil {
		round, err := s.c.gate.enter(ctx)
		if err != nil {
			return err
		}
		err = s.ask(ctx)
		if err == nil {
			s.round = round
			return nil
		}
		a := lost
		if providers.KindOf(err) == providers.Throttled {
			a = throttled
		}
		s.c.gate.leave(round, a)
		if err := s.failed(ctx, err); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) ask(ctx context.Context) error {
	o := s3.GetOptions{IfMatch: s.item.ETag, Offset: s.at, Length: s.end - s.at}
	if s.whole && s.at == 0 {
		o.Length, o.Checksums = 0, true
	}
	ctx, s.stop = context.WithCancel(ctx)
	s.alarm = time.AfterFunc(patience*s.c.o.Stall, s.stop)
	s.c.count.request()
	got, err := s.c.o.Client.Fetch(ctx, s.item.Bucket, s.item.Key, o)
	if err != nil {
		s.alarm.Stop()
		s.stop()
		return err
	}
	s.body = got.Body
	if s.head.Body == nil {
		s.head = got
	}
	return nil
}

// close gives up the request under way. It may be repeated.
func (s *stream) close(a answer) {
	if s.body == nil {
		return
	}
	s.alarm.Stop()
	_ = s.body.Close() // only read from
	s.stop()
	s.body = nil
	s.c.gate.leave(s.round, a)
}

// failed pauses before another attempt, or returns the error when there is to be none.
func (s *stream) failed(ctx context.Context, err error) error {
	s.fails++
	return s.c.again(ctx, err, s.fails)
}

// again waits before another attempt after an error that may pass; it returns the error
// where there is no point in one.
func (c *copying) again(ctx context.Context, err error, fails int) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	switch providers.KindOf(err) {
	case providers.Transient, providers.Throttled, providers.Unreachable:
	default:
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			return err
		}
	}
	if fails >= mostFailures {
		return err
	}
	pause := time.NewTimer(c.o.Backoff << min(fails-1, 4))
	defer pause.Stop()
	select {
	case <-pause.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
