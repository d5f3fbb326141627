package verify

import (
	"bytes"
	"context"
	"crypto/md5"
	"io"
	"time"

	"github.com/cargomedia/s3export/verify/digest"
)

// held is the content of small files.
type held struct {
	tasks []task
	ends  []int // of their contents
	spent []time.Duration
	data  []byte
	since time.Time // the first of them was taken
}

// hold takes a small file of a bulk reading into memory.
func (p *pool) hold(ctx context.Context, t task, file io.ReaderAt) error {
	if p.held == nil {
		p.held = p.empty()
	}
	before := len(p.held.tasks)
	if err := p.take(ctx, p.held, t, file); err != nil {
		return err
	}
	now := p.now()
	if len(p.held.tasks) > before {
		p.held.spent[before] = now.Sub(p.last)
	}
	p.last = now
	if p.held.full(now) {
		return p.flush(ctx)
	}
	return nil
}

// openAndHold is hold of a file that has to be opened by itself.
func (p *pool) openAndHold(ctx context.Context, t task) error {
	file, err := p.tree.Open(*t.entry())
	if err != nil {
		return t.end(ctx, outcome{err: err}, lookup{})
	}
	err = p.hold(ctx, t, file)
	if c, ok := file.(io.Closer); ok {
		_ = c.Close() // it was only read from
	}
	return err
}

// take reads a file into a group. One that cannot be read is ended.
func (p *pool) take(ctx context.Context, h *held, t task, file io.ReaderAt) error {
	size, start := int(t.entry().Size), len(h.data)
	if err := p.pace(ctx, size); err != nil {
		return err
	}
	n, err := file.ReadAt(h.data[start:start+size], 0)
	p.meter.add(0, int64(n))
	if n < size {
		fault := &readFault{offset: int64(n), length: faultLength(err, int64(size-n)), err: unexpected(err)}
		return t.end(ctx, outcome{err: fault, read: int64(n)}, lookup{})
	}
	if len(h.tasks) == 0 {
		h.since = p.now()
	}
	h.data = h.data[:start+size]
	h.tasks, h.ends, h.spent = append(h.tasks, t), append(h.ends, len(h.data)), append(h.spent, 0)
	return nil
}

// full reports whether the group is to be hashed: soon also where a drive is slow, so that
// what was read is noted.
func (h *held) full(now time.Time) bool {
	return len(h.tasks) == groupFiles || len(h.data) >= groupBytes || len(h.tasks) > 0 && now.Sub(h.since) >= groupTime
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
