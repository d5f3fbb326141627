package digest_test

import (
	"crypto/md5"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/cargomedia/s3export/verify/digest"
)

func BenchmarkSet(b *testing.B) {
	content := random(mib)
	for _, w := range []digest.Wanted{whole(digest.MD5), whole(digest.CRC32), whole(digest.CRC32C), whole(digest.CRC64NVME),
		whole(digest.SHA1), whole(digest.SHA256), whole(digest.SHA512), parts(digest.CRC32, 16, 65_536)} {
		b.Run(fmt.Sprintf("%s-%d", w.Algorithm, w.Layout.Parts), func(b *testing.B) {
			s, err := digest.New(w)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			b.SetBytes(int64(len(content)))
			for b.Loop() {
				_ = s.Reset()
				_, _ = s.Write(content)
				_ = s.Sums()
			}
		})
	}
}

func cpu() time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// versus runs both ways in turn, as the machine's moods come and go, and reports how
// many times as fast as the standard library the lanes are, by the clock and by
// processor time (medians).
func versus(b *testing.B, bytes int, std, lanes func()) {
	b.ReportAllocs()
	b.SetBytes(int64(bytes))
	var wall, busy []float64
	measure := func(f func()) (w, c float64) {
		start, used := time.Now(), cpu()
		for n := 0; n < 8<<20; n += bytes {
			f()
		}
		return float64(time.Since(start)), float64(cpu() - used)
	}
	for b.Loop() {
		sw, sc := measure(std)
		lw, lc := measure(lanes)
		wall, busy = append(wall, sw/lw), append(busy, sc/lc)
	}
	slices.Sort(wall)
	slices.Sort(busy)
	b.ReportMetric(wall[len(wall)/2], "×wall")
	b.ReportMetric(busy[len(busy)/2], "×cpu")
	b.ReportMetric(0, "ns/op")
}

func mixed(n int) (buffers [][]byte) {
	r := rand.New(rand.NewPCG(1, 2))
	for range n {
		buffers = append(buffers, random(int(1024*math.Pow(64, r.Float64()))))
	}
	return buffers
}

func equal(n, size int) (buffers [][]byte) {
	for range n {
		buffers = append(buffers, random(size))
	}
	return buffers
}

func total(buffers [][]byte) (n int) {
	for _, p := range buffers {
		n += len(p)
	}
	return n
}

func sumEach(buffers [][]byte) {
	for _, p := range buffers {
		_ = md5.Sum(p)
	}
}

func BenchmarkMany(b *testing.B) {
	for name, buffers := range map[string][][]byte{
		"16x2KiB": equal(16, 2<<10), "16x4KiB": equal(16, 4<<10), "16x16KiB": equal(16, 16<<10), "16x64KiB": equal(16, 64<<10),
		"4x16KiB": equal(4, 16<<10), "8x16KiB": equal(8, 16<<10), "16xmixed": mixed(16), "256xmixed": mixed(256),
	} {
		b.Run(name, func(b *testing.B) {
			lanes := digest.NewLanes()
			defer lanes.Close()
			sums := make([][md5.Size]byte, len(buffers))
			versus(b, total(buffers), func() { sumEach(buffers) }, func() { lanes.Many(buffers, sums) })
		})
	}
}

// The parts of one object from one goroutine.
func BenchmarkInterleave(b *testing.B) {
	for _, n := range []int{1, 2, 3, 4, 8, 12, 16, 32} {
		b.Run(fmt.Sprintf("%dx1MiB", n), func(b *testing.B) {
			lanes := digest.NewLanes()
			defer lanes.Close()
			buffers, streams := equal(n, mib), make([]*digest.Stream, n)
			for i := range streams {
				streams[i] = lanes.NewStream()
				defer streams[i].Close()
			}
			versus(b, n*mib, func() { sumEach(buffers) }, func() {
				digest.Interleave(streams, buffers)
				for _, s := range streams {
					_ = s.Sum(nil)
					s.Reset()
				}
			})
		})
	}
}

// Files in goroutines of their own, against as many goroutines of crypto/md5.
func BenchmarkStreams(b *testing.B) {
	for _, n := range []int{1, 2, 4, 8, 16, 32} {
		b.Run(fmt.Sprintf("%dx1MiB", n), func(b *testing.B) {
			lanes := digest.NewLanes()
			defer lanes.Close()
			buffers := equal(n, mib)
			each := func(f func(p []byte)) {
				var work sync.WaitGroup
				for _, p := range buffers {
					work.Go(func() { f(p) })
				}
				work.Wait()
			}
			versus(b, n*mib, func() { each(func(p []byte) { _ = md5.Sum(p) }) }, func() {
				each(func(p []byte) {
					s := lanes.NewStream()
					defer s.Close()
					_, _ = s.Write(p)
					_ = s.Sum(nil)
				})
			})
		})
	}
}
