package verify

import (
	"bytes"
	"context"
	"crypto/md5"
	"errors"
	"io"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/verify/digest"
)

// task is a file that is to be read.
type task interface {
	entry() *Entry
	// wants returns what is to be computed; nothing: the file need not be read.
	wants() []digest.Wanted
	// end takes the checksums of what was wanted, or why the file could not be read. It
	// may read the file again. An error of it ends the reading.
	end(ctx context.Context, got outcome, at lookup) error
}

// outcome is what reading a file has come to.
type outcome struct {
	sums  sums
	err   error
	spent time.Duration
	read  int64
}

const (
	smallBytes = 256 << 10 // a smaller file is held in memory while it is hashed
	groupBytes = 1 << 20   // of small files that are hashed together
	groupFiles = 64
)

// reading reads files in the order in which they come.
type reading struct {
	tree  Tree
	pace  pace
	now   func() time.Time
	meter *meter
	// workers read and hash at the same time. One keeps to the order strictly, as a
	// drive that has to seek wants it.
	workers int
}

// pool is the goroutines of a reading.
type pool struct {
	*reading
	group *errgroup.Group
	lanes *digest.Lanes
	spare chan *held // groups whose memory is free again
	jobs  chan job
	held  *held // small files that wait to be hashed together
	last  time.Time
	buf   []byte
}

// job is one large file, or several small ones that are in memory.
type job struct {
	task task
	file io.ReaderAt // nil: it is to be opened
	held *held
}

// held is the content of small files.
type held struct {
	tasks []task
	ends  []int // of their contents
	spent []time.Duration
	data  []byte
}

// begin starts the goroutines. Batches are given to read; finish waits for the end.
func (r *reading) begin(ctx context.Context) (*pool, context.Context) {
	group, ctx := errgroup.WithContext(ctx)
	p := &pool{reading: r, group: group, lanes: digest.NewLanes(), jobs: make(chan job, r.workers), spare: make(chan *held, 2*r.workers), last: r.now(), buf: make([]byte, bufferSize)}
	for range r.workers {
		group.Go(func() error { return p.work(ctx) })
	}
	return p, ctx
}

// finish waits until everything is read and ended.
func (p *pool) finish(ctx context.Context, err error) error {
	if err == nil {
		err = p.flush(ctx)
	}
	close(p.jobs)
	p.group.Go(func() error { return err })
	return errors.Join(p.group.Wait(), p.lanes.Close())
}

// read reads the files of a batch, whose order it keeps.
func (p *pool) read(ctx context.Context, batch []task) error {
	bulk, ok := p.tree.(Bulk)
	if !ok {
		for _, t := range batch {
			if err := p.submit(ctx, job{task: t}); err != nil {
				return err
			}
		}
		return nil
	}
	entries := make([]Entry, len(batch))
	at := make(map[string]task, len(batch))
	for i, t := range batch {
		entries[i] = *t.entry()
		at[entries[i].Path] = t
	}
	p.last = p.now()
	return bulk.ReadFiles(ctx, entries, func(e Entry, file io.ReaderAt, err error) error {
		t := at[e.Path]
		switch {
		case err != nil:
			return t.end(ctx, outcome{err: err}, lookup{})
		case e.Size <= smallBytes:
			return p.hold(ctx, t, file)
		}
		return p.submit(ctx, job{task: t, file: file})
	})
}

// submit hands a job on. A single worker's reading is done at once, so that the drive
// does one thing after the other.
func (p *pool) submit(ctx context.Context, j job) error {
	if p.workers == 1 && j.held == nil {
		return p.one(ctx, j, p.buf)
	}
	select {
	case p.jobs <- j:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// hold takes a small file into memory.
func (p *pool) hold(ctx context.Context, t task, file io.ReaderAt) error {
	size := int(t.entry().Size)
	if p.held == nil {
		p.held = p.empty()
	}
	h := p.held
	start := len(h.data)
	if err := p.pace(ctx, size); err != nil {
		return err
	}
	n, err := file.ReadAt(h.data[start:start+size], 0)
	now := p.now()
	spent := now.Sub(p.last)
	p.last = now
	p.meter.add(0, int64(n))
	if n < size {
		fault := &readFault{offset: int64(n), length: faultLength(err, int64(size-n)), err: unexpected(err)}
		return t.end(ctx, outcome{err: fault, spent: spent, read: int64(n)}, lookup{})
	}
	h.data = h.data[:start+size]
	h.tasks, h.ends, h.spent = append(h.tasks, t), append(h.ends, len(h.data)), append(h.spent, spent)
	if len(h.tasks) == groupFiles || len(h.data) >= groupBytes {
		return p.flush(ctx)
	}
	return nil
}

// empty returns a group with room.
func (p *pool) empty() *held {
	select {
	case h := <-p.spare:
		return h
	default:
		return &held{data: make([]byte, 0, groupBytes+smallBytes)}
	}
}

// release takes a group back that is done with.
func (p *pool) release(h *held) {
	h.tasks, h.ends, h.spent, h.data = h.tasks[:0], h.ends[:0], h.spent[:0], h.data[:0]
	select {
	case p.spare <- h:
	default:
	}
}

func (p *pool) flush(ctx context.Context) error {
	h := p.held
	if h == nil || len(h.tasks) == 0 {
		return nil
	}
	p.held = nil
	return p.submit(ctx, job{held: h})
}

func (p *pool) work(ctx context.Context) error {
	buf := make([]byte, bufferSize)
	for j := range p.jobs {
		var err error
		if j.held != nil {
			err = j.held.end(ctx, p.lanes, buf)
			p.release(j.held)
		} else {
			err = p.one(ctx, j, buf)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// one reads a file for its task.
func (p *pool) one(ctx context.Context, j job, buf []byte) error {
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
	set, err := p.lanes.New(j.task.wants()...)
	if err != nil {
		return err
	}
	defer func() { _ = set.Close() }()
	s := stream{file: file, size: e.Size, buf: buf, pace: p.pace}
	err = s.into(ctx, set, p.now)
	p.meter.add(0, s.read)
	got := outcome{err: err, spent: s.spent, read: s.read}
	if err == nil {
		got.sums = set.Sums()
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return j.task.end(ctx, got, lookup{file: file, buf: buf})
}

// end hashes what is held.
func (h *held) end(ctx context.Context, lanes *digest.Lanes, buf []byte) error {
	all, err := h.hash(lanes)
	if err != nil {
		return err
	}
	for i, t := range h.tasks {
		content := h.content(i)
		got := outcome{sums: all[i], spent: h.spent[i], read: int64(len(content))}
		if err := t.end(ctx, got, lookup{file: bytes.NewReader(content), buf: buf}); err != nil {
			return err
		}
	}
	return nil
}

func (h *held) content(i int) []byte {
	if i == 0 {
		return h.data[:h.ends[0]]
	}
	return h.data[h.ends[i-1]:h.ends[i]]
}

// hash computes what the tasks want: the MD5s of all of them side by side.
func (h *held) hash(lanes *digest.Lanes) ([]sums, error) {
	plain := digest.Wanted{Algorithm: digest.MD5}
	all := make([]sums, len(h.tasks))
	var contents [][]byte
	var whose []int
	for i, t := range h.tasks {
		var others []digest.Wanted
		for _, w := range t.wants() {
			if w == plain {
				contents, whose = append(contents, h.content(i)), append(whose, i)
			} else {
				others = append(others, w)
			}
		}
		if len(others) == 0 {
			continue
		}
		set, err := digest.New(others...)
		if err != nil {
			return nil, err
		}
		_, _ = set.Write(h.content(i)) // hashes do not fail
		all[i] = set.Sums()
	}
	md5s := make([][md5.Size]byte, len(contents))
	lanes.Many(contents, md5s)
	for k, i := range whose {
		all[i] = append(all[i], digest.Sum{Wanted: plain, Raw: md5s[k][:]})
	}
	return all, nil
}
