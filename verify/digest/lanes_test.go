package digest_test

import (
	"crypto/md5"
	"math/rand/v2"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify/digest"
)

// servers counts the goroutines of md5-simd.
func servers() int {
	stacks := make([]byte, mib)
	return strings.Count(string(stacks[:runtime.Stack(stacks, true)]), "md5Server).process")
}

var _ = Describe("lanes", func() {
	var lanes *digest.Lanes
	BeforeEach(func() {
		lanes = digest.NewLanes()
		DeferCleanup(lanes.Close)
	})

	It("sum up many buffers of any length", func() {
		r := rand.New(rand.NewPCG(1, 2))
		content := random(300_000)
		for _, n := range []int{0, 1, 2, 3, 15, 16, 17, 18, 200} {
			buffers := make([][]byte, n)
			for i := range buffers {
				buffers[i] = content[:r.IntN(r.IntN(len(content))+1)]
			}
			sums := make([][md5.Size]byte, n)
			lanes.Many(buffers, sums)
			for i, p := range buffers {
				Expect(sums[i]).To(Equal(md5.Sum(p)), "%d of %d, %d bytes", i, n, len(p))
			}
		}
	})

	It("allocate next to nothing for buffers from the second time on", func() {
		content, buffers := random(64<<10), [][]byte{}
		for i := range 40 {
			buffers = append(buffers, content[:1024+i*1500])
		}
		sums := make([][md5.Size]byte, len(buffers))
		Expect(testing.AllocsPerRun(20, func() { lanes.Many(buffers, sums) })).To(BeNumerically("<", len(buffers)/2)) // goroutines of md5-simd where two lanes are ready
	})

	It("feed the parts of an object from one goroutine", func() {
		content, w := random(5*mib+77), parts(digest.MD5, 6, mib)
		var streams []*digest.Stream
		for range w.Layout.Parts {
			streams = append(streams, lanes.NewStream())
		}
		const step = 100_003
		for at := 0; at < mib; at += step {
			var read [][]byte
			for i := range streams {
				part := content[i*mib : min((i+1)*mib, len(content))]
				read = append(read, part[min(at, len(part)):min(at+step, len(part))])
			}
			digest.Interleave(streams, read)
		}
		var sums [][]byte
		for _, s := range streams {
			sums = append(sums, s.Sum(nil))
			Expect(s.Close()).To(Succeed())
		}
		sum, err := digest.Compose(w, sums)
		Expect(err).NotTo(HaveOccurred())
		Expect(sum.Raw).To(Equal(reference(w, content)))
	})

	It("serve several goroutines, each with its files one after the other", func() {
		content := random(400_000)
		var work sync.WaitGroup
		for worker := range 20 {
			work.Go(func() {
				defer GinkgoRecover()
				for i := range 10 {
					s := lanes.NewStream()
					p := content[:(worker*10+i)*1777+i]
					for at := 0; at < len(p); at += 70_000 {
						_, _ = s.Write(p[at:min(at+70_000, len(p))])
					}
					if i%3 == 1 { // given up
						s.Close()
						continue
					}
					want := md5.Sum(p)
					Expect(s.Sum(nil)).To(Equal(want[:]))
					s.Reset()
					Expect(s.Sum(nil)).To(Equal(reference(whole(digest.MD5), nil)))
					s.Close()
					s.Close()
				}
			})
		}
		work.Go(func() {
			defer GinkgoRecover()
			buffers := [][]byte{content[:5000], content[:9000], content[:50_000], content[:100_000]}
			sums := make([][md5.Size]byte, len(buffers))
			for range 20 {
				lanes.Many(buffers, sums)
				Expect(sums[3]).To(Equal(md5.Sum(buffers[3])))
			}
		})
		work.Wait()
	})

	It("go on after resets without a byte, and with part of a block before many: md5-simd alone stops forever", func() {
		streams := make([]*digest.Stream, 60)
		for i := range streams {
			streams[i] = lanes.NewStream()
			DeferCleanup(streams[i].Close)
		}
		content := random(200)
		var work sync.WaitGroup
		for _, s := range streams {
			work.Go(func() {
				defer GinkgoRecover()
				for range 20 {
					for n := range 5 {
						s.Reset()
						s.Reset()
						_, _ = s.Write(content[:n])
					}
					_, _ = s.Write(content[4:])
					want := md5.Sum(content)
					Expect(s.Sum(nil)).To(Equal(want[:]))
					s.Reset()
					_, _ = s.Write(content[:10])
					_, _ = s.Write(content[10:])
				}
			})
		}
		work.Wait()
	})

	It("leave no goroutine behind, and wait for the last stream", func() {
		before := servers() // one where the processor has AVX2, none elsewhere
		own := digest.NewLanes()
		var others []*digest.Stream // so that lanes are used
		for range 6 {
			others = append(others, own.NewStream())
		}
		s := own.NewStream()
		set, err := own.New(whole(digest.MD5), whole(digest.SHA1), parts(digest.MD5, 2, 3))
		Expect(err).NotTo(HaveOccurred())
		Expect(own.Close()).To(Succeed())
		Expect(own.Close()).To(Succeed())
		_, _ = s.Write([]byte("hello"))
		Expect(one(whole(digest.MD5), []byte("hello"), 9).Raw).To(Equal(s.Sum(nil)))
		s.Close()
		_, _ = set.Write([]byte("hello"))
		Expect(set.Sums()[2].Raw).To(Equal(reference(parts(digest.MD5, 2, 3), []byte("hello"))))
		Expect(set.Close()).To(Succeed())
		Expect(set.Close()).To(Succeed())
		for _, s := range others {
			s.Close()
		}
		Eventually(servers).WithTimeout(10 * time.Second).Should(BeNumerically("<=", before))
	})

	It("compute with the standard library once they are closed", func() {
		Expect(lanes.Close()).To(Succeed())
		s := lanes.NewStream()
		_, _ = s.Write([]byte("hello"))
		Expect(s.Sum(nil)).To(Equal(reference(whole(digest.MD5), []byte("hello"))))
		Expect(s.Close()).To(Succeed())
		buffers := [][]byte{random(9000), random(9001), random(9002)}
		sums := make([][md5.Size]byte, 3)
		lanes.Many(buffers, sums)
		Expect(sums[2]).To(Equal(md5.Sum(buffers[2])))
	})
})
