package verify

import (
	"context"
	"io"
)

// What tests of the inside need.
var (
	AtMost  = atMost
	Percent = percent
)

// BadLimit is badLimit with 95 % confidence.
func BadLimit(population, drawn, bad int64) int64 {
	return badLimit(population, drawn, bad, Confidence)
}

// BadLimitAt is badLimit.
func BadLimitAt(population, drawn, bad int64, confidence float64) int64 {
	return badLimit(population, drawn, bad, confidence)
}

// Ranks draws from keys alone.
func Ranks(seed Seed, k int64, keys []string) []string {
	paths, _ := DrawOf(Draw{Count: k, Seed: seed}, keys, nil)
	return paths
}

// DrawOf draws from keys with sizes, nil: none, and returns the paths and what the report
// says of it.
func DrawOf(draw Draw, keys []string, sizes []int64) ([]string, Sample) {
	return DrawAtMost(draw.most(), draw, keys, sizes)
}

// DrawAtMost is DrawOf with another limit of what is kept.
func DrawAtMost(most int64, draw Draw, keys []string, sizes []int64) ([]string, Sample) {
	d, sample := newDrawing(draw), newSample(draw)
	d.most = most
	for i, key := range keys {
		u := &unit{states: []Expected{{Path: key}}}
		if sizes != nil {
			u.states[0].Size = sizes[i]
		}
		d.offer(u)
	}
	var out []string
	for _, u := range d.units() {
		out = append(out, u.path())
	}
	d.tell(&sample)
	sample.Drawn = int64(len(out))
	return out, sample
}

// Needed is Draw.needed.
func Needed(d Draw, population int64) int64 { return d.needed(population) }

// Amount is Draw.amount.
func Amount(d Draw) string { return d.amount() }

// CheckDraw is Draw.check.
func CheckDraw(d Draw) error { return d.check() }

// ETagOf writes content in chunks and returns the ETag of an upload in parts.
func ETagOf(content []byte, parts int, size int64, chunk int) string {
	d := newDigest(layout{parts: parts, size: size})
	for len(content) > 0 {
		n := min(chunk, len(content))
		d.write(content[:n])
		content = content[n:]
	}
	return d.etag()
}

// Roots is roots.
func Roots(ranges []Range) []string { return roots(ranges) }

// HashFile reads as a worker does.
func HashFile(file io.ReaderAt, size int64, buf []byte) (string, error) {
	d := newDigest(layout{})
	err := readInto(context.Background(), file, size, feed{buf: buf, digests: []*digest{d}, done: func(int64) {}})
	return d.etag(), err
}
