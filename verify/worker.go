package verify

import (
	"context"
	"io"

	"github.com/cargomedia/s3export/verify/digest"
)

func (p *pool) work(ctx context.Context) error {
	w, err := p.worker()
	if err != nil {
		return err
	}
	defer w.close()
	for j := range p.jobs {
		var err error
		switch {
		case j.held != nil:
			err = p.end(ctx, j.held, w)
		case j.file == nil && j.task.entry().Size <= smallBytes:
			err = p.gather(ctx, j.task, w)
		default:
			err = p.one(ctx, j, w)
		}
		if err != nil {
			return err
		}
	}
	if w.held != nil {
		return p.end(ctx, w.held, w)
	}
	return nil
}

func (p *pool) end(ctx context.Context, h *held, w *worker) error {
	err := h.end(ctx, p.lanes, w.buf)
	p.release(h)
	return err
}

// gather takes a small file into memory, which has to be opened by itself.
func (p *pool) gather(ctx context.Context, t task, w *worker) error {
	file, err := p.tree.Open(*t.entry())
	if err != nil {
		return t.end(ctx, outcome{err: err}, lookup{})
	}
	if w.held == nil {
		w.held = p.empty()
	}
	begun := p.now()
	err = p.take(ctx, w.held, t, file)
	if c, ok := file.(io.Closer); ok {
		_ = c.Close() // it was only read from
	}
	if n := len(w.held.spent); n > 0 {
		w.held.spent[n-1] = p.now().Sub(begun)
	}
	if err != nil || !w.held.full() {
		return err
	}
	h := w.held
	w.held = nil
	return p.end(ctx, h, w)
}

// worker is what one goroutine needs. Its lanes are worth what they are as long as it
// keeps them.
type worker struct {
	buf  []byte
	set  *digest.Set
	held *held // small files that it has opened
}

func (p *pool) worker() (*worker, error) {
	set, err := p.lanes.New(digest.Wanted{Algorithm: digest.MD5})
	return &worker{buf: make([]byte, bufferSize), set: set}, err
}

func (w *worker) close() { _ = w.set.Close() }

// one reads a file for its task.
func (p *pool) one(ctx context.Context, j job, w *worker) error {
	e := j.task.entry()
	file := j.file
	if file == nil {
		opened, err := p.tree.Open(*e)
		if err != nil {
			return j.task.end(ctx, outcome{err: err}, lookup{})
		}
		if c, ok := opened.(io.Closer); ok {
			defer func() { _ = c.Close() }()
		}
		file = opened
	}
	if err := w.set.Reset(j.task.wants()...); err != nil {
		return err
	}
	s := stream{file: file, size: e.Size, buf: w.buf, pace: p.pace}
	err := s.into(ctx, w.set, p.now)
	p.meter.add(0, s.read)
	got := outcome{err: err, spent: s.spent, read: s.read}
	if err == nil {
		got.sums = keep(w.set.Sums())
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return j.task.end(ctx, got, lookup{file: file, buf: w.buf})
}
