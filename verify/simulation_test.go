package verify_test

import (
	"math"
	"math/rand/v2"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

// What the sentence says is wrong for at most as many drives as its confidence allows,
// for each kind of draw, and also when the bad files are the large ones or the small.
var _ = DescribeTable("what a sample rules out", Label("slow"), func(kind string, size func(bad bool, dice *rand.Rand) int64, bad int) {
	const N, rounds = 240, 2500
	keys, sizes := keysOf(N), make([]int64, N)
	dice, wrong, confidence := rand.New(rand.NewPCG(3, 5)), 0, 0.95
	for round := range uint64(rounds) {
		isBad := map[string]bool{}
		for i, at := range dice.Perm(N) {
			isBad[keys[at]] = i < bad
			sizes[at] = size(i < bad, dice)
		}
		ledger := verify.Ledger{Seed: seedOf(round)}
		for range dice.IntN(9) { // a drive that was verified before
			ledger = ledger.Cover(ledger.Next(verified))
		}
		draw := kindsOfDraw(seedOf(round), N)[kind]
		if kind == "rolling" {
			draw.Rolling = rollingFrom(ledger)
		}
		drawn, _ := verify.DrawOf(draw, keys, sizes)
		seen := int64(0)
		for _, key := range drawn {
			if isBad[key] {
				seen++
			}
		}
		if int64(bad) >= verify.BadLimitAt(N, int64(len(drawn)), seen, confidence) {
			wrong++
		}
	}
	allowed := 1 - confidence
	Expect(float64(wrong) / rounds).To(BeNumerically("<=", allowed+4*math.Sqrt(allowed*confidence/rounds)))
	Expect(wrong).NotTo(BeZero(), "the bound is no sharper than it may be")
},
	Entry("a number", "count", even, 28), Entry("a number, more bad", "count", even, 80),
	Entry("a share", "share", even, 28), Entry("a share, more bad", "share", even, 80),
	Entry("an amount", "bytes", even, 28), Entry("an amount, more bad", "bytes", uneven, 80),
	Entry("an amount, large ones bad", "bytes", larger, 60), Entry("an amount, few large ones bad", "bytes", larger, 28),
	Entry("an amount, small ones bad", "bytes", smaller, 50), Entry("an amount, more small ones bad", "bytes", smaller, 80),
	Entry("a confidence", "confidence", even, 25), Entry("a confidence, more bad", "confidence", even, 80),
	Entry("a turn", "rolling", even, 28), Entry("a turn, more bad", "rolling", even, 80),
)

func even(bool, *rand.Rand) int64             { return 100 }
func uneven(_ bool, dice *rand.Rand) int64    { return dice.Int64N(200) }
func larger(bad bool, dice *rand.Rand) int64  { return pick(bad, 400, 20) + dice.Int64N(20) }
func smaller(bad bool, dice *rand.Rand) int64 { return pick(bad, 5, 150) + dice.Int64N(20) }

func pick(bad bool, of, or int64) int64 {
	if bad {
		return of
	}
	return or
}
