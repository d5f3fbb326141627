package spill_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify/spill"
)

// byFirst compares by the first byte alone, so that records are often equal.
func byFirst(a, b []byte) int { return bytes.Compare(a[:min(1, len(a))], b[:min(1, len(b))]) }

func collect(t interface{ Fatalf(string, ...any) }, s *spill.Sorter) [][]byte {
	all := [][]byte{}
	for record, err := range s.Sorted(context.Background()) {
		if err != nil {
			t.Fatalf("%v", err)
		}
		all = append(all, bytes.Clone(record))
	}
	return all
}

// Whatever memory there is, the order is that of a stable sort.
func TestSorterProperty(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOf(rapid.SliceOfN(rapid.ByteRange('a', 'f'), 0, 40)).Draw(t, "records")
		s := spill.New(spill.Options{Dir: dir, Memory: rapid.IntRange(1, 600).Draw(t, "memory"), Compare: byFirst})
		defer s.Close()
		for _, r := range records {
			if err := s.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		want := [][]byte{}
		for _, r := range records {
			want = append(want, bytes.Clone(r))
		}
		slices.SortStableFunc(want, byFirst)
		for range 2 { // it can be read again
			if got := collect(t, s); !slices.EqualFunc(got, want, bytes.Equal) {
				t.Fatalf("%q, not %q", got, want)
			}
		}
	})
}

// A spool gives back what it was given.
func TestSpoolProperty(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(t *rapid.T) {
		records := rapid.SliceOf(rapid.SliceOfN(rapid.Byte(), 0, 40)).Draw(t, "records")
		s := spill.NewSpool(spill.Options{Dir: dir, Memory: rapid.IntRange(1, 600).Draw(t, "memory")})
		defer s.Close()
		for _, r := range records {
			if err := s.Add(r); err != nil {
				t.Fatal(err)
			}
		}
		i := 0
		for record, err := range s.All() {
			if err != nil || i == len(records) || !bytes.Equal(record, records[i]) {
				t.Fatalf("record %d: %q, %v", i, record, err)
			}
			i++
		}
		if i != len(records) {
			t.Fatalf("%d records, not %d", i, len(records))
		}
	})
}

var _ = Describe("what is sorted outside of memory", func() {
	It("leaves no file, and says how much there is", func() {
		dir := GinkgoT().TempDir()
		s := spill.New(spill.Options{Dir: dir, Memory: 100})
		for i := range 100 {
			Expect(s.Add([]byte(fmt.Sprint(i)))).To(Succeed())
		}
		Expect(s.Spilled()).To(BeNumerically(">", 0))
		Expect(os.ReadDir(dir)).To(BeEmpty())
		s.Close()
		s.Close()
	})

	It("makes no file where memory is enough", func() {
		s := spill.New(spill.Options{Dir: "/no/such/directory"})
		Expect(s.Add([]byte("b"))).To(Succeed())
		Expect(s.Add([]byte("a"))).To(Succeed())
		Expect(collect(GinkgoT(), s)).To(Equal([][]byte{[]byte("a"), []byte("b")}))
		Expect(s.Spilled()).To(BeZero())
	})

	It("says what to do when there is no room", func() {
		s := spill.New(spill.Options{Dir: filepath.Join(GinkgoT().TempDir(), "missing"), Memory: 1})
		Expect(s.Add([]byte("b"))).To(Succeed())
		err := s.Add([]byte("a"))
		var e *spill.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Remedy).To(ContainSubstring("TMPDIR"))
	})

	It("notices a disk that gives other bytes than it was given", func() {
		for at := range int64(40) {
			s := spill.New(spill.Options{Dir: GinkgoT().TempDir(), Memory: 1})
			for i := range 20 {
				Expect(s.Add([]byte(fmt.Sprintf("%02d", 20-i)))).To(Succeed())
			}
			Expect(spill.Damage(s, at)).To(Succeed())
			var failed error
			for _, err := range s.Sorted(context.Background()) {
				failed = err
			}
			Expect(failed).To(MatchError(ContainSubstring("does not give the bytes")), "at byte %d", at)
			s.Close()
		}
	})

	It("ends with the caller", func() {
		s := spill.New(spill.Options{})
		Expect(s.Add([]byte("a"))).To(Succeed())
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		for _, err := range s.Sorted(ctx) {
			Expect(err).To(MatchError(context.Canceled))
		}
	})

	It("holds no more than it may", func() {
		s := spill.New(spill.Options{Dir: GinkgoT().TempDir(), Memory: 1 << 20})
		defer s.Close()
		record := make([]byte, 100)
		r := rand.New(rand.NewPCG(1, 1))
		for range 200_000 {
			for i := range 8 {
				record[i] = byte(r.Uint32())
			}
			Expect(s.Add(record)).To(Succeed())
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		Expect(m.HeapAlloc).To(BeNumerically("<", 12<<20))
	})
})

func BenchmarkSorter(b *testing.B) {
	record := make([]byte, 100)
	r := rand.New(rand.NewPCG(1, 1))
	for b.Loop() {
		s := spill.New(spill.Options{Dir: b.TempDir(), Memory: 16 << 20})
		for range 1_000_000 {
			for i := range 8 {
				record[i] = byte(r.Uint32())
			}
			if err := s.Add(record); err != nil {
				b.Fatal(err)
			}
		}
		n := 0
		for range s.Sorted(context.Background()) {
			n++
		}
		if n != 1_000_000 {
			b.Fatal(n)
		}
		s.Close()
	}
}
