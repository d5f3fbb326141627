package importexport_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/importexport"
)

func readLog(text string) ([]providers.LogEntry, providers.LogSummary) {
	GinkgoHelper()
	var all []providers.LogEntry
	sum, err := importexport.ReadLog(strings.NewReader(text), func(e providers.LogEntry) error {
		all = append(all, e)
		return nil
	})
	Expect(err).NotTo(HaveOccurred())
	return all, sum
}

// said is an entry in a few words.
func said(e providers.LogEntry) string {
	text := fmt.Sprintf("%q %q at %q: %s %s", e.Bucket, e.Key, e.File, e.Status, e.Code)
	if e.ETag != "" || e.Size >= 0 {
		text += fmt.Sprintf(" (%s, %d)", e.ETag, e.Size)
	}
	if e.Failed {
		text += ", failed"
	}
	return text
}

const plainLine = "t\tb/k\t200\tOK\t/b/k\n"

var _ = DescribeTable("the export log", func(text string, unread int, want ...string) {
	got, sum := readLog(text)
	all, failed := []string{}, 0
	for _, e := range got {
		all = append(all, said(e))
		if e.Failed {
			failed++
		}
	}
	Expect(all).To(HaveExactElements(want))
	Expect(sum.Lines).To(BeEquivalentTo(len(want)))
	Expect(sum.Unread).To(BeEquivalentTo(unread))
	Expect(sum.Failed).To(BeEquivalentTo(failed))
	Expect(sum.Warnings).To(HaveLen(min(unread, 5)))
},
	Entry("with tabs and a header",
		"DateTime\tFile\tStatus\tCode\tKey\tMD5\tBytes\nWed Nov 12 11:07:34 PST 2008\t/photos/a.jpg\t200\tOK\t/photos/a.jpg\tabc\t3\n", 0,
		`"photos" "a.jpg" at "photos/a.jpg": 200 OK (abc, 3)`),
	Entry("with commas and no header",
		"Wed Nov 12 11:07:34 PST 2008,/photos/a.jpg,200,OK,/photos/x/a.jpg,abc\r\nWed Nov 12 11:07:35 PST 2008,,403,AccessDenied,/photos/b,\r\n", 0,
		`"photos" "x/a.jpg" at "photos/a.jpg": 200 OK (abc, -1)`, `"photos" "b" at "": 403 AccessDenied, failed`),
	Entry("with the key last and two bytes at the end of a line", "t\tb/k\t200\tOK\t/b/k\r\n", 0, `"b" "k" at "b/k": 200 OK`),
	Entry("with spaces after commas", "t, /b/k, 200, OK, /b/k, \"abc\", 3\n", 0, `"b" "k" at "b/k": 200 OK (abc, 3)`),
	Entry("with spaces before quotes", "t, \"/b/k,l\", 200, OK, \"/b/k,l\"\n", 0, `"b" "k,l" at "b/k,l": 200 OK`),
	Entry("with more fields after tabs", plainLine+"t\tb/j\t200\tOK\t/b/j\tabc\t3\tmore\n", 0, `"b" "k" at "b/k": 200 OK`, `"b" "j" at "b/j": 200 OK (abc, 3)`),
	Entry("with a name twice in the header", "Key\tStatus\tKey\n/b/k\t200\t/b/l\n", 0, `"b" "k" at "": 200 `),
	Entry("with another order, which the header names", "\uFEFFKey,Status,File\n/b/k,200,b/k\n", 0, `"b" "k" at "b/k": 200 `),
	Entry("with a header in other words", "S3 Key\tHTTP-Status\terror_code\tFile Path\tE-Tag\tSize\n/b/k\t200\tOK\t/b/k\t\"abc\"\t-5\n", 0,
		`"b" "k" at "b/k": 200 OK (abc, -1)`),
	Entry("with the bucket in a column of its own", "Bucket,Key,Status\nb,x/k,200\nb,/b/x/l,200\n", 0, `"b" "x/k" at "": 200 `, `"b" "x/l" at "": 200 `),
	Entry("with a header after a title", "Export log of EX1ID\n\nKey\tStatus\tCode\n/b/k\t200\tOK\n", 1, `"b" "k" at "": 200 OK`),
	Entry("with a header again, as of logs put together", "Key\tCode\n/b/k\tOK\nCode\tKey\nOK\t/b/l\n", 0, `"b" "k" at "":  OK`, `"b" "l" at "":  OK`),
	Entry("with keys that are names of columns", "t\t/b/key\t200\tOK\t/b/key\n", 0, `"b" "key" at "b/key": 200 OK`),
	Entry("with quotes", "DateTime,File,Status,Code,Key\nt,\"/b/a,\"\"b\"\"\",200,OK,\"/b/a,\"\"b\"\"\"\n", 0, `"b" "a,\"b\"" at "b/a,\"b\"": 200 OK`),
	Entry("with a quote inside of a name", "t\t/b/6\"\t200\tOK\t/b/6\"\n", 0, `"b" "6\"" at "b/6\"": 200 OK`),
	Entry("with line breaks in a quoted name", "t\t\"/b/a\r\n\n\tb\"\t200\tOK\t\"/b/a\r\n\n\tb\"\tabc\n"+plainLine, 0,
		`"b" "a\r\n\n\tb" at "b/a\r\n\n\tb": 200 OK (abc, -1)`, `"b" "k" at "b/k": 200 OK`),
	Entry("with a quote that has no end", "t\t\"/b/a\t200\tOK\t/b/a\n"+plainLine+plainLine, 1, `"b" "k" at "b/k": 200 OK`, `"b" "k" at "b/k": 200 OK`),
	Entry("with quotes that have no end, many", strings.Repeat("\"x\n", 200)+plainLine, 200, `"b" "k" at "b/k": 200 OK`),
	Entry("with a quote that has no end at the end", plainLine+"t\t\"/b/a", 1, `"b" "k" at "b/k": 200 OK`),
	Entry("with what was ignored", "t\t\t103\tIgnored\t/b/k\t\n", 0, `"b" "k" at "": 103 Ignored, failed`),
	Entry("with commas in what tabs separate", "t,u\tb/k\t200\tOK\t/b/k,l\n", 0, `"b" "k,l" at "b/k": 200 OK`),
	Entry("with a tab in what commas separate", "t,/b/a\tb,200,OK,/b/a\tb\n", 0, `"b" "a\tb" at "b/a\tb": 200 OK`),
	Entry("with a comma that moves the fields of a failure", "t,/b/a,200,OK,/b/a,e\nt,,403,AccessDenied,/b/x,/c/y,e\n", 1, `"b" "a" at "b/a": 200 OK (e, -1)`),
	Entry("with a comma that moves the fields of a file", "t,/b/a,200,OK,/b/a,e\nt,/b/x,y,200,OK,/b/x,y,e\n", 1, `"b" "a" at "b/a": 200 OK (e, -1)`),
	Entry("with fewer fields where it failed", "t,/b/a,200,OK,/b/a,e\nt,,403,AccessDenied,/b/x\n", 0, `"b" "a" at "b/a": 200 OK (e, -1)`, `"b" "x" at "": 403 AccessDenied, failed`),
	Entry("with a key that has slashes at its ends", "t\tb/x\t200\tOK\t/b//k/\t\n", 0, `"b" "/k/" at "b/x": 200 OK`),
	Entry("with lines that say nothing", "hello\n\n"+plainLine+"<html>\nt\tb\t200\tOK\t/b\nt\tb\t200\tOK\t/b/\nt\tb/k\t\t\t/b/k\n", 5, `"b" "k" at "b/k": 200 OK`),
	Entry("with a name that is no bucket's", "t\tb/k\t200\tOK\t/b ucket/k\n", 1),
	Entry("with tabs after a line of noise", "t\tnoise\n"+plainLine, 1, `"b" "k" at "b/k": 200 OK`),
	Entry("with commas after a line of noise with tabs", "t\tnoise\nt,b/k,200,OK,/b/k\n", 1, `"b" "k" at "b/k": 200 OK`),
	Entry("with a line that has no end", "t\tb/k\t200\tOK\t/b/"+strings.Repeat("k", 100<<10)+"\nt\tb/j\t200\tOK\t/b/j", 1, `"b" "j" at "b/j": 200 OK`),
	Entry("that is no text", "\x00\xff\xfe\n\x1f\x8b\x08\n"+plainLine, 2, `"b" "k" at "b/k": 200 OK`),
	Entry("that is empty", "", 0),
)

var _ = DescribeTable("a line of the export log is a failure", func(status, code string, want bool) {
	got, _ := readLog("t\tb/k\t" + status + "\t" + code + "\t/b/k\n")
	Expect(got).To(HaveLen(1))
	Expect(got[0].Failed).To(Equal(want))
},
	Entry("200 OK", "200", "OK", false),
	Entry("in other letters", "200", "ok", false),
	Entry("by a word like that", "200", "Success", false),
	Entry("206 without a code", "206", "", false),
	Entry("103 Ignored", "103", "Ignored", true),
	Entry("103 without a code", "103", "", true),
	Entry("404 without a code", "404", "", true),
	Entry("an error code with a good status", "200", "InternalError", true),
	Entry("a bad status with a good code", "404", "OK", true),
	Entry("an unknown status with a good code", "Done", "OK", false),
	Entry("an unknown status with an error code", "Done", "AccessDenied", true),
	Entry("a status that is a word", "OK", "", false),
	Entry("an unknown status alone", "Done", "", true),
	Entry("a code alone", "", "OK", false),
	Entry("an error code alone", "", "AccessDenied", true),
)

var _ = Describe("reading an export log", func() {
	It("tells of the first lines that it does not understand, and where they are", func() {
		_, sum := readLog("t,/b/k,200,OK,/b/k\n" + strings.Repeat("x", 100) + "\nt,,403,AccessDenied,/b/x,y\n\"open\n" +
			strings.Repeat("k", 70<<10) + "\n\n\x1b[31m\nsixth\n")
		Expect(sum.Unread).To(BeEquivalentTo(6))
		Expect(sum.Warnings).To(HaveExactElements(
			`line 2: it names no object with a status: "`+strings.Repeat("x", 60)+`"`,
			`line 3: it has more fields than the lines before it: "t,,403,AccessDenied,/b/x,y"`,
			`line 4: a quoted field does not end: "\"open"`,
			`line 5: it is longer than 65536 bytes: "`+strings.Repeat("k", 60)+`"`,
			`line 7: it names no object with a status: "\x1b[31m"`,
		))
	})

	It("ends with the reader's error", func() {
		_, err := importexport.ReadLog(iotest.ErrReader(errors.New("gone")), func(providers.LogEntry) error { return nil })
		Expect(err).To(MatchError("reading the log: gone"))
	})

	It("ends with the reader's error inside of quotes, after what came before", func() {
		text, n := plainLine+"t\t\"/b/a\n"+plainLine, 0
		r := io.MultiReader(strings.NewReader(text), iotest.ErrReader(errors.New("gone")))
		_, err := importexport.ReadLog(r, func(providers.LogEntry) error { n++; return nil })
		Expect(err).To(MatchError("reading the log: gone"))
		Expect(n).To(Equal(2))
	})

	It("does not take for a line what the reader has not brought to its end", func() {
		r := io.MultiReader(strings.NewReader("t\tb/k\t200\tOK\t/b/k"), iotest.ErrReader(errors.New("gone")))
		sum, err := importexport.ReadLog(r, func(providers.LogEntry) error { return nil })
		Expect(err).To(MatchError("reading the log: gone"))
		Expect(sum.Lines).To(BeZero())
	})

	It("ends with the caller's error", func() {
		stop := errors.New("enough")
		_, err := importexport.ReadLog(strings.NewReader(plainLine), func(providers.LogEntry) error { return stop })
		Expect(err).To(MatchError(stop))
	})
})

func FuzzReadLog(f *testing.F) {
	f.Add("DateTime\tFile\tStatus\tCode\tKey\n" + plainLine)
	f.Add("a,\"b\n\",c,d,/e/f\n")
	f.Add("\"\n\"\n\"\"\"\nBucket,Key,Code\nb,k,OK\n")
	f.Fuzz(func(t *testing.T, text string) {
		n := int64(0)
		sum, err := importexport.ReadLog(strings.NewReader(text), func(e providers.LogEntry) error {
			n++
			if e.Bucket == "" || strings.Contains(e.Bucket, "/") || e.Key == "" || strings.HasPrefix(e.File, "/") || e.Size < -1 {
				t.Errorf("an entry without an object: %+v", e)
			}
			return nil
		})
		if err != nil || n != sum.Lines || sum.Failed > n || sum.Lines+sum.Unread > int64(strings.Count(text, "\n"))+1 {
			t.Errorf("%v, %+v of %d entries", err, sum, n)
		}
	})
}

// FuzzLogRoundTrip: what a writer of CSV has quoted is read as it was, with what
// follows it.
func FuzzLogRoundTrip(f *testing.F) {
	f.Add("a\tb\n\"c\",d", "/photos/x", true, true)
	f.Add("k", "", false, false)
	f.Fuzz(func(t *testing.T, key, file string, tabs, header bool) {
		file = "/" + strings.TrimLeft(file, "/")
		if key == "" || len(key)+len(file) > 4096 || strings.Count(key+file, "\n") > 16 {
			return
		}
		var text bytes.Buffer
		w := csv.NewWriter(&text)
		if tabs {
			w.Comma = '\t'
		}
		if header {
			_ = w.Write([]string{"DateTime", "File", "Status", "Code", "Key", "MD5", "Bytes"})
		}
		_ = w.Write([]string{"t", file, "200", "OK", "/photos/" + key, "abc", "7"})
		_ = w.Write([]string{"t", "/photos/next", "200", "OK", "/photos/next", "abc", "7"})
		w.Flush()
		got, sum := readLogOf(t, text.String())
		want := []providers.LogEntry{
			{Bucket: "photos", Key: key, File: strings.TrimLeft(file, "/"), Status: "200", Code: "OK", ETag: "abc", Size: 7},
			{Bucket: "photos", Key: "next", File: "photos/next", Status: "200", Code: "OK", ETag: "abc", Size: 7},
		}
		if len(got) != 2 || got[0] != want[0] || got[1] != want[1] {
			t.Errorf("%q\ngot  %+v\nwant %+v\n%+v", text.String(), got, want, sum)
		}
	})
}

func readLogOf(t *testing.T, text string) (all []providers.LogEntry, sum providers.LogSummary) {
	sum, err := importexport.ReadLog(strings.NewReader(text), func(e providers.LogEntry) error {
		all = append(all, e)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all, sum
}

func BenchmarkReadLog(b *testing.B) {
	const lines = 100_000
	text := strings.Repeat("Wed Nov 12 11:07:34 PST 2008\t/photos/2026/some/path/img-000000.jpg\t200\tOK\t/photos/2026/some/path/img-000000.jpg\t9dd4e461268c8034f5c8564e155c67a6\t12345\n", lines)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := importexport.ReadLog(strings.NewReader(text), func(providers.LogEntry) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/lines, "ns/line")
}
