package verify

import (
	"math"
	"sort"
)

// Confidence is that of the bound in a report.
const Confidence = 0.95

// rounding is more than the error of atMost, so that a probability of exactly one
// minus the confidence counts as ruled out.
const rounding = 1e-9

// badLimit returns the smallest number of bad files in a population that a sample
// rules out: with fewer, having found at most bad among drawn is likelier than one
// minus the confidence. Drawing is without replacement, so the count is
// hypergeometric and the bound exact (one-sided Clopper-Pearson in the limit of a
// large population). It is population+1 when nothing is ruled out.
func badLimit(population, drawn, bad int64) int64 {
	if drawn >= population {
		return bad + 1
	}
	least := bad
	most := population - (drawn - bad) // what was seen good is good
	steps := int(most - least)
	ruledOut := sort.Search(steps, func(i int) bool {
		return atMost(population, least+1+int64(i), drawn, bad) <= 1-Confidence+rounding
	})
	return least + 1 + int64(ruledOut)
}

// atMost returns the probability that a draw without replacement of n out of N, of
// which K are bad, holds at most k bad.
func atMost(N, K, n, k int64) float64 {
	var sum float64
	for x := max(0, n-(N-K)); x <= min(k, K, n); x++ {
		sum += math.Exp(logChoose(K, x) + logChoose(N-K, n-x) - logChoose(N, n))
	}
	return sum
}

func logChoose(n, k int64) float64 {
	return logFactorial(n) - logFactorial(k) - logFactorial(n-k)
}

func logFactorial(n int64) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}
