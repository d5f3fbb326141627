package digest

import (
	"hash"
	"io"
	"math"
)

// running is one wanted sum under way. Its storage is kept from file to file.
type running struct {
	wanted Wanted
	hash   hash.Hash // of the part under way, or of the whole
	left   int64     // bytes that the part under way still takes
	ended  int       // parts before it
	flat   []byte    // their raw sums

	whole hash.Hash // of the raw sums; made when it is asked for
	raw   []byte
	parts [][]byte
}

func (r *running) reset(w Wanted) {
	r.wanted, r.ended, r.flat = w, 0, r.flat[:0]
	r.hash.Reset()
	r.begin()
}

// begin starts a part. The last one, and the whole, takes all that comes.
func (r *running) begin() {
	r.left = math.MaxInt64
	if r.ended+1 < r.wanted.Layout.Parts {
		r.left = r.wanted.Layout.Size
	}
}

// write ends a part only when a byte of the next one is there: no object has an
// empty part behind others.
func (r *running) write(p []byte) {
	for int64(len(p)) > r.left {
		r.hash.Write(p[:r.left])
		p = p[r.left:]
		r.flat = r.hash.Sum(r.flat)
		r.hash.Reset()
		r.ended++
		r.begin()
	}
	r.hash.Write(p)
	r.left -= int64(len(p))
}

// sum changes nothing that a later write depends on.
func (r *running) sum() Sum {
	if r.wanted.Layout.Parts == 0 {
		r.raw = r.hash.Sum(r.raw[:0])
		return Sum{Wanted: r.wanted, Raw: r.raw}
	}
	all := r.hash.Sum(r.flat)
	r.flat = all[:len(r.flat)]
	if r.whole == nil {
		r.whole = r.wanted.newHash()
	}
	r.whole.Reset()
	r.whole.Write(all)
	r.raw = r.whole.Sum(r.raw[:0])
	r.parts = r.parts[:0]
	for size := r.wanted.Algorithm.Size(); len(all) > 0; all = all[size:] {
		r.parts = append(r.parts, all[:size:size])
	}
	return Sum{Wanted: r.wanted, Raw: r.raw, Parts: r.parts}
}

func (r *running) close() {
	if c, ok := r.hash.(io.Closer); ok {
		_ = c.Close() // a stream of Lanes, which never fails
	}
}
