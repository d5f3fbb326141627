package verify

import (
	"context"
	"io"
)

// What tests of the inside need.
var (
	BadLimit = badLimit
	AtMost   = atMost
	Percent  = percent
)

// Ranks draws from keys alone.
func Ranks(seed Seed, k int64, keys []string) []string {
	d := newDrawing(Draw{Count: k, Seed: seed})
	for _, key := range keys {
		d.offer(&unit{states: []Expected{{Path: key}}})
	}
	var out []string
	for _, u := range d.units() {
		out = append(out, u.path())
	}
	return out
}

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
