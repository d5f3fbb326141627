package verify_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"runtime"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// crowd is a bucket of n objects and the drive with their copies, made as they are
// asked for. Each file holds one byte.
type crowd struct {
	n    int
	heap uint64 // the most that was alive when looked at
}

const etagOfX = "9dd4e461268c8034f5c8564e155c67a6" // MD5 of "x"

func (c *crowd) key(i int) string { return fmt.Sprintf("dir%04d/file%08d", i/1000, i) }

func (c *crowd) List(_ context.Context, r verify.Range, yield func(verify.Object) error) error {
	for i := range c.n {
		o := verify.Object{Bucket: r.Bucket, Key: c.key(i), Size: 1, ETag: etagOfX, LastModified: longAgo}
		if err := yield(o); err != nil {
			return err
		}
	}
	return nil
}

func (c *crowd) Head(context.Context, verify.Object, verify.Ask) (verify.Head, error) {
	return verify.Head{}, nil
}

func (c *crowd) Parts(context.Context, verify.Object) ([]verify.Part, error) { return nil, nil }

func (c *crowd) Versions(context.Context, verify.Object) ([]verify.Object, error) { return nil, nil }

func (c *crowd) FileSystem() string { return "" }

func (c *crowd) Walk(_ context.Context, root string, yield func(verify.Entry) error) error {
	for i := range c.n {
		if i%(c.n/4) == c.n/4-1 {
			c.look()
		}
		if err := yield(verify.Entry{Path: root + "/" + c.key(i), Regular: true, Size: 1}); err != nil {
			return err
		}
	}
	return nil
}

func (c *crowd) look() {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	c.heap = max(c.heap, m.HeapAlloc)
}

func (c *crowd) Open(verify.Entry) (io.ReaderAt, error) { return bytes.NewReader([]byte("x")), nil }

func (c *crowd) request(draw verify.Draw) verify.Request {
	p, err := verify.Live(c, []verify.Range{{Bucket: "photos", Directory: "photos"}})
	Expect(err).NotTo(HaveOccurred())
	return verify.Request{Tree: c, Source: c, Population: p, Draw: draw,
		Runtime: verify.Runtime{Now: func() time.Time { return verified }}}
}

// peak is the most heap that a run holds, in bytes.
func peak(n int, draw verify.Draw) uint64 {
	GinkgoHelper()
	c := &crowd{n: n}
	report, err := verify.Run(context.Background(), c.request(draw))
	Expect(err).NotTo(HaveOccurred())
	Expect(report.Totals.Sized).To(Equal(int64(n)))
	Expect(report.Verdict()).To(Equal(verify.Pass))
	return c.heap
}

var _ = Describe("memory", Label("memory"), func() {
	const spare = 4 << 20

	It("does not grow with a million objects", func() {
		draw := verify.Draw{Count: 100, Seed: seedOf(1)}
		small := peak(10_000, draw)
		Expect(peak(1_000_000, draw)).To(BeNumerically("<", small+spare))
	})

	It("does not grow with a million objects whose names are encoded", func() {
		named := func(n int) uint64 {
			c := &crowd{n: n}
			r := c.request(verify.Draw{Count: 100, Seed: seedOf(1)})
			var err error
			r.Population, err = verify.Live(c, []verify.Range{{Bucket: "photos", Directory: "photos", Naming: verify.Encoded}})
			Expect(err).NotTo(HaveOccurred())
			report, err := verify.Run(context.Background(), r)
			Expect(err).NotTo(HaveOccurred())
			Expect(report.Totals.Sized).To(Equal(int64(n)))
			return c.heap
		}
		small := named(100_000) // beyond what is held before it goes to the temporary file
		Expect(named(1_000_000)).To(BeNumerically("<", small+spare))
	})

	It("does not grow when all are compared, and raises no alarm about a million", Label("slow"), func() {
		small := peak(100_000, verify.Draw{All: true}) // beyond what is held before it goes to the temporary file
		Expect(peak(1_000_000, verify.Draw{All: true})).To(BeNumerically("<", small+3*spare), "what is under way differs")
	})

	It("grows with what a log says of a load, and not with the objects", func() {
		logged := func(n int) uint64 {
			c := &crowd{n: n}
			r := c.request(verify.Draw{Count: 100, Seed: seedOf(1)})
			log, err := verify.NewLoadLog(r.Population.Ranges)
			Expect(err).NotTo(HaveOccurred())
			for i := range n {
				log.Loaded("photos", c.key(i), "photos/"+c.key(i))
			}
			for i := range 500 {
				log.Loaded("photos", c.key(i), fmt.Sprintf("photos/zzz/%d", i))
				log.Failed("photos", c.key(1000+i), "InternalError")
			}
			r.Log = log
			report, err := verify.Run(context.Background(), r)
			Expect(err).NotTo(HaveOccurred())
			Expect(report.Totals.Sized).To(Equal(int64(n - 500)))
			return c.heap
		}
		small := logged(10_000)
		Expect(logged(1_000_000)).To(BeNumerically("<", small+spare))
	})

	It("does not grow while a baseline is written and read", func() {
		c := &crowd{n: 60_000}
		var file bytes.Buffer
		ranges := []verify.Range{{Bucket: "photos", Directory: "photos"}, {Bucket: "more", Directory: "more"}}
		_, _, err := verify.TakeBaseline(context.Background(), c, ranges, &file, nil)
		Expect(err).NotTo(HaveOccurred())
		b, err := verify.OpenBaseline(&file)
		Expect(err).NotTo(HaveOccurred())
		c.look()
		before, n := c.heap, 0
		for _, err := range b.Population().Objects(context.Background()) {
			if n++; n%40_000 == 0 || err != nil {
				Expect(err).NotTo(HaveOccurred())
				c.look()
			}
		}
		Expect(n).To(Equal(120_000))
		Expect(c.heap).To(BeNumerically("<", before+spare))
	})
})

func BenchmarkMerge(b *testing.B) {
	RegisterTestingT(b)
	for _, draw := range []verify.Draw{{Count: 100}, {All: true}} {
		b.Run(fmt.Sprintf("all=%v", draw.All), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c := &crowd{n: 100_000}
				if _, err := verify.Run(context.Background(), c.request(draw)); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/object")
		})
	}
}

// BenchmarkLoadLog is what each line of a log costs, with a hundred ranges.
func BenchmarkLoadLog(b *testing.B) {
	var ranges []verify.Range
	for i := range 100 {
		ranges = append(ranges, verify.Range{Bucket: "photos", Prefix: fmt.Sprintf("%02d/", i), Directory: "photos"})
	}
	log, err := verify.NewLoadLog(ranges)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		log.Loaded("photos", "50/img-000000.jpg", "photos/50/img-000000.jpg")
	}
}

func BenchmarkBaseline(b *testing.B) {
	c := &crowd{n: 100_000}
	ranges := []verify.Range{{Bucket: "photos", Directory: "photos"}}
	var file bytes.Buffer
	b.Run("take", func(b *testing.B) {
		for b.Loop() {
			file.Reset()
			if _, _, err := verify.TakeBaseline(context.Background(), c, ranges, &file, nil); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/object")
	})
	b.Run("read", func(b *testing.B) {
		for b.Loop() {
			base, err := verify.OpenBaseline(bytes.NewReader(file.Bytes()))
			if err != nil {
				b.Fatal(err)
			}
			drain(b, base.Population().Objects(context.Background()))
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/100_000, "ns/object")
	})
}

func drain(b *testing.B, all iter.Seq2[verify.Expected, error]) {
	for _, err := range all {
		if err != nil {
			b.Fatal(err)
		}
	}
}
