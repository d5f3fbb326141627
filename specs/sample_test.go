package specs_test

import (
	"encoding/json"
	"math/big"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

var _ = Describe("a sample", func() {
	DescribeTable("is read", func(text string, want specs.SampleSize) {
		Expect(specs.Sample(text).Parse()).To(Equal(want))
	},
		Entry(nil, "", specs.SampleSize{}),
		Entry(nil, "100", specs.SampleSize{Kind: specs.SampleCount, Count: 100}),
		Entry(nil, "1000000000", specs.SampleSize{Kind: specs.SampleCount, Count: 1e9}),
		Entry(nil, "all", specs.SampleSize{Kind: specs.SampleAll}),
		Entry(nil, "100%", specs.SampleSize{Kind: specs.SampleAll}),
		Entry(nil, "100.0%", specs.SampleSize{Kind: specs.SampleAll}),
		Entry(nil, "rolling", specs.SampleSize{Kind: specs.SampleRolling}),
		Entry(nil, "5%", specs.SampleSize{Kind: specs.SampleShare, Share: big.NewRat(5, 100)}),
		Entry("exactly", "0.1%", specs.SampleSize{Kind: specs.SampleShare, Share: big.NewRat(1, 1000)}),
		Entry(nil, "50GiB", specs.SampleSize{Kind: specs.SampleBytes, Bytes: 50 << 30}),
		Entry(nil, "1.5TB", specs.SampleSize{Kind: specs.SampleBytes, Bytes: 1.5e12}),
		Entry(nil, "confidence=99%,maxBad=0.1%", specs.SampleSize{Kind: specs.SampleProof, Confidence: big.NewRat(99, 100), MaxBad: big.NewRat(1, 1000)}),
		Entry(nil, "maxBad=0.1%,confidence=99.9%", specs.SampleSize{Kind: specs.SampleProof, Confidence: big.NewRat(999, 1000), MaxBad: big.NewRat(1, 1000)}),
	)

	DescribeTable("is refused with a remedy", func(text string, wants ...string) {
		_, err := specs.Sample(text).Parse()
		problems := specs.Problems(err)
		Expect(problems).To(HaveLen(max(1, len(wants))))
		for i, p := range problems {
			Expect(p.Remedy).To(ContainSubstring("write"))
			if len(wants) > 0 {
				Expect(p.Error()).To(ContainSubstring(wants[i]))
			}
		}
	},
		Entry(nil, "0"), Entry(nil, "-5"), Entry(nil, "007"), Entry(nil, "1e3"), Entry(nil, "1000000001"), Entry(nil, "99999999999999999999"),
		Entry(nil, "0%", "is not a share"), Entry(nil, "101%", "is not a share"), Entry(nil, "5 %", "is not a share"), Entry(nil, "-5%"), Entry(nil, "%"),
		Entry(nil, "50gib"), Entry(nil, "50G"), Entry(nil, "0GiB", "out of range"), Entry(nil, "B"), Entry(nil, "ALL"), Entry(nil, "All"), Entry(nil, "Rolling"),
		Entry(nil, "confidence=99%", "maxBad: missing"),
		Entry(nil, "maxBad=0.1%", "confidence: missing"),
		Entry("both at once", "confidence=9%,maxBad=0.1", "confidence: \"9%\" is not a confidence", "maxBad: \"0.1\" is not a share of bad files"),
		Entry(nil, "confidence=100%,maxBad=1%", "50% to 99.99%"), Entry(nil, "confidence=99%,maxBad=0.0001%", "0.001% to 50%"),
		Entry("twice", "confidence=99%,maxBad=1%,maxBad=2%", "is no sample"), Entry(nil, "confidence=99%,maxBad=1%,x=1", "is no sample"),
		Entry("space", "confidence=99%, maxBad=1%", "is no sample"),
	)

	DescribeTable("keeps its text", func(written, text string) {
		var s struct {
			Sample specs.Sample `json:"sample"`
		}
		Expect(json.Unmarshal([]byte(`{"sample": `+written+`}`), &s)).To(Succeed())
		Expect(s.Sample).To(Equal(specs.Sample(text)))
		again, err := json.Marshal(s)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(again)).To(Equal(`{"sample":"` + text + `"}`))
		var other specs.Sample
		Expect(json.Unmarshal(again[len(`{"sample":`):len(again)-1], &other)).To(Succeed())
		Expect(other).To(Equal(s.Sample))
	},
		Entry(nil, `100`, "100"), Entry(nil, `"5%"`, "5%"), Entry(nil, `"all"`, "all"),
		Entry(nil, `{"maxBad": "0.1%", "confidence": "99%"}`, "confidence=99%,maxBad=0.1%"),
		Entry("also what is wrong", `{"confidence": 99}`, "confidence=99,maxBad="),
	)

	It("has no other form in JSON", func() {
		for _, bad := range []string{`[]`, `true`, `{"confidence": "99%", "n": 1}`} {
			var s specs.Sample
			Expect(json.Unmarshal([]byte(bad), &s)).To(MatchError(ContainSubstring("reading a sample")), bad)
		}
	})

	It("of a member cannot smuggle in the other one", func() {
		var s specs.Sample
		Expect(json.Unmarshal([]byte(`{"confidence": "99%,maxBad=50%"}`), &s)).To(Succeed())
		_, err := s.Parse()
		Expect(err).To(HaveOccurred())
	})

	It("may stand in a spec in each form", func() {
		for written, text := range map[string]string{
			"5%": "5%", "'50GiB'": "50GiB", "rolling": "rolling", "7": "7", "confidence=95%,maxBad=1%": "confidence=95%,maxBad=1%",
			"{confidence: 99%, maxBad: 0.1%}": "confidence=99%,maxBad=0.1%",
		} {
			d := decodeOne(minimal() + "  verify: {sample: " + strings.ReplaceAll(written, "confidence=95%,maxBad=1%", `"confidence=95%,maxBad=1%"`) + "}\n")
			Expect(d.Spec.Verify.Sample).To(Equal(specs.Sample(text)))
		}
	})

	It("has one digest in both its forms", func() {
		a := decodeOne(minimal() + "  verify: {sample: {confidence: 99%, maxBad: 0.1%}}\n")
		b := decodeOne(minimal() + "  verify: {sample: \"confidence=99%,maxBad=0.1%\"}\n")
		Expect(a.Digest).To(Equal(b.Digest))
		Expect(a.Digest).NotTo(Equal(decodeOne(minimal()).Digest))
	})
})
