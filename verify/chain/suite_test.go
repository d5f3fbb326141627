package chain_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/chain"
)

func TestChain(t *testing.T) {
	RegisterFailHandler(Fail)
	RunSpecs(t, "verify/chain")
}

var day = time.Date(2026, 11, 20, 9, 0, 0, 0, time.UTC)

// aReport is one of a day, counted from 0.
func aReport(n int) verify.Report {
	ended := day.AddDate(0, 0, n)
	return verify.Report{
		Format: "s3export-report/v1", Subject: verify.Subject{Tool: "s3export test", Backup: "photos-a"}, Started: ended.Add(-time.Minute), Ended: ended,
		Against: verify.ClosedBaseline, Ranges: []verify.Range{}, Sample: verify.Sample{All: true}, Totals: verify.Totals{Objects: 3, Sized: 3},
		Tallies:  []verify.Tally{{Outcome: verify.Match, Reason: verify.Equal, Method: verify.ByMD5, Files: 2}, {Outcome: verify.Differ, Reason: verify.ContentDiffers, Method: verify.ByMD5, Files: 1}},
		Findings: []verify.Finding{{Path: "a", Outcome: verify.Differ, Reason: verify.ContentDiffers, Evidence: verify.Evidence{Method: verify.ByMD5}}},
	}
}

// folder is a directory with reports of the days, a chain.
type folder string

func newFolder(days ...int) folder {
	GinkgoHelper()
	f := folder(GinkgoT().TempDir())
	for _, n := range days {
		f.keep(aReport(n))
	}
	return f
}

func (f folder) keep(r verify.Report) string {
	GinkgoHelper()
	name, err := chain.Keep(os.DirFS(string(f)), r, f.writer)
	Expect(err).NotTo(HaveOccurred())
	return name
}

func (f folder) writer(name string, content func(io.Writer) error) error {
	var out bytes.Buffer
	if err := content(&out); err != nil {
		return err
	}
	return os.WriteFile(f.path(name), out.Bytes(), 0o600)
}

func (f folder) path(name string) string { return filepath.Join(string(f), name) }

func (f folder) check() (chain.Chain, []chain.Problem) { return chain.Check(os.DirFS(string(f))) }

// edit replaces the first such text in a file.
func (f folder) edit(name, from, to string) {
	GinkgoHelper()
	data, err := os.ReadFile(f.path(name))
	Expect(err).NotTo(HaveOccurred())
	Expect(string(data)).To(ContainSubstring(from))
	Expect(os.WriteFile(f.path(name), []byte(strings.Replace(string(data), from, to, 1)), 0o600)).To(Succeed())
}

func (f folder) remove(names ...string) {
	GinkgoHelper()
	for _, name := range names {
		Expect(os.Remove(f.path(name))).To(Succeed())
	}
}

func (f folder) rename(from, to string) {
	GinkgoHelper()
	Expect(os.Rename(f.path(from), f.path(to))).To(Succeed())
}

func (f folder) write(name, text string) {
	GinkgoHelper()
	Expect(os.WriteFile(f.path(name), []byte(text), 0o600)).To(Succeed())
}

var _ = Describe("a folder of reports", func() {
	It("is a chain as it is kept", func() {
		f := newFolder(0, 0, 1, 9)
		kept, problems := f.check()
		Expect(problems).To(BeEmpty())
		var names []string
		for i, k := range kept {
			names = append(names, k.Name)
			Expect(k.Page).To(BeTrue())
			Expect(k.Verdict).To(Equal(verify.Fail))
			Expect(k.Backup).To(Equal("photos-a"))
			Expect(k.Sentence).To(ContainSubstring("all 3 present"))
			if i == 0 {
				Expect(k.Before).To(BeNil())
			} else {
				Expect(*k.Before).To(Equal(kept[i-1].Link()))
			}
		}
		Expect(names).To(Equal([]string{"2026-11-20-1.json", "2026-11-20-2.json", "2026-11-21-1.json", "2026-11-29-1.json"}))
		last, err := chain.Last(os.DirFS(string(f)))
		Expect(err).NotTo(HaveOccurred())
		Expect(*last).To(Equal(kept[3].Link()))
	})

	It("goes on where it ended, also when the clock was set back", func() {
		f := newFolder(0, 5)
		name := f.keep(aReport(3))
		Expect(name).To(Equal("2026-11-23-1.json"))
		last, err := chain.Last(os.DirFS(string(f)))
		Expect(err).NotTo(HaveOccurred())
		Expect(last.Name).To(Equal(name))
		f.keep(aReport(6))
		_, problems := f.check()
		Expect(problems).To(HaveLen(1))
		Expect(problems[0].Kind).To(Equal(chain.Backwards))
		Expect(problems[0].Breaks).To(BeFalse())
	})

	It("counts the reports of a day as numbers", func() {
		f := newFolder(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0)
		kept, problems := f.check()
		Expect(problems).To(BeEmpty())
		Expect(kept[9].Name).To(Equal("2026-11-20-10.json"))
	})

	It("is well without pages, and when it is not there yet", func() {
		f := newFolder(0, 1)
		f.remove("2026-11-20-1.html", "2026-11-21-1.html")
		_, problems := f.check()
		Expect(problems).To(BeEmpty())
		Expect(chain.Last(os.DirFS(f.path("none")))).To(BeNil())
		Expect(chain.Last(fstest.MapFS{})).To(BeNil())
	})

	It("takes no name that a page alone has", func() {
		f := newFolder(0)
		f.remove("2026-11-20-1.json")
		Expect(f.keep(aReport(0))).To(Equal("2026-11-20-2.json"))
	})

	It("says when it cannot write", func() {
		boom := errors.New("no space left")
		_, err := chain.Keep(fstest.MapFS{}, aReport(0), func(string, func(io.Writer) error) error { return boom })
		Expect(err).To(MatchError(boom))
	})

	It("says when a day is full", func() {
		f := fstest.MapFS{}
		for n := 1; n < 10_000; n++ {
			f[fmt.Sprintf("2026-11-20-%d.html", n)] = &fstest.MapFile{}
		}
		_, err := chain.Keep(f, aReport(0), nil)
		var e *verify.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Remedy).NotTo(BeEmpty())
	})
})

// Of four reports the second is 2026-11-21-1.json.
var _ = DescribeTable("a folder that somebody has changed", func(change func(folder), kinds ...chain.Kind) {
	f := newFolder(0, 1, 2, 3)
	change(f)
	_, problems := f.check()
	var got []chain.Kind
	for _, p := range problems {
		got = append(got, p.Kind)
		Expect(p.Message).NotTo(BeEmpty())
		Expect(p.Remedy).NotTo(BeEmpty())
		Expect(p.Breaks).To(Equal(p.Kind.Breaks()))
	}
	Expect(got).To(ConsistOf(kinds), "%+v", problems)
},
	Entry("a verdict", func(f folder) { f.edit("2026-11-21-1.json", `"verdict": "fail"`, `"verdict": "pass"`) }, chain.Contradicts, chain.Changed),
	Entry("the last verdict", func(f folder) { f.edit("2026-11-23-1.json", `"verdict": "fail"`, `"verdict": "pass"`) }, chain.Contradicts),
	Entry("what no figure tells", func(f folder) { f.edit("2026-11-21-1.json", `"photos-a"`, `"photos-b"`) }, chain.Changed, chain.PageDiffers),
	Entry("a space", func(f folder) { f.edit("2026-11-21-1.json", "{", "{ ") }, chain.Changed),
	Entry("something at its end", func(f folder) { f.edit("2026-11-23-1.json", "\n}\n", "\n}\n{}") }, chain.Contradicts),
	Entry("a half report", func(f folder) { f.write("2026-11-23-1.json", `{"format":`) }, chain.Contradicts),
	Entry("an empty one", func(f folder) { f.write("2026-11-21-1.json", ``) }, chain.Contradicts, chain.Changed),
	Entry("another format", func(f folder) { f.edit("2026-11-23-1.json", "report/v1", "report/v9") }, chain.Contradicts),
	Entry("one in the middle is gone", func(f folder) { f.remove("2026-11-21-1.json", "2026-11-21-1.html") }, chain.Missing),
	Entry("but its page is there", func(f folder) { f.remove("2026-11-21-1.json") }, chain.Missing, chain.Missing),
	Entry("the first is gone", func(f folder) { f.remove("2026-11-20-1.json", "2026-11-20-1.html") }, chain.Missing),
	Entry("two are gone", func(f folder) {
		f.remove("2026-11-21-1.json", "2026-11-21-1.html", "2026-11-22-1.json", "2026-11-22-1.html")
	}, chain.Missing),
	Entry("one has another name", func(f folder) {
		f.rename("2026-11-21-1.json", "2026-11-21-2.json")
		f.rename("2026-11-21-1.html", "2026-11-21-2.html")
	}, chain.Missing),
	Entry("one that names none is put in", func(f folder) {
		alone := newFolder(1)
		alone.rename("2026-11-21-1.json", "moved")
		data, err := os.ReadFile(alone.path("moved"))
		Expect(err).NotTo(HaveOccurred())
		f.write("2026-11-21-2.json", string(data))
	}, chain.Unlinked),
	Entry("one is there twice", func(f folder) {
		data, err := os.ReadFile(f.path("2026-11-22-1.json"))
		Expect(err).NotTo(HaveOccurred())
		f.write("2026-11-22-2.json", string(data))
	}, chain.Forked),
	Entry("a page", func(f folder) { f.edit("2026-11-22-1.html", "Failed", "Passed") }, chain.PageDiffers),
	Entry("a page of another version", func(f folder) { f.edit("2026-11-22-1.html", "s3export-page/1", "s3export-page/0") }, chain.PageOfOther),
	Entry("nothing: the lock of a verification", func(f folder) { f.write(chain.LockName, "process 1 on here\n") }),
	Entry("a file of nobody", func(f folder) { f.write("notes.txt", "") }, chain.UnknownFile),
	Entry("an interrupted verification", func(f folder) { f.write(chain.NotesName, "") }, chain.Unfinished),
	Entry("one whose page was written already", func(f folder) {
		f.write(chain.NotesName, "")
		f.write("2026-11-24-1.html", "")
	}, chain.Unfinished, chain.Unfinished),
	Entry("one that hides behind that", func(f folder) {
		f.write(chain.NotesName, "")
		f.remove("2026-11-22-1.json")
	}, chain.Unfinished, chain.Missing, chain.Missing),
	Entry("a report under a name of its own", func(f folder) { f.write("report.json", "{}") }, chain.UnknownFile),
	Entry("a page that cannot be read", func(f folder) {
		f.remove("2026-11-22-1.html")
		Expect(os.Mkdir(f.path("2026-11-22-1.html"), 0o700)).To(Succeed())
	}, chain.Unreadable),
	Entry("a report that cannot be read", func(f folder) {
		f.remove("2026-11-22-1.json")
		Expect(os.Symlink("nowhere", f.path("2026-11-22-1.json"))).To(Succeed())
	}, chain.Unreadable),
	Entry("all are gone", func(f folder) {
		files, _ := filepath.Glob(f.path("*"))
		for _, file := range files {
			Expect(os.Remove(file)).To(Succeed())
		}
	}, chain.Empty),
)

var _ = It("no changed byte of a report but the last passes", func() {
	f := newFolder(0, 1)
	f.remove("2026-11-20-1.html", "2026-11-21-1.html")
	whole, err := os.ReadFile(f.path("2026-11-20-1.json"))
	Expect(err).NotTo(HaveOccurred())
	for i := 0; i < len(whole); i += 5 {
		bad := bytes.Clone(whole)
		bad[i] ^= 1
		f.write("2026-11-20-1.json", string(bad))
		_, problems := f.check()
		Expect(problems).NotTo(BeEmpty(), "byte %d", i)
		Expect(problems[len(problems)-1].Breaks).To(BeTrue())
	}
})

var _ = It("a report is read only when it agrees with itself", func() {
	f := newFolder(0)
	data, err := os.ReadFile(f.path("2026-11-20-1.json"))
	Expect(err).NotTo(HaveOccurred())
	r, err := chain.Read(bytes.NewReader(data))
	Expect(err).NotTo(HaveOccurred())
	Expect(r.Verdict()).To(Equal(verify.Fail))
	_, err = chain.Read(strings.NewReader(string(data) + "{}"))
	Expect(err).To(HaveOccurred())
})
