package verify_test

import (
	"bytes"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("a baseline", func() {
	It("takes in what a proof has read, so that the next one needs nobody", func() {
		l := newLoad()
		single(fox)(l)
		inParts(oddParts)(l) // "k", of which nobody knows the parts
		l.both("a", ten)
		put("lost", ten)(l)
		l.both("changed", ten)
		start := l.start()
		put("changed", "0123456780")(l)
		closed := l.end(start)

		var amended bytes.Buffer
		amender, err := verify.AmendBaseline(bytes.NewReader(closed), &amended)
		Expect(err).NotTo(HaveOccurred())
		r := l.request(population(closed))
		r.Runtime.Sink, r.Runtime.SHA256 = amender, true
		first := run(r)
		sum, err := amender.Close()
		Expect(err).NotTo(HaveOccurred())
		Expect(amender.Added()).To(BeEquivalentTo(2), "of two states nobody knows which it was")
		Expect(sum.Objects).To(BeEquivalentTo(4))

		r = l.request(population(amended.Bytes()))
		r.Source = nil
		again := run(r)
		Expect(again.Count(verify.Match)).To(Equal(first.Count(verify.Match)))
		Expect(again.Tallies).To(ContainElement(And(HaveField("Method", verify.BySHA256), HaveField("Witness", verify.WitnessBaseline), HaveField("Files", int64(2)))))
		rotten(5)(l)
		r = l.request(population(amended.Bytes()))
		r.Source = nil
		Expect(run(r).Findings).To(ContainElement(And(HaveField("Key", "k"), HaveField("Outcome", verify.Differ))))
	})

	It("is told what has become of its objects", func() {
		l := newLoad()
		for _, key := range []string{"same", "changed", "deleted"} {
			l.both(key, ten)
		}
		closed := l.end(l.start())
		put("changed", "new")(l)
		remove("deleted")(l)
		put("created", "new")(l)
		p, err := verify.AgainstBoth(population(closed), l.src)
		Expect(err).NotTo(HaveOccurred())
		r := l.request(p)
		var s sink
		r.Runtime.Sink = &s
		Expect(run(r).Verdict()).To(Equal(verify.Pass))
		Expect(s.got).To(HaveExactElements(
			HaveField("Reason", verify.ChangedSince), HaveField("Reason", verify.DeletedSince), HaveField("Reason", verify.Equal)))
	})
})
