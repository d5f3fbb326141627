package verify_test

import (
	"math/big"
	"math/rand/v2"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// exactAtMost is the hypergeometric distribution in whole numbers.
func exactAtMost(N, K, n, k int64) *big.Rat {
	sum := new(big.Int)
	for x := int64(0); x <= k && x <= K && x <= n; x++ {
		if n-x > N-K {
			continue
		}
		sum.Add(sum, new(big.Int).Mul(new(big.Int).Binomial(K, x), new(big.Int).Binomial(N-K, n-x)))
	}
	return new(big.Rat).SetFrac(sum, new(big.Int).Binomial(N, n))
}

var _ = Describe("the bound of a sample", func() {
	It("is exact for every small population", func() {
		level := big.NewRat(5, 100)
		for N := int64(1); N <= 24; N++ {
			for n := int64(1); n <= N; n++ {
				for k := int64(0); k <= n; k++ {
					want := N + 1
					for K := N; K > k && exactAtMost(N, K, n, k).Cmp(level) <= 0; K-- {
						want = K
					}
					if n == N {
						want = k + 1
					}
					Expect(verify.BadLimit(N, n, k)).To(Equal(want), "N=%d n=%d k=%d", N, n, k)
				}
			}
		}
	})

	DescribeTable("known values", func(N, n, k int64, want string) {
		Expect(verify.Percent(verify.BadLimit(N, n, k), N)).To(Equal(want))
	},
		Entry("of the promise", int64(1_204_331), int64(100), int64(0), "3.0"),
		Entry("small population", int64(120), int64(100), int64(0), "1.7"),
		Entry("Clopper-Pearson, one bad", int64(1_000_000_000), int64(100), int64(1), "4.7"),
		Entry("Clopper-Pearson, five bad", int64(1_000_000_000), int64(100), int64(5), "10.3"),
		Entry("large sample", int64(1_000_000), int64(100_000), int64(0), "0.0029"),
	)

	It("holds in 95 of 100 draws where it is tightest", func() {
		const N, n, rounds = 500, 60, 4000
		limit := verify.BadLimit(N, n, 0)
		dice, none := rand.New(rand.NewPCG(1, 2)), 0
		for range rounds {
			good := true
			for _, at := range dice.Perm(N)[:n] {
				good = good && int64(at) >= limit // the first limit files are bad
			}
			if good {
				none++
			}
		}
		Expect(float64(none) / rounds).To(BeNumerically("~", 0.045, 0.012))
		Expect(verify.AtMost(N, limit, n, 0)).To(BeNumerically("<=", 0.05))
		Expect(verify.AtMost(N, limit-1, n, 0)).To(BeNumerically(">", 0.05))
	})

	DescribeTable("percentages are rounded up", func(part, whole int, want string) {
		Expect(verify.Percent(int64(part), int64(whole))).To(Equal(want))
	},
		Entry("", 3, 100, "3.0"), Entry("", 301, 10000, "3.1"), Entry("", 1, 1, "100.0"),
		Entry("", 1, 1000, "0.10"), Entry("", 2, 1000, "0.2"), Entry("", 1, 3, "33.4"),
		Entry("", 1, 3_000_000, "0.000034"), Entry("", 12, 100_000, "0.012"),
	)
})
