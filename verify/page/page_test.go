package page_test

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/page"
)

// text returns what a browser shows: all that is between the tags of the body. It fails
// where the markup is not well-formed.
func text(html string) string {
	GinkgoHelper()
	d := xml.NewDecoder(strings.NewReader(html))
	var out strings.Builder
	body := false
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out.String()
		}
		Expect(err).NotTo(HaveOccurred())
		switch t := token.(type) {
		case xml.StartElement:
			body = body || t.Name.Local == "body"
		case xml.EndElement:
			if body && (t.Name.Local == "dt" || t.Name.Local == "dd" || t.Name.Local == "div") {
				out.WriteByte(' ')
			}
		case xml.CharData:
			if body {
				out.Write(t)
			}
		}
	}
}

func reports() map[string]verify.Report {
	return map[string]verify.Report{
		"passed": passedReport(), "failed": failedReport(), "incomplete": incompleteReport(), "stopped": stoppedReport(),
		"empty": {}, "hostile": hostileReport(), "full": fullReport(),
	}
}

// fullReport has all the findings that a report keeps, and more.
func fullReport() verify.Report {
	r := passedReport()
	for i := range 100_000 {
		r.Findings = append(r.Findings, verify.Finding{Path: fmt.Sprint(i), Outcome: verify.Extra, Reason: verify.Unknown})
	}
	r.Tallies = append(r.Tallies, verify.Tally{Outcome: verify.Extra, Reason: verify.Unknown, Files: 123_456})
	r.Omitted = 23_456
	return r
}

// hostileReport is as large, and its names as bad, as a report can be.
func hostileReport() verify.Report {
	r := failedReport()
	evil := strings.Repeat("<script>&'\"\u202e\x00\x1b[2J\xff\n+", 12)
	r.Subject = verify.Subject{Tool: evil, Host: evil, User: evil, Backup: evil, Run: evil, Job: evil, Device: evil, FileSystem: evil, SpecDigest: evil, BaselineDigest: evil, LogDigest: evil}
	r.Against, r.Before = verify.Knowledge(evil), &verify.Link{Name: evil, SHA256: evil}
	r.Tallies, r.Findings = nil, nil
	for _, o := range append(verify.Outcomes(), verify.Outcome(evil)) {
		for _, reason := range append(verify.Reasons(o), verify.Reason(evil)) {
			r.Tallies = append(r.Tallies, verify.Tally{Outcome: o, Reason: reason, Method: verify.Method(evil), Class: verify.Class(evil), Witness: verify.Witness(evil), Files: 1 << 40, Bytes: 1 << 60})
			for i := range 60 {
				r.Findings = append(r.Findings, verify.Finding{Path: fmt.Sprint(evil, i), Bucket: evil, Key: evil, Outcome: o, Reason: reason, Detail: evil, Size: 1 << 60,
					Ranges: make([]verify.ByteRange, 100), Evidence: verify.Evidence{Method: verify.BySize, Want: evil, Have: evil}})
			}
		}
	}
	for range 1000 {
		r.Ranges = append(r.Ranges, verify.Range{Bucket: evil, Prefix: evil, After: evil, Through: evil, Directory: evil})
		r.Accepted = append(r.Accepted, verify.Acceptance{Outcome: verify.Outcome(evil), Keys: evil, Reason: evil})
		r.Earlier = append(r.Earlier, verify.Attempt{Number: 1, Verdict: verify.Verdict(evil)})
		r.Speed.Points = append(r.Speed.Points, verify.SpeedPoint{Bytes: 1})
		r.Drive.Slices = append(r.Drive.Slices, verify.Slice{Files: 1, Errors: 1, Differ: 1})
	}
	return r
}

var _ = Describe("the page", func() {
	It("is golden", func() {
		golden("passed.html", write(passedReport()))
		golden("failed.html", write(failedReport()))
		golden("incomplete.html", write(incompleteReport()))
		golden("stopped.html", write(stoppedReport()))
	})

	It("is well-formed, self-contained and of bounded size, whatever is in the report", func() {
		for name, r := range reports() {
			By(name)
			html := write(r)
			Expect(len(html)).To(BeNumerically("<", 2_000_000))
			Expect(text(html)).NotTo(BeEmpty())
			Expect(html).To(ContainSubstring("default-src 'none'"))
			Expect(strings.Count(html, "<rect")).To(BeNumerically("<=", 512+256))
			lower := strings.ToLower(html)
			for _, load := range []string{"<script", "src=", "href", "url(", "@import", "http:", "https:", "style=", "onload", "<link", "<iframe"} {
				Expect(lower).NotTo(ContainSubstring(load))
			}
			for _, r := range html {
				Expect(r == '\n' || r >= ' ' && (r < 0x202a || r > 0x202e) && r != '\uFFFD').To(BeTrue(), "%U", r)
			}
		}
	})

	It("is the same each time", func() {
		for _, r := range []verify.Report{passedReport(), failedReport(), incompleteReport()} {
			Expect(write(r)).To(Equal(write(r)))
		}
	})

	It("shows the names of files as they are, and strange ones quoted", func() {
		said := text(write(incompleteReport()))
		for _, name := range []string{`"a\nb"`, `"evil\u202egpj.exe"`, `"no\xffutf8"`, `"<script>alert(1)</script>&amp;"`, `"photos/new-1"`} {
			Expect(said).To(ContainSubstring(name))
		}
	})

	It("shows fifty files of a group, and counts all", func() {
		said := text(write(incompleteReport()))
		Expect(said).To(ContainSubstring("? Could not be compared: 97 files"))
		Expect(strings.Count(said, "photos/2026/kms/")).To(Equal(50))
		Expect(said).To(ContainSubstring("and 47 more, in the report and its lists."))
		Expect(said).To(ContainSubstring("Could not be compared: 20 files (accepted)"))
	})

	It("says where it hurts", func() {
		said := text(write(failedReport()))
		for _, what := range []string{
			"differs in bytes 8,388,608–16,777,215 (8.39 MB), 41,943,040–50,331,647 (8.39 MB)",
			"not readable: bytes 1,048,576–1,052,671 (4.10 kB); input/output error", "77 bytes in place of 1404",
			"What to do: do not trust this file", "2 files not readable and 3 files different, each marked where it begins.", "489.6 GB",
			"2026-11-18-1.json, SHA-256 c0ffee00", "? interrupted", "2026-11-20 09:00:00 UTC+00:00",
		} {
			Expect(said).To(ContainSubstring(what))
		}
	})

	It("shows a text with quotes as it is", func() {
		r := passedReport()
		r.Subject.Device = `serial "WD-1" \ <b>`
		said := text(write(r))
		Expect(said).To(ContainSubstring(`serial "WD-1" \ <b>`))
		Expect(said).To(ContainSubstring(`s3://scans/ after "a" through "m"`))
	})

	It("leaves out what there is nothing of", func() {
		said := text(write(passedReport()))
		for _, what := range []string{"Map of the drive", "Earlier attempts", "Accepted by a person", "Newer than the load"} {
			Expect(said).NotTo(ContainSubstring(what))
		}
		Expect(text(write(verify.Report{}))).To(ContainSubstring("No content was compared with anything."))
	})

	It("has words for all that the report can say", func() {
		r := verify.Report{Totals: verify.Totals{Objects: 1}}
		for _, o := range verify.Outcomes() {
			for _, reason := range verify.Reasons(o) {
				r.Tallies = append(r.Tallies, verify.Tally{Outcome: o, Reason: reason, Files: 1})
			}
		}
		said := text(write(r))
		Expect(strings.Count(said, "What to do:")).To(Equal(len(r.Tallies)-len(verify.Reasons(verify.Match))), "a remedy for each group")
		plain := regexp.MustCompile(`\b(match|differ|missingOnDevice|changedAfterExport|missingOnSource|unverifiable|error|extra)/[A-Za-z]+`).ReplaceAllString(said, "")
		plain = strings.Replace(plain, r.Sentence(), "", 1)
		Expect(regexp.MustCompile(`\b[a-z]+[A-Z][a-z]+\w*`).FindAllString(plain, -1)).To(BeEmpty(), "a name of the program is no word")
		for _, o := range verify.Outcomes() {
			for _, reason := range verify.Reasons(o) {
				Expect(plain).NotTo(MatchRegexp(`\b` + string(reason) + `\b`))
			}
		}
	})
})

var _ = DescribeTable("the verdict in words", func(change func(*verify.Report), class string, words ...string) {
	r := passedReport()
	change(&r)
	html := write(r)
	Expect(html).To(ContainSubstring(`<section class="verdict ` + class + `">`))
	if class != "good" {
		Expect(strings.Count(html, "✓")).To(BeZero())
	}
	said := strings.Join(strings.Fields(text(html)), " ")
	for _, w := range words {
		Expect(said).To(ContainSubstring(w))
	}
},
	Entry("passed by a sample", func(*verify.Report) {}, "good", "✓ Passed Every object is on the drive with the right size. The content of 100 objects, drawn at random, was compared and is the same.",
		"Of the 100 drawn, 0 are bad and 0 are undecided. With 95 % confidence fewer than 35,543 of all 1,204,331 files are bad"),
	Entry("passed in full", func(r *verify.Report) { r.Totals.Objects, r.Sample = 100, verify.Sample{All: true} }, "good",
		"✓ Passed The drive holds what S3 holds: the content of every object was compared and is the same."),
	Entry("passed but for what was accepted", func(r *verify.Report) {
		r.Tallies = append(r.Tallies, verify.Tally{Outcome: verify.MissingOnDevice, Reason: verify.Archived, Accepted: true, Files: 2})
		r.Accepted = []verify.Acceptance{{Outcome: verify.MissingOnDevice, Keys: "s3://photos/**", Reason: "in the vault", Until: begun, Findings: 2}}
	}, "good", "✓ Passed Apart from 2 findings that a person has accepted (see below)", "Accepted by a person", "in the vault"),
	Entry("failed", func(r *verify.Report) {
		r.Tallies = append(r.Tallies, verify.Tally{Outcome: verify.MissingOnDevice, Reason: verify.NotThere, Files: 2}, verify.Tally{Outcome: verify.Unverifiable, Reason: verify.NoChecksum, Files: 1})
	}, "bad", "✗ Failed The drive does not hold what S3 holds. 2 missing on the drive. 1 could not be compared."),
	Entry("not proven", func(r *verify.Report) {
		r.Tallies = append(r.Tallies, verify.Tally{Outcome: verify.Failure, Reason: verify.ReadError, Files: 1})
	}, "open", "? Not proven It is not proven that the drive holds what S3 holds. 1 could not be read, or S3 did not answer."),
	Entry("of nothing", func(r *verify.Report) { *r = verify.Report{} }, "open", "? Not proven", "No object was selected, so nothing was verified."),
	Entry("without any content", func(r *verify.Report) { r.Tallies = nil }, "open", "The content of no object was compared."),
	Entry("stopped by time", func(r *verify.Report) { r.Stopped, r.Totals.Pending = verify.StopTime, 17 }, "open",
		"? Not proven", "This verification ended before its end: it was asked to stop after a time; 17 objects were not come to."),
	Entry("stopped by the drive, and failed", func(r *verify.Report) {
		r.Stopped, r.Totals.Pending = verify.StopDevice, 1
		r.Tallies = append(r.Tallies, verify.Tally{Outcome: verify.Differ, Reason: verify.ContentDiffers, Files: 1})
	}, "bad", "✗ Failed", "This verification ended before its end: the drive was no longer there; 1 object was not come to."),
	Entry("a sample that says nothing", func(r *verify.Report) { r.Sample = verify.Sample{Wanted: 1, Drawn: 1, Undecided: 1} }, "good", "to rule anything out"),
	Entry("of a share", func(r *verify.Report) { r.Sample = verify.Sample{Asked: "5%", Drawn: 100} }, "good", "of 100 drawn at random; asked for: 5%"),
	Entry("with another confidence", func(r *verify.Report) { r.Sample.Confidence = 0.999 }, "good", "With 99.9 % confidence fewer than", "at most one of 1000 cases"),
	Entry("of a rolling sample", func(r *verify.Report) {
		r.Sample = verify.Sample{Asked: "rolling", Drawn: 100, Rolling: &verify.Turn{Seed: verify.Seed{0xab}, Share: 0.619, Since: begun.AddDate(0, -1, 0)}}
	}, "good", "61 % of the objects (each since 2026-10-20 09:00:00 UTC+00:00 or later)", "ab000000000000000000000000000000 (the same for all rolling samples of the backup)"),
	Entry("of a chosen seed", func(r *verify.Report) { r.Reproduction = true }, "good", "chosen by a person, to repeat a draw"),
)

var _ = DescribeTable("figures", func(got, want string) { Expect(got).To(Equal(want)) },
	Entry(nil, page.Size(0), "0 bytes"), Entry(nil, page.Size(1), "1 byte"), Entry(nil, page.Size(999), "999 bytes"), Entry(nil, page.Size(1000), "1.00 kB"),
	Entry(nil, page.Size(999_600), "1.00 MB"), Entry(nil, page.Size(4_000_787_030_016), "4.00 TB"), Entry(nil, page.Size(1<<62), "4.61 EB"),
	Entry(nil, page.Size(12_345_678), "12.3 MB"), Entry(nil, page.Size(123_456_789), "123 MB"),
	Entry(nil, page.Spot(1_724_567_000_000), "1.725 TB"), Entry(nil, page.Spot(12_345_678), "12.35 MB"), Entry(nil, page.Spot(490_000_000_000), "490.0 GB"), Entry(nil, page.Spot(5), "5 bytes"),
	Entry(nil, page.Count(-1234), "-1,234"), Entry(nil, page.Count(123), "123"), Entry(nil, page.Count(1234567), "1,234,567"),
	Entry(nil, page.Span(90*time.Second), "1 min 30 s"), Entry(nil, page.Span(2*time.Hour), "2 h"), Entry(nil, page.Span(26*time.Hour), "1 d 2 h"),
	Entry(nil, page.Span(250*time.Millisecond), "0.25 s"), Entry(nil, page.Quoted(strings.Repeat("é", 400)), `"`+strings.Repeat("é", 56)+"…"+strings.Repeat("é", 56)+`"`),
)
