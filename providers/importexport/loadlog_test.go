package importexport_test

import (
	"errors"
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

var _ = DescribeTable("the export log", func(text string, want []providers.LogEntry, unread int) {
	got, sum := readLog(text)
	Expect(got).To(Equal(want))
	Expect(sum.Lines).To(BeEquivalentTo(len(want)))
	Expect(sum.Unread).To(BeEquivalentTo(unread))
	failed := 0
	for _, e := range want {
		if e.Failed {
			failed++
		}
	}
	Expect(sum.Failed).To(BeEquivalentTo(failed))
},
	Entry("with tabs and a header",
		"DateTime\tFile\tStatus\tCode\tKey\tMD5\tBytes\nWed Nov 12 11:07:34 PST 2008\t/photos/a.jpg\t200\tOK\t/photos/a.jpg\tabc\t3\n",
		[]providers.LogEntry{{Bucket: "photos", Key: "a.jpg", File: "photos/a.jpg", Status: "200", Code: "OK"}}, 0),
	Entry("with commas and no header",
		"Wed Nov 12 11:07:34 PST 2008,/photos/a.jpg,200,OK,/photos/x/a.jpg,abc\r\nWed Nov 12 11:07:35 PST 2008,,403,AccessDenied,/photos/b,\r\n",
		[]providers.LogEntry{
			{Bucket: "photos", Key: "x/a.jpg", File: "photos/a.jpg", Status: "200", Code: "OK"},
			{Bucket: "photos", Key: "b", Status: "403", Code: "AccessDenied", Failed: true},
		}, 0),
	Entry("with another order, which the header names", "\uFEFFKey,Status,File\n/b/k,200,b/k\n",
		[]providers.LogEntry{{Bucket: "b", Key: "k", File: "b/k", Status: "200"}}, 0),
	Entry("with quotes", "DateTime,File,Status,Code,Key\nt,\"/b/a,\"\"b\"\"\",200,OK,\"/b/a,\"\"b\"\"\"\n",
		[]providers.LogEntry{{Bucket: "b", Key: `a,"b"`, File: `b/a,"b"`, Status: "200", Code: "OK"}}, 0),
	Entry("with what was ignored", "t\t\t103\tIgnored\t/b/k\t\n",
		[]providers.LogEntry{{Bucket: "b", Key: "k", Status: "103", Code: "Ignored", Failed: true}}, 0),
	Entry("without a code, by its status", "t\t\t404\t\t/b/k\t\nt\tb/j\t206\t\t/b/j\t\n",
		[]providers.LogEntry{{Bucket: "b", Key: "k", Status: "404", Failed: true}, {Bucket: "b", Key: "j", File: "b/j", Status: "206"}}, 0),
	Entry("with a key that has slashes at its ends", "t\tb/x\t200\tOK\t/b//k/\t\n",
		[]providers.LogEntry{{Bucket: "b", Key: "/k/", File: "b/x", Status: "200", Code: "OK"}}, 0),
	Entry("with lines that say nothing", "hello\n\nt\tb/k\t200\tOK\t/b/k\n<html>\nt\tb\t200\tOK\t/b\n",
		[]providers.LogEntry{{Bucket: "b", Key: "k", File: "b/k", Status: "200", Code: "OK"}}, 3),
	Entry("with tabs after a line of noise", "t\tnoise\nt\tb/k\t200\tOK\t/b/k\n",
		[]providers.LogEntry{{Bucket: "b", Key: "k", File: "b/k", Status: "200", Code: "OK"}}, 1),
	Entry("with a line that has no end", "t\tb/k\t200\tOK\t/b/"+strings.Repeat("k", 100<<10)+"\nt\tb/j\t200\tOK\t/b/j",
		[]providers.LogEntry{{Bucket: "b", Key: "j", File: "b/j", Status: "200", Code: "OK"}}, 1),
	Entry("that is empty", "", []providers.LogEntry(nil), 0),
)

var _ = Describe("reading an export log", func() {
	It("ends with the reader's error", func() {
		_, err := importexport.ReadLog(iotest.ErrReader(errors.New("gone")), func(providers.LogEntry) error { return nil })
		Expect(err).To(MatchError("reading the log: gone"))
	})

	It("ends with the caller's error", func() {
		stop := errors.New("enough")
		_, err := importexport.ReadLog(strings.NewReader("t\tb/k\t200\tOK\t/b/k\n"), func(providers.LogEntry) error { return stop })
		Expect(err).To(MatchError(stop))
	})
})

func FuzzReadLog(f *testing.F) {
	f.Add("DateTime\tFile\tStatus\tCode\tKey\nt\t/b/k\t200\tOK\t/b/k\n")
	f.Add("a,\"b\n\",c,d,/e/f\n")
	f.Fuzz(func(t *testing.T, text string) {
		n := int64(0)
		sum, err := importexport.ReadLog(strings.NewReader(text), func(e providers.LogEntry) error {
			n++
			if e.Bucket == "" || e.Key == "" || strings.HasPrefix(e.File, "/") {
				t.Errorf("an entry without an object: %+v", e)
			}
			return nil
		})
		if err != nil || n != sum.Lines || sum.Failed > n || sum.Lines+sum.Unread > int64(strings.Count(text, "\n"))+1 {
			t.Errorf("%v, %+v of %d entries", err, sum, n)
		}
	})
}
