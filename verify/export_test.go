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

// Takes reports whether an acceptance takes a finding.
func Takes(a Acceptance, f Finding, now time.Time) bool {
	return a.check() == nil && a.takes(&f, now)
}
