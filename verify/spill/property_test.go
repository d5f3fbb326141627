package spill_test

import (
	"bytes"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify/spill"
)

func drawRecords(t *rapid.T) [][]byte {
	long := bytes.Repeat([]byte("long"), 5000)
	return rapid.SliceOfN(rapid.OneOf(
		rapid.SliceOfN(rapid.Byte(), 0, 12),
		rapid.Map(rapid.IntRange(0, len(long)), func(n int) []byte { return long[:n] }),
	), 0, 200).Draw(t, "records")
}

// What comes out is what slices.SortStableFunc makes of what went in, whatever the
// memory, and again after more was added.
func TestSorterProperty(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := spill.New(spill.Options{Dir: dir, Compare: byFirst,
			Memory: rapid.OneOf(rapid.IntRange(1, 300), rapid.IntRange(1, 100_000)).Draw(t, "memory")})
		defer s.Close()
		var all [][]byte
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			for _, record := range drawRecords(t) {
				all = append(all, record)
				lent := bytes.Clone(record)
				if err := s.Add(lent); err != nil {
					t.Fatal(err)
				}
				clear(lent)
			}
			compare(t, s, slices.SortedStableFunc(slices.Values(all), byFirst))
		}
	})
}

func TestSpoolProperty(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		s := spill.NewSpool(spill.Options{Dir: dir, Memory: rapid.IntRange(1, 20_000).Draw(t, "memory")})
		defer s.Close()
		var all [][]byte
		for range rapid.IntRange(1, 3).Draw(t, "rounds") {
			for _, record := range drawRecords(t) {
				all = append(all, record)
				if err := s.Add(record); err != nil {
					t.Fatal(err)
				}
			}
			compare(t, s, all)
		}
	})
}

func compare(t *rapid.T, k kept, want [][]byte) {
	got, err := drain(k)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.EqualFunc(got, want, bytes.Equal) {
		t.Fatalf("%q, not %q", got, want)
	}
}
