package main

import (
	"fmt"
	"os"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/specs"
)

var _ = Describe("--sample", func() {
	DescribeTable("of a folder says in the sentence what was asked for", func(sample, want string, code int) {
		s := newStation(few)
		for i := range 12 {
			key := fmt.Sprintf("2026/img-%02d.jpg", i)
			s.write("copy/"+key, string(content(key, 400+i)))
		}
		out, got := s.sh("s3export verify --root copy --bucket " + demoBucket + " --s3-endpoint $ENDPOINT --region us-east-1 " +
			"--seed 0102030405060708090a0b0c0d0e0f10 --sample '" + sample + "'")
		Expect(out).To(ContainSubstring(want))
		Expect(got).To(Equal(code), out)
	},
		Entry(nil, "50%", "content of a sample of 50 % (4 of 12) compared, 0 bad", 0),
		Entry(nil, "2kB", "content of a sample of 2 kB (4 of 12) compared, 0 bad", 0),
		Entry(nil, "confidence=80%,maxBad=20%", "content of a sample for 80 % confidence in at most 20 % bad (5 of 12) compared, 0 bad: at most 20 % of files are bad, 80 % confidence", 0),
		Entry(nil, "100%", "content of all 12 compared, 0 bad", 0),
		Entry(nil, "rolling", "name a backup", 2),
		Entry("all at once", "confidence=9%,maxBad=x", `--sample: confidence "9%" is not a confidence; maxBad "x" is not a share of bad files`, 2),
		Entry(nil, "5 %", "such as 5%", 2),
	)

	It("takes the place of the spec's, and rolls only where no seed is given", func() {
		text, err := os.ReadFile("../../examples/minimal.yaml")
		Expect(err).NotTo(HaveOccurred())
		docs, err := specs.Decode("a.yaml", text, specs.Options{})
		Expect(err).NotTo(HaveOccurred())
		d := docs[0]
		Expect(resample(&d, "", "")).To(Succeed())
		Expect(d.Spec.Verify.Sample).To(Equal(specs.Sample("100")))
		Expect(resample(&d, "rolling", "")).To(Succeed())
		Expect(d.Spec.Verify.Sample).To(Equal(specs.Sample("rolling")))
		Expect(problemOf(resample(&d, "", "00")).Remedy).To(ContainSubstring("leave --seed out"))
		Expect(resample(&d, "5%", "00")).To(Succeed())
	})
})
