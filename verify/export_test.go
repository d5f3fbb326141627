package verify

import (
	"context"
	"encoding/hex"
	"io"
	"time"

	"github.com/cargomedia/s3export/verify/digest"
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
	set, err := digest.New(digest.Wanted{Algorithm: digest.MD5, Layout: digest.Layout{Parts: parts, Size: size}})
	if err != nil {
		panic(err)
	}
	for len(content) > 0 {
		n := min(chunk, len(content))
		_, _ = set.Write(content[:n])
		content = content[n:]
	}
	t := trial{wanted: set.Sums()[0].Wanted, etag: true}
	return t.text(set.Sums()[0].Raw)
}

// Roots is roots.
func Roots(ranges []Range) []string { return roots(ranges) }

// HashFile reads as a worker does.
func HashFile(file io.ReaderAt, size int64, buf []byte) (string, error) {
	set, err := digest.New(digest.Wanted{Algorithm: digest.MD5})
	if err != nil {
		return "", err
	}
	s := stream{file: file, size: size, buf: buf, pace: func(context.Context, int) error { return nil }}
	err = s.into(context.Background(), set, func() time.Time { return time.Time{} })
	return hex.EncodeToString(set.Sums()[0].Raw), err
}
