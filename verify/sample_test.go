package verify_test

import (
	"context"
	"fmt"
	"math/big"
	"slices"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify"
)

func keysOf(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = fmt.Sprintf("dir%d/file%06d", i%7, i)
	}
	return keys
}

func percentOf(hundredths int64) *big.Rat { return big.NewRat(hundredths, 10_000) }

// rollingFrom takes the next arc of a ledger.
func rollingFrom(l verify.Ledger) *verify.Rolling {
	return &verify.Rolling{Ledger: l, Arc: l.Next(verified)}
}

// kindsOfDraw are draws of about a tenth of a population whose objects have 100 bytes.
func kindsOfDraw(seed verify.Seed, population int64) map[string]verify.Draw {
	return map[string]verify.Draw{
		"count":      {Seed: seed, Count: max(1, population/10)},
		"share":      {Seed: seed, Share: percentOf(1000)},
		"bytes":      {Seed: seed, Bytes: max(1, population*10)},
		"confidence": {Seed: seed, Confidence: percentOf(9500), MaxBad: percentOf(1000)},
		"rolling":    {Rolling: rollingFrom(verify.Ledger{Seed: seed})},
	}
}

// What holds for each kind: the draw depends on seed and population alone, and is never
// empty.
func TestDrawProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 60).Draw(t, "objects")
		seed := seedOf(rapid.Uint64().Draw(t, "seed"))
		keys, sizes := keysOf(n), rapid.SliceOfN(rapid.Int64Range(0, 300), n, n).Draw(t, "sizes")
		order := rapid.Permutation(keys).Draw(t, "order")
		mixed := make([]int64, n)
		for i, key := range order {
			mixed[i] = sizes[slices.Index(keys, key)]
		}
		for kind, draw := range kindsOfDraw(seed, int64(n)) {
			first, said := verify.DrawOf(draw, keys, sizes)
			if again, _ := verify.DrawOf(draw, order, mixed); !slices.Equal(first, again) {
				t.Fatalf("%s: %v, in another order %v", kind, first, again)
			}
			if len(first) == 0 {
				t.Fatalf("%s: nothing was drawn", kind)
			}
			var sum int64
			for _, key := range first {
				sum += sizes[slices.Index(keys, key)]
			}
			if kind == "bytes" && sum > draw.Bytes && len(first) > 1 {
				t.Fatalf("%d bytes of %d", sum, draw.Bytes)
			}
			if kind == "bytes" && len(first) < n {
				more, _ := verify.DrawOf(verify.Draw{Seed: seed, Count: int64(len(first) + 1)}, keys, sizes)
				for _, key := range more {
					if !slices.Contains(first, key) {
						sum += sizes[slices.Index(keys, key)]
					}
				}
				if sum <= draw.Bytes {
					t.Fatalf("one more would have fit: %d of %d", sum, draw.Bytes)
				}
			}
			if kind == "confidence" && said.Wanted != said.Drawn {
				t.Fatalf("%d wanted, %d drawn", said.Wanted, said.Drawn)
			}
		}
	})
}

var _ = Describe("a sample that is no number", func() {
	It("has about the size that was asked for", func() {
		keys, sizes := keysOf(20_000), slices.Repeat([]int64{100}, 20_000)
		for kind, draw := range kindsOfDraw(seedOf(5), 20_000) {
			drawn, _ := verify.DrawOf(draw, keys, sizes)
			switch kind {
			case "share", "rolling": // binomial: deviation 42
				Expect(len(drawn)).To(BeNumerically("~", 2000, 4*43), kind)
			case "confidence": // ln(0.05)/ln(0.9), rounded up
				Expect(drawn).To(HaveLen(29))
			default:
				Expect(drawn).To(HaveLen(2000), kind)
			}
		}
	})

	It("holds a smaller one", func() {
		keys := keysOf(3000)
		small, _ := verify.DrawOf(verify.Draw{Seed: seedOf(1), Share: percentOf(100)}, keys, nil)
		large, _ := verify.DrawOf(verify.Draw{Seed: seedOf(1), Share: percentOf(500)}, keys, nil)
		Expect(large).To(ContainElements(small))
		Expect(len(large)).To(BeNumerically(">", 3*len(small)))
	})

	DescribeTable("needs as many as rule out what was asked", func(population int64, confidence, maxBad int64, want int64) {
		d := verify.Draw{Confidence: percentOf(confidence), MaxBad: percentOf(maxBad)}
		n := verify.Needed(d, population)
		Expect(n).To(Equal(want))
		if population == 0 {
			return
		}
		c, _ := d.Confidence.Float64()
		allowed := population * maxBad / 10_000
		Expect(verify.BadLimitAt(population, n, 0, c)-1).To(BeNumerically("<=", allowed), "at most so many can be bad")
		if n > 1 {
			Expect(verify.BadLimitAt(population, n-1, 0, c)-1).To(BeNumerically(">", allowed), "fewer do not do")
		}
	},
		Entry("nothing", int64(0), int64(9900), int64(10), int64(0)),
		Entry("one", int64(1), int64(9900), int64(10), int64(1)),
		Entry("so few that one bad is too much", int64(500), int64(9900), int64(10), int64(495)),
		Entry("exactly so many", int64(1000), int64(9900), int64(10), int64(900)),
		Entry("a million", int64(1_204_331), int64(9900), int64(10), int64(4592)),
		Entry("a billion: ln(0.01)/ln(0.999)", int64(1_000_000_000), int64(9900), int64(10), int64(4603)),
		Entry("the most that can be asked", int64(1_000_000_000), int64(9999), int64(1), int64(92_094)),
	)

	It("never needs more than in a population without end", func() {
		limit := verify.Needed(verify.Draw{Confidence: percentOf(9900), MaxBad: percentOf(10)}, 1e12)
		for n := int64(1); n < 1e9; n = n*3/2 + 1 {
			Expect(verify.Needed(verify.Draw{Confidence: percentOf(9900), MaxBad: percentOf(10)}, n)).To(BeNumerically("<=", limit))
		}
	})

	DescribeTable("is refused", func(d verify.Draw) {
		err := verify.CheckDraw(d)
		var e *verify.Error
		Expect(err).To(BeAssignableToTypeOf(e))
	},
		Entry("none", verify.Draw{}), Entry("negative", verify.Draw{Count: -1}), Entry("negative", verify.Draw{Bytes: -1}),
		Entry("two kinds", verify.Draw{Count: 1, Bytes: 1}), Entry("nothing of all", verify.Draw{Share: new(big.Rat)}),
		Entry("all", verify.Draw{Share: big.NewRat(1, 1)}), Entry("half of it", verify.Draw{Confidence: percentOf(9900)}),
		Entry("the other half", verify.Draw{MaxBad: percentOf(10)}), Entry("certain", verify.Draw{Confidence: big.NewRat(1, 1), MaxBad: percentOf(10)}),
		Entry("none bad", verify.Draw{Confidence: percentOf(9900), MaxBad: new(big.Rat)}),
		Entry("most bad", verify.Draw{Confidence: percentOf(9900), MaxBad: percentOf(6000)}),
		Entry("too much", verify.Draw{Confidence: percentOf(9900), MaxBad: big.NewRat(1, 1e6)}),
	)

	DescribeTable("is written as it was asked for", func(d verify.Draw, want string) {
		Expect(verify.CheckDraw(d)).To(Succeed())
		Expect(verify.Amount(d)).To(Equal(want))
	},
		Entry(nil, verify.Draw{Share: percentOf(500)}, "5%"), Entry(nil, verify.Draw{Share: big.NewRat(1, 1000)}, "0.1%"),
		Entry(nil, verify.Draw{Bytes: 50 << 30}, "50GiB"), Entry(nil, verify.Draw{Bytes: 1.5e12}, "1.5TB"), Entry(nil, verify.Draw{Bytes: 1000190509056}, "931.5GiB"),
		Entry(nil, verify.Draw{Bytes: 2 << 40}, "2TiB"), Entry(nil, verify.Draw{Bytes: 4e3}, "4kB"), Entry(nil, verify.Draw{Bytes: 1234567}, "1234567B"), Entry(nil, verify.Draw{Bytes: 7}, "7B"),
		Entry(nil, verify.Draw{Confidence: percentOf(9999), MaxBad: big.NewRat(1, 100_000)}, "confidence=99.99%,maxBad=0.001%"),
		Entry(nil, verify.Draw{Rolling: &verify.Rolling{}}, "rolling"), Entry(nil, verify.Draw{All: true}, "all"), Entry(nil, verify.Draw{Count: 7}, "7"),
	)
})

var _ = Describe("a run with such a sample", func() {
	l := newLoad()
	for i := range 400 {
		l.both(fmt.Sprintf("d%d/%03d", i%5, i), fmt.Sprintf("content %03d", i))
	}
	report := func(d verify.Draw) verify.Report {
		GinkgoHelper()
		r := l.request(l.live())
		r.Draw = d
		got := run(r)
		text := encode(got)
		again, err := verify.DecodeReport(bytesOf(text))
		Expect(err).NotTo(HaveOccurred())
		Expect(again).To(Equal(got))
		return got
	}

	DescribeTable("says what was asked for", func(d verify.Draw, want string) {
		Expect(report(d).Sentence()).To(Equal("all 400 present with the right size; content of " + want))
	},
		Entry("share", verify.Draw{Seed: seedOf(1), Share: percentOf(1000)},
			"a sample of 10 % (44 of 400) compared, 0 bad: fewer than 6.3 % of files are bad, 95 % confidence"),
		Entry("amount", verify.Draw{Seed: seedOf(1), Bytes: 1024},
			"a sample of 1 KiB (93 of 400) compared, 0 bad: fewer than 3.0 % of files are bad, 95 % confidence"),
		Entry("confidence", verify.Draw{Seed: seedOf(1), Confidence: big.NewRat(999, 1000), MaxBad: percentOf(200)},
			"a sample for 99.9 % confidence in at most 2 % bad (213 of 400) compared, 0 bad: at most 2 % of files are bad, 99.9 % confidence"),
		Entry("turn", verify.Draw{Rolling: rollingFrom(verify.Ledger{Seed: seedOf(1)})},
			"a rolling sample (44 of 400) compared, 0 bad: fewer than 6.3 % of files are bad, 95 % confidence; rolling: 10 % covered since 2026-11-20"),
		Entry("all of it", verify.Draw{Seed: seedOf(1), Bytes: 1 << 20}, "all 400 compared, 0 bad"),
	)

	It("says the bound that it has come to where that is not what was asked for", func() {
		r := verify.Report{
			Totals: verify.Totals{Objects: 1_204_331, Sized: 1_204_331}, Tallies: []verify.Tally{{Outcome: verify.Match, Files: 4592}},
			Sample: verify.Sample{Asked: "confidence=99%,maxBad=0.1%", Confidence: 0.99, Wanted: 4592, Drawn: 4592},
		}
		Expect(r.Sentence()).To(HaveSuffix("0 bad: at most 0.1 % of files are bad, 99 % confidence"))
		r.Sample.Bad = 3 // with 95 % confidence these were fewer than 0.2 %
		Expect(r.Sentence()).To(HaveSuffix("3 bad: fewer than 0.3 % of files are bad, 99 % confidence"))
		Expect(asJSON(r)).To(And(ContainSubstring(`"confidence":0.99`), ContainSubstring(`"asked":"confidence=99%,maxBad=0.1%"`)))
	})

	It("goes around the drive in ten proofs, and compares each object", func() {
		ledger, seen := verify.Ledger{Seed: seedOf(4)}, map[string]int{}
		for i := range 10 {
			at := verified.AddDate(0, i, 0)
			got := report(verify.Draw{Rolling: &verify.Rolling{Ledger: ledger, Arc: ledger.Next(at)}, Seed: seedOf(uint64(i))})
			ledger = ledger.Cover(got.Sample.Rolling.Arc)
			Expect(got.Sample.Rolling.Share).To(BeNumerically("~", float64(i+1)/10, 1e-9))
			Expect(got.Sample.Rolling.Since).To(Equal(verified))
			for _, o := range got.Sample.Objects {
				seen[o.Path]++
			}
		}
		Expect(seen).To(HaveLen(400))
		Expect(ledger.String()).To(Equal("100 % covered since 2026-11-20"))
		next := report(verify.Draw{Rolling: &verify.Rolling{Ledger: ledger, Arc: ledger.Next(verified.AddDate(1, 0, 0))}})
		Expect(next.Sentence()).To(HaveSuffix("; rolling: 100 % covered since 2026-12-20"))
	})

	It("counts a drawn object that is missing or rotten", func() {
		d := verify.Draw{Seed: seedOf(1), Share: percentOf(1000)}
		before := report(d)
		lost := before.Sample.Objects[3].Path
		kept := l.tree.Files[lost]
		delete(l.tree.Files, lost)
		defer func() { l.tree.Files[lost] = kept }()
		after := report(d)
		Expect(after.Sample.Drawn).To(Equal(before.Sample.Drawn))
		Expect(after.Sample.Bad).To(Equal(int64(1)))
		Expect(after.Verdict()).To(Equal(verify.Fail))
		Expect(after.Sentence()).To(ContainSubstring("content of 43 of a sample of 10 % (44 of 400) compared, 1 bad"))
	})

	It("keeps no more than it needs", func() {
		draws := map[string]verify.Draw{
			"bytes":      {Seed: seedOf(1), Bytes: 1 << 10},
			"confidence": {Seed: seedOf(1), Confidence: percentOf(9500), MaxBad: percentOf(300)},
		}
		for kind, d := range draws {
			c := &crowd{n: 100_000}
			r := c.request(d)
			got, err := verify.Run(context.Background(), r)
			Expect(err).NotTo(HaveOccurred(), kind)
			Expect(got.Sample.Drawn).To(BeNumerically("<", 2000), kind)
		}
	})
})
