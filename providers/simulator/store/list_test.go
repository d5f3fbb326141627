package store_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// listed returns all entries of a listing by pages of a size, prefixes included.
func listed(s *store.Store, q store.Query) []string {
	var entries []string
	for {
		page, err := s.List("photos", q)
		if err != nil {
			panic(err)
		}
		var part []string
		for _, o := range page.Objects {
			part = append(part, o.Key)
		}
		part = append(part, page.CommonPrefixes...)
		slices.Sort(part)
		entries = append(entries, part...)
		if !page.Truncated {
			return entries
		}
		if len(part) != q.Max || page.Last != part[len(part)-1] {
			panic(fmt.Sprintf("a truncated page of %d entries that ends in %q: %q", q.Max, page.Last, part))
		}
		q.After = page.Last
	}
}

// expected lists naively: all keys, sorted and rolled up.
func expected(keys map[string]bool, q store.Query) []string {
	seen := map[string]bool{}
	for key := range keys {
		if !strings.HasPrefix(key, q.Prefix) || key <= q.After {
			continue
		}
		if q.Delimiter != "" {
			if head, _, found := strings.Cut(key[len(q.Prefix):], q.Delimiter); found {
				key = q.Prefix + head + q.Delimiter
			}
		}
		if key != q.After {
			seen[key] = true
		}
	}
	var all []string
	for key := range seen {
		all = append(all, key)
	}
	sort.Strings(all)
	return all
}

// TestListing compares with the naive listing after random writes and deletions,
// many enough that runs split and vanish.
func TestListing(t *testing.T) {
	key := rapid.StringOfN(rapid.SampledFrom([]rune("ab/-é\xff")), 1, 6, -1)
	rapid.Check(t, func(t *rapid.T) {
		s := store.New(clock)
		if err := s.CreateBucket("photos", store.BucketOptions{}); err != nil {
			t.Fatal(err)
		}
		keys := map[string]bool{}
		for _, k := range rapid.SliceOfN(key, 0, 200).Draw(t, "written") {
			if _, err := s.Put("photos", k, strings.NewReader(""), store.PutOptions{}); err != nil {
				t.Fatal(err)
			}
			keys[k] = true
		}
		for _, k := range rapid.SliceOfN(key, 0, 50).Draw(t, "deleted") {
			if err := s.Delete("photos", k); err != nil {
				t.Fatal(err)
			}
			delete(keys, k)
		}
		q := store.Query{
			Prefix:    rapid.StringOfN(rapid.SampledFrom([]rune("ab/")), 0, 2, -1).Draw(t, "prefix"),
			Delimiter: rapid.SampledFrom([]string{"", "/", "a/", "é"}).Draw(t, "delimiter"),
			Max:       rapid.IntRange(1, 7).Draw(t, "max"),
		}
		if got, want := listed(s, q), expected(keys, q); !slices.Equal(got, want) {
			t.Fatalf("%+v: %q, want %q", q, got, want)
		}
	})
}

var _ = Describe("a large bucket", func() {
	It("keeps keys in order however they come, and empties", func() {
		s := newStore()
		const n = 5000
		for i := range n {
			put(s, fmt.Sprintf("%04d", i*2377%n), "")
		}
		keys := keysOf(s, "photos", "", "")
		Expect(keys).To(HaveLen(n))
		Expect(slices.IsSorted(keys)).To(BeTrue())
		Expect(keysOf(s, "photos", "12", "1203")).To(HaveLen(96))
		Expect(s.DeleteBucket("photos")).To(MatchError(store.ErrBucketNotEmpty))
		for _, k := range keys {
			Expect(s.Delete("photos", k)).To(Succeed())
		}
		Expect(keysOf(s, "photos", "", "")).To(BeEmpty())
		Expect(s.DeleteBucket("photos")).To(Succeed())
	})

	It("lists nothing for a page of no entries", func() {
		s := newStore()
		put(s, "k", "")
		page, err := s.List("photos", store.Query{})
		Expect(err).NotTo(HaveOccurred())
		Expect(page).To(Equal(store.Page{Objects: []store.Object{}}))
	})
})

// filled returns a bucket of so many small keys, each written as often as there are
// versions.
func filled(b *testing.B, keys, versions int) *store.Store {
	s := store.New(clock)
	o := store.BucketOptions{}
	if versions > 1 {
		o.Versioning = store.VersioningEnabled
	}
	if err := s.CreateBucket("photos", o); err != nil {
		b.Fatal(err)
	}
	for i := range keys * versions {
		i %= keys
		if _, err := s.Put("photos", fmt.Sprintf("%03d/%07d.jpg", i%1000, i), strings.NewReader("x"), store.PutOptions{}); err != nil {
			b.Fatal(err)
		}
	}
	return s
}

func BenchmarkMillionKeys(b *testing.B) { benchmarkKeys(b, 1_000_000, 1) }

// BenchmarkKeys lists the newest versions: how many lie below them is no matter.
func BenchmarkKeys(b *testing.B) {
	for _, versions := range []int{1, 3} {
		b.Run(fmt.Sprintf("%d versions", versions), func(b *testing.B) { benchmarkKeys(b, 100_000, versions) })
	}
}

func benchmarkKeys(b *testing.B, keys, versions int) {
	s := filled(b, keys, versions)
	for b.Loop() {
		n := 0
		for _, err := range s.Objects("photos", "", "") {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != keys {
			b.Fatal(n)
		}
	}
}

func BenchmarkVersions(b *testing.B) {
	const keys, versions = 100_000, 3
	s := filled(b, keys, versions)
	for b.Loop() {
		n := 0
		for _, err := range s.AllVersions("photos", "") {
			if err != nil {
				b.Fatal(err)
			}
			n++
		}
		if n != keys*versions {
			b.Fatal(n)
		}
	}
}
