package spill_test

import (
	"context"
	"encoding/binary"
	"math/rand/v2"
	"runtime"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify/spill"
)

var _ = Describe("memory", Label("memory"), func() {
	heap := func() int {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int(m.HeapAlloc)
	}

	It("stays within the limit for 100 times as much, while records are added and while they are read", func() {
		const limit = 1 << 20
		before := heap()
		s := spill.New(spill.Options{Dir: GinkgoT().TempDir(), Memory: limit})
		defer s.Close()
		peak, record := 0, make([]byte, 100)
		n := 100 * limit / len(record) / 4
		for i := range n {
			binary.BigEndian.PutUint64(record, uint64(i)*0x9e3779b97f4a7c15)
			Expect(s.Add(record)).To(Succeed())
			if i%(n/10) == n/10-1 {
				peak = max(peak, heap()-before)
			}
		}
		seen := 0
		for _, err := range s.Sorted(context.Background()) {
			Expect(err).NotTo(HaveOccurred())
			if seen++; seen%(n/10) == 0 {
				peak = max(peak, heap()-before)
			}
		}
		Expect(seen).To(Equal(n))
		Expect(peak).To(BeNumerically("<", 2*limit))
		GinkgoWriter.Println("peak", peak, "of", limit)
	})

	It("is not taken for each record", func() {
		s := spill.NewSpool(spill.Options{Dir: GinkgoT().TempDir(), Memory: 1 << 20})
		defer s.Close()
		record := make([]byte, 100)
		for range 30_000 {
			Expect(s.Add(record)).To(Succeed())
		}
		Expect(testing.AllocsPerRun(50, func() {
			for range 1000 {
				_ = s.Add(record)
			}
		})).To(BeNumerically("<", 10))
	})
})

func BenchmarkSort(b *testing.B) {
	const n = 1_000_000
	record := make([]byte, 100)
	r := rand.NewChaCha8([32]byte{})
	b.SetBytes(n * int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		s := spill.New(spill.Options{Dir: b.TempDir()})
		for range n {
			_, _ = r.Read(record[:16])
			if err := s.Add(record); err != nil {
				b.Fatal(err)
			}
		}
		for _, err := range s.Sorted(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(s.Spilled())/n, "spilled-B/record")
		s.Close()
	}
}

func BenchmarkSpool(b *testing.B) {
	const n = 1_000_000
	record := make([]byte, 100)
	b.SetBytes(n * int64(len(record)))
	b.ReportAllocs()
	for b.Loop() {
		s := spill.NewSpool(spill.Options{Dir: b.TempDir()})
		for range n {
			if err := s.Add(record); err != nil {
				b.Fatal(err)
			}
		}
		for _, err := range s.Records(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
		}
		s.Close()
	}
}
