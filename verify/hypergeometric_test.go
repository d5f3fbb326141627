package verify_test

import (
	"math"
	"math/big"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// binomialAtMost is the chance of at most k successes of n, by the definition.
func binomialAtMost(n, k int64, p float64) float64 {
	var sum float64
	for x := range k + 1 {
		choose, _ := new(big.Float).SetInt(new(big.Int).Binomial(n, x)).Float64()
		sum += choose * math.Pow(p, float64(x)) * math.Pow(1-p, float64(n-x))
	}
	return sum
}

var _ = Describe("the hypergeometric distribution", func() {
	DescribeTable("has ten right digits", func(N, K, n, k int64) {
		want, _ := exactAtMost(N, K, n, k).Float64()
		Expect(verify.AtMost(N, K, n, k)).To(BeNumerically("~", want, want*1e-10))
	},
		Entry(nil, int64(50), int64(20), int64(17), int64(3)),
		Entry(nil, int64(50), int64(20), int64(17), int64(10)),
		Entry("must hold some", int64(50), int64(45), int64(17), int64(13)),
		Entry(nil, int64(10_000), int64(300), int64(1_000), int64(20)),
		Entry(nil, int64(10_000), int64(300), int64(1_000), int64(45)),
		Entry(nil, int64(1_204_331), int64(36_000), int64(100), int64(0)),
		Entry("a billion", int64(1_000_000_000), int64(29_513_050), int64(100), int64(0)),
		Entry("a billion, some bad", int64(1_000_000_000), int64(102_253_000), int64(100), int64(5)),
		Entry("a billion, few bad", int64(1_000_000_000), int64(3), int64(500), int64(0)),
		Entry("a billion, a large sample", int64(1_000_000_000), int64(200_000), int64(2_000), int64(2)),
		Entry("far out", int64(1_000_000), int64(500_000), int64(400), int64(20)),
	)

	It("is 0 and 1 at its ends", func() {
		Expect(verify.AtMost(10, 8, 5, 2)).To(BeZero())
		Expect(verify.AtMost(10, 8, 5, 5)).To(Equal(1.))
		Expect(verify.AtMost(10, 0, 5, 0)).To(Equal(1.))
		Expect(verify.AtMost(10, 10, 5, 4)).To(BeZero())
		Expect(verify.AtMost(1_000_000, 900_000, 100_000, 100)).To(BeNumerically("<", 1e-300))
	})

	It("adds up to 1 with its other side", func() {
		for k := int64(3_000); k < 3_500; k += 25 { // around the mean of a large sample
			here := verify.AtMost(1_000_000_000, 32_000_000, 100_000, k)
			other := verify.AtMost(1_000_000_000, 1_000_000_000-32_000_000, 100_000, 100_000-k-1)
			Expect(here + other).To(BeNumerically("~", 1, 1e-9))
		}
	})

	DescribeTable("is Clopper-Pearson's bound in a large population", func(n, k int64, confidence float64) {
		low, high := 0., 1.
		for range 60 {
			if p := (low + high) / 2; binomialAtMost(n, k, p) > 1-confidence {
				low = p
			} else {
				high = p
			}
		}
		const N = 1_000_000_000
		Expect(float64(verify.BadLimitAt(N, n, k, confidence)) / N).To(BeNumerically("~", high, high*1e-6))
	},
		Entry(nil, int64(100), int64(0), 0.95), Entry(nil, int64(100), int64(1), 0.95), Entry(nil, int64(100), int64(5), 0.95),
		Entry(nil, int64(100), int64(0), 0.99), Entry(nil, int64(300), int64(20), 0.99), Entry(nil, int64(300), int64(2), 0.9999),
		Entry(nil, int64(100), int64(40), 0.5),
	)

	DescribeTable("gives an exact bound for every small population", func(percent int64) {
		level, confidence := big.NewRat(100-percent, 100), float64(percent)/100
		for N := int64(1); N <= 18; N++ {
			for n := int64(1); n < N; n++ {
				for k := int64(0); k <= n; k++ {
					want := N + 1
					for K := N; K > k && exactAtMost(N, K, n, k).Cmp(level) <= 0; K-- {
						want = K
					}
					Expect(verify.BadLimitAt(N, n, k, confidence)).To(Equal(want), "N=%d n=%d k=%d", N, n, k)
				}
			}
		}
	}, Entry(nil, int64(50)), Entry(nil, int64(80)), Entry(nil, int64(90)), Entry(nil, int64(99)))
})
