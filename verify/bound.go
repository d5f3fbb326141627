package verify

import (
	"math"
	"math/big"
	"sort"
)

// Confidence is that of the bound in a report, where none is asked for.
const Confidence = 0.95

// rounding is more than the relative error of atMost, so that a probability of exactly
// one minus the confidence counts as ruled out.
const rounding = 1e-9

// badLimit returns the smallest number of bad files in a population that a sample
// rules out: with fewer, having found at most bad among drawn is likelier than one
// minus the confidence. Drawing is without replacement, so the count is
// hypergeometric and the bound exact (one-sided Clopper-Pearson in the limit of a
// large population). It is population+1 when nothing is ruled out.
//
// It holds for each kind of draw. Given how many a share, an arc or a count has drawn,
// each set of that many is as likely. An amount of bytes ends where it does because of
// sizes, but: given the order of the good files among themselves and of the bad ones
// among themselves, the numbers of good and bad ones with which it goes on are closed
// downwards, so that it ends with as many good and as few bad ones as (g, b), or beyond,
// exactly if among the first g+b are at most b bad ones.
func badLimit(population, drawn, bad int64, confidence float64) int64 {
	if drawn >= population {
		return bad + 1
	}
	least := bad
	most := population - (drawn - bad) // what was seen good is good
	steps := int(most - least)
	ruledOut := sort.Search(steps, func(i int) bool {
		return isRuledOut(atMost(population, least+1+int64(i), drawn, bad), confidence)
	})
	return least + 1 + int64(ruledOut)
}

func isRuledOut(p, confidence float64) bool { return p <= (1-confidence)*(1+rounding) }

// needed returns how many objects are to be drawn of a population for Confidence and
// MaxBad: the least number that, all good, rules out that more than MaxBad of the
// population are bad. It grows with the population, and is at most d.most.
func (d Draw) needed(population int64) int64 {
	if population == 0 {
		return 0
	}
	few := new(big.Int).Mul(d.MaxBad.Num(), big.NewInt(population))
	many := few.Quo(few, d.MaxBad.Denom()).Int64() + 1
	confidence, _ := d.Confidence.Float64()
	return 1 + int64(sort.Search(int(population-1), func(i int) bool {
		return isRuledOut(atMost(population, many, 1+int64(i), 0), confidence)
	}))
}

// rounded is a share of 1 in percent, without what floating point adds to it.
func rounded(share float64) float64 {
	const decimals = 1e9
	return math.Round(100*share*decimals) / decimals
}
