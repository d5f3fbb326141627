package verify_test

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

func seedOf(n uint64) (s verify.Seed) {
	binary.BigEndian.PutUint64(s[:], n)
	return s
}

var _ = Describe("a draw", func() {
	keys := make([]string, 200)
	for i := range keys {
		keys[i] = fmt.Sprintf("dir%d/file%d", i%7, i)
	}

	It("is the same for the same seed, in whatever order objects come", func() {
		first := verify.Ranks(seedOf(1), 20, keys)
		Expect(first).To(HaveLen(20))
		mixed := slices.Clone(keys)
		rand.New(rand.NewPCG(1, 1)).Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		Expect(verify.Ranks(seedOf(1), 20, mixed)).To(Equal(first))
		Expect(verify.Ranks(seedOf(2), 20, keys)).NotTo(Equal(first))
	})

	It("grows by adding, so that a larger sample holds a smaller one", func() {
		small, large := verify.Ranks(seedOf(1), 20, keys), verify.Ranks(seedOf(1), 50, keys)
		Expect(large).To(ContainElements(small))
		Expect(verify.Ranks(seedOf(1), 1000, keys)).To(HaveLen(200))
	})

	It("is uniform", func() {
		const rounds, k = 3000, 20
		hits := map[string]int{}
		for i := range uint64(rounds) {
			for _, key := range verify.Ranks(seedOf(i), k, keys) {
				hits[key]++
			}
		}
		// Each key is hit with p = k/n; the counts of a fixed-size draw are slightly
		// dependent, which the factor (n-1)/n of the variance corrects.
		n := float64(len(keys))
		p := k / n
		var chi float64
		for _, key := range keys {
			d := float64(hits[key]) - rounds*p
			chi += d * d / (rounds * p * (1 - p))
		}
		chi *= (n - 1) / n
		// 199 degrees of freedom: mean 199, standard deviation 20.
		Expect(math.Abs(chi-199)).To(BeNumerically("<", 4*20), "chi-square %v", chi)
	})

	It("does not depend on the drive, and compares what it names", func() {
		l := newLoad()
		for i := range 300 {
			l.both(fmt.Sprintf("d%d/%d", i%5, i), fmt.Sprint("content ", i))
		}
		r := l.request(l.live())
		r.Draw = verify.Draw{Count: 30, Seed: seedOf(9)}
		whole := run(r)
		Expect(whole.Sample.Drawn).To(Equal(int64(30)))
		Expect(whole.Compared()).To(Equal(int64(30)))
		Expect(whole.Verdict()).To(Equal(verify.Pass))
		lost := whole.Sample.Objects[7].Path
		delete(l.tree.Files, lost)
		rotten := whole.Sample.Objects[8].Path
		l.tree.Files[rotten] = []byte("rotten" + string(l.tree.Files[rotten][6:]))
		r.Population = l.live()
		again := run(r)
		Expect(again.Verdict()).To(Equal(verify.Fail))
		for i, o := range again.Sample.Objects {
			Expect(o.Path).To(Equal(whole.Sample.Objects[i].Path))
		}
		Expect(again.Sample.Bad).To(Equal(int64(2)))
		Expect(again.Findings).To(HaveLen(2))
		Expect(again.Sentence()).To(Equal("299 of 300 present with the right size; content of 29 of a sample of 30 compared, " +
			"2 bad: fewer than 19.0 % of files are bad, 95 % confidence; 1 differ, 1 missingOnDevice"))
	})

	It("does not see what it has not drawn, but always sees size and presence", func() {
		l := newLoad()
		for i := range 300 {
			l.both(fmt.Sprintf("%d", i), "content")
		}
		r := l.request(l.live())
		r.Draw = verify.Draw{Count: 10, Seed: seedOf(3)}
		drawn := map[string]bool{}
		for _, o := range run(r).Sample.Objects {
			drawn[o.Path] = true
		}
		var others []string
		for p := range l.tree.Files {
			if !drawn[p] {
				others = append(others, p)
			}
		}
		slices.Sort(others)
		delete(l.tree.Files, others[0])
		l.tree.Files[others[1]] = []byte("longer content")
		l.tree.Files[others[2]] = []byte("CONTENT")
		r.Population = l.live()
		report := run(r)
		Expect(report.Findings).To(HaveLen(2))
		Expect(report.Findings[0].Path).To(Equal(others[0]))
		Expect(report.Findings[1].Reason).To(Equal(verify.SizeDiffers))
	})
})
