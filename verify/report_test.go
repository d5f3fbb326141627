package verify_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
)

type sink struct {
	got []verify.Finding
	err error
}

func (s *sink) Finding(f verify.Finding) error { s.got = append(s.got, f); return s.err }

func encode(r verify.Report) []byte {
	GinkgoHelper()
	var out bytes.Buffer
	Expect(r.Encode(&out)).To(Succeed())
	return out.Bytes()
}

// aReport has a bit of everything.
func aReport() verify.Report {
	l := newLoad()
	for i := range 20 {
		l.both(fmt.Sprintf("good/%02d", i), fmt.Sprint("content ", i))
	}
	both(put("rotten", ten), file("photos/rotten", "0123456780"), put("short", ten), file("photos/short", "0"),
		put("lost", ten), put("a//b", ten), put("marker/", ""), file("photos/extra\xff", "x"),
		putParts("many", ten, []int{4, 4, 2}), file("photos/many", ten),
		put("torn", ten), file("photos/torn", ten), badBytes("photos/torn", 4))(l)
	r := l.request(population(l.end(l.start())))
	r.About.Attempt = 2
	r.About.Earlier = []verify.Attempt{{Number: 1, Seed: seedOf(7), Started: verified.Add(-time.Hour), Verdict: verify.Incomplete}}
	r.Draw = verify.Draw{Count: 25, Seed: seedOf(8), Reproduction: true}
	return run(r)
}

var _ = Describe("a report", func() {
	It("is a documented file that can be read back", func() {
		report := aReport()
		text := encode(report)
		golden("report.golden", text)
		again, err := verify.DecodeReport(bytes.NewReader(text))
		Expect(err).NotTo(HaveOccurred())
		Expect(again).To(Equal(report))
		Expect(encode(again)).To(Equal(text))
	})

	It("is the same each time", func() {
		Expect(encode(aReport())).To(Equal(encode(aReport())))
	})

	DescribeTable("is refused when it was changed", func(from, to string) {
		text := string(encode(aReport()))
		Expect(strings.Count(text, from)).NotTo(BeZero())
		_, err := verify.DecodeReport(strings.NewReader(strings.Replace(text, from, to, 1)))
		var e *verify.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Remedy).NotTo(BeEmpty())
	},
		Entry("verdict", `"verdict": "fail"`, `"verdict": "pass"`),
		Entry("count", `"differ": 2`, `"differ": 0`),
		Entry("tally", `"files": 1`, `"files": 0`),
		Entry("sentence", "of 26 present", "of 24 present"),
		Entry("format", "s3export-report/v1", "s3export-report/v2"),
		Entry("a finding's outcome", `"outcome": "differ",
      "reason": "SizeDiffers"`, `"outcome": "extra",
      "reason": "SizeDiffers"`),
		Entry("findings left out", `"findings": [`, `"omitted": 3, "findings": [`),
		Entry("cut", "\n  }\n}", ""),
	)

	It("has a remedy for each reason of each outcome but match", func() {
		for _, o := range verify.Outcomes() {
			Expect(verify.Reasons(o)).NotTo(BeEmpty())
			for _, r := range verify.Reasons(o) {
				if o == verify.Match {
					Expect(verify.Remedy(o, r)).To(BeEmpty())
				} else {
					Expect(verify.Remedy(o, r)).NotTo(BeEmpty(), "%s/%s", o, r)
				}
			}
		}
	})

	It("never passes what is empty or unread", func() {
		Expect((verify.Report{}).Verdict()).To(Equal(verify.Incomplete))
		l := newLoad()
		report := run(l.request(l.live()))
		Expect(report.Verdict()).To(Equal(verify.Incomplete))
		Expect(report.Sentence()).To(Equal("nothing was verified: no object is in the population"))
		l.tree.Files["photos/x"] = []byte("x")
		Expect(run(l.request(population(l.end(l.start())))).Verdict()).To(Equal(verify.Incomplete))
	})

	DescribeTable("says it in a sentence", func(r verify.Report, want string) {
		Expect(r.Sentence()).To(Equal(want))
	},
		Entry("the promise", verify.Report{
			Totals: verify.Totals{Objects: 1_204_331, Sized: 1_204_331}, Sample: verify.Sample{Wanted: 100, Drawn: 100},
			Tallies: []verify.Tally{{Outcome: verify.Match, Files: 100}},
		}, "all 1,204,331 present with the right size; content of 100 compared, 0 bad: fewer than 3.0 % of files are bad, 95 % confidence"),
		Entry("all", verify.Report{
			Totals: verify.Totals{Objects: 300, Sized: 300}, Sample: verify.Sample{All: true},
			Tallies: []verify.Tally{{Outcome: verify.Match, Files: 298}, {Outcome: verify.Differ, Reason: verify.ContentDiffers, Files: 2}},
		}, "all 300 present with the right size; content of all 300 compared, 2 bad; 2 differ"),
		Entry("a sample of everything", verify.Report{
			Totals: verify.Totals{Objects: 30, Sized: 30}, Sample: verify.Sample{Wanted: 100, Drawn: 30},
			Tallies: []verify.Tally{{Outcome: verify.Match, Files: 30}},
		}, "all 30 present with the right size; content of all 30 compared, 0 bad"),
		Entry("all, some undecided", verify.Report{
			Totals: verify.Totals{Objects: 300, Sized: 300}, Sample: verify.Sample{All: true},
			Tallies: []verify.Tally{{Outcome: verify.Match, Files: 297}, {Outcome: verify.Unverifiable, Files: 3}},
		}, "all 300 present with the right size; content of 297 of 300 compared, 0 bad; 3 unverifiable"),
		Entry("a sample, some undecided", verify.Report{
			Totals: verify.Totals{Objects: 3000, Sized: 3000}, Sample: verify.Sample{Wanted: 100, Drawn: 100, Undecided: 2},
			Tallies: []verify.Tally{{Outcome: verify.Match, Files: 98}, {Outcome: verify.Unverifiable, Files: 2}},
		}, "all 3,000 present with the right size; content of 98 of a sample of 100 compared, 0 bad: fewer than 6.1 % of files are bad or undecided, 95 % confidence; 2 unverifiable"),
		Entry("a sample that rules nothing out", verify.Report{
			Totals: verify.Totals{Objects: 3000, Sized: 2999}, Sample: verify.Sample{Wanted: 1, Drawn: 1, Bad: 1},
			Tallies: []verify.Tally{{Outcome: verify.Differ, Reason: verify.SizeDiffers, Files: 1}},
		}, "2,999 of 3,000 present with the right size; content of 0 of a sample of 1 compared, 1 bad; 1 differ"),
	)

	It("sends every result to the sink, also those beyond what it keeps", func() {
		l := newLoad()
		l.both("k", ten)
		for i := range 100_050 {
			l.tree.Links[fmt.Sprintf("photos/x%06d", i)] = true
		}
		r := l.request(population(l.end(l.start())))
		var s sink
		r.Runtime.Sink = &s
		report := run(r)
		Expect(report.Findings).To(HaveLen(100_000))
		Expect(report.Omitted).To(Equal(int64(50)))
		Expect(report.Count(verify.Extra)).To(Equal(int64(100_050)))
		Expect(s.got).To(HaveLen(100_051), "with the match")
		_, err := verify.DecodeReport(bytes.NewReader(encode(report)))
		Expect(err).NotTo(HaveOccurred())
	})

	It("ends when the sink refuses", func() {
		l := newLoad()
		for i := range 2000 {
			put(fmt.Sprint(i), ten)(l)
		}
		r := l.request(l.live())
		boom := errors.New("no space left")
		r.Runtime.Sink = &sink{err: boom}
		_, err := verify.Run(context.Background(), r)
		Expect(err).To(MatchError(boom))
	})

	It("keeps raw names in a finding", func() {
		text, err := json.Marshal(verify.Finding{Path: "a\xff", Key: "\xfe", Outcome: verify.Extra, Reason: verify.Unknown})
		Expect(err).NotTo(HaveOccurred())
		var f verify.Finding
		Expect(json.Unmarshal(text, &f)).To(Succeed())
		Expect(f.Path).To(Equal("a\xff"))
		Expect(f.Key).To(Equal("\xfe"))
	})

	It("reads a seed as it writes it", func() {
		var s verify.Seed
		Expect(s.UnmarshalText([]byte(seedOf(77).String()))).To(Succeed())
		Expect(s).To(Equal(seedOf(77)))
		Expect(s.UnmarshalText([]byte("12"))).To(MatchError(ContainSubstring("32 hex digits")))
		Expect(s.UnmarshalText([]byte(strings.Repeat("x", 32)))).NotTo(Succeed())
	})
})
