package verify_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"iter"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/digest"
)

// copied are the lines of a baseline as copying leaves them.
func copied(l *load) []verify.Expected {
	GinkgoHelper()
	var all []verify.Expected
	for e, err := range l.live().Objects(context.Background()) {
		Expect(err).NotTo(HaveOccurred())
		e.Seen = verify.AtBoth
		if e.Kind == verify.KindFile {
			sum := sha256.Sum256(l.tree.Files[e.Path])
			e.Known = &verify.Known{Algorithm: digest.SHA256, Sum: sum[:], Witness: verify.WitnessCopied}
			e.Attributes = &verify.Attributes{PartSize: 8 << 20, ContentType: "image/jpeg", Metadata: map[string]string{"camera": "x100"}}
		}
		all = append(all, e)
	}
	return all
}

func lines(all []verify.Expected, end error) iter.Seq2[verify.Expected, error] {
	return func(yield func(verify.Expected, error) bool) {
		for _, e := range all {
			if !yield(e, nil) {
				return
			}
		}
		if end != nil {
			yield(verify.Expected{}, end)
		}
	}
}

func objects(p verify.Population) []verify.Expected {
	GinkgoHelper()
	var all []verify.Expected
	for e, err := range p.Objects(context.Background()) {
		Expect(err).NotTo(HaveOccurred())
		all = append(all, e)
	}
	return all
}

var _ = Describe("a baseline of our own copying", func() {
	ctx := context.Background()

	It("keeps what is known of each object, and proves the drive without a source", func() {
		l := encodedLoad(verify.Range{})
		want := copied(l)
		var out bytes.Buffer
		sum, err := verify.WriteBaseline(ctx, &out, l.ranges, lines(want, nil))
		Expect(err).NotTo(HaveOccurred())
		Expect(sum.Objects).To(BeEquivalentTo(len(hostile)))
		Expect(sum.Digest).To(HaveLen(64))
		p := population(out.Bytes())
		Expect(p.Known).To(Equal(verify.ClosedBaseline))
		Expect(p.Ranges).To(Equal(l.ranges))
		Expect(objects(p)).To(Equal(want))

		r := l.request(population(out.Bytes()))
		r.Source = nil
		report := run(r)
		Expect(report.Findings).To(BeEmpty())
		Expect(report.Tallies).To(HaveExactElements(And(
			HaveField("Method", verify.BySHA256), HaveField("Witness", verify.WitnessCopied), HaveField("Files", int64(len(hostile)-2)))))
	})

	It("keeps its own word when a later proof has read the same", func() {
		l := encodedLoad(verify.Range{})
		want := copied(l)
		want[0].Known = nil
		var out, amended bytes.Buffer
		_, err := verify.WriteBaseline(ctx, &out, l.ranges, lines(want, nil))
		Expect(err).NotTo(HaveOccurred())
		amender, err := verify.AmendBaseline(bytes.NewReader(out.Bytes()), &amended)
		Expect(err).NotTo(HaveOccurred())
		r := l.request(population(out.Bytes()))
		r.Runtime.Sink, r.Runtime.SHA256 = amender, true
		run(r)
		_, err = amender.Close()
		Expect(err).NotTo(HaveOccurred())
		got := objects(population(amended.Bytes()))
		Expect(got[0].Known.Witness).To(Equal(verify.WitnessBaseline))
		Expect(got[0].Attributes).To(Equal(want[0].Attributes))
		Expect(got[1:]).To(Equal(want[1:]))
	})

	DescribeTable("is refused", func(spoil func(all []verify.Expected) []verify.Expected, problem string) {
		l := encodedLoad(verify.Range{})
		_, err := verify.WriteBaseline(ctx, &bytes.Buffer{}, l.ranges, lines(spoil(copied(l)), nil))
		Expect(err).To(MatchError(ContainSubstring(problem)))
		Expect(err).To(HaveField("Remedy", Not(BeEmpty())))
	},
		Entry("out of order", func(all []verify.Expected) []verify.Expected { all[0], all[1] = all[1], all[0]; return all }, "line 3: "),
		Entry("with a line that comes twice", func(all []verify.Expected) []verify.Expected { return append(all[:1], all...) }, "the order is lost"),
		Entry("when it was seen at no time", func(all []verify.Expected) []verify.Expected { all[2].Seen = ""; return all }, `seen ""`),
		Entry("with a kind that is none", func(all []verify.Expected) []verify.Expected { all[2].Kind = verify.KindUnnameable; return all }, "kind"),
		Entry("with a path that leads out", func(all []verify.Expected) []verify.Expected { all[0].Path = "top/../x"; return all }, "cannot be a path"),
	)

	It("ends with the lines, or with whoever waits", func() {
		l := encodedLoad(verify.Range{})
		boom := errors.New("pulled")
		_, err := verify.WriteBaseline(ctx, &bytes.Buffer{}, l.ranges, lines(copied(l), boom))
		Expect(err).To(MatchError(boom))
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err = verify.WriteBaseline(ended, &bytes.Buffer{}, l.ranges, lines(copied(l), nil))
		Expect(err).To(MatchError(context.Canceled))
		_, err = verify.WriteBaseline(ctx, &bytes.Buffer{}, nil, lines(nil, nil))
		Expect(err).To(HaveField("Remedy", Not(BeEmpty())))
	})
})
