package verify_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync/atomic"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// departed is the error of a drive that may have been pulled.
type departed bool

func (d departed) Error() string { return "input/output error" }
func (d departed) Gone() bool    { return bool(d) }

var _ = DescribeTable("a drive that is pulled ends a run, and is not taken for a bad one",
	func(breaks func(*load, error)) {
		for _, all := range []bool{true, false} {
			for _, pulled := range []departed{true, false} {
				l := newLoad()
				for i := range 500 {
					l.both(fmt.Sprintf("2026/%03d", i), ten)
				}
				breaks(l, fmt.Errorf("reading: %w", pulled))
				request := l.request(population(l.end(l.start())))
				request.Draw.All, request.Draw.Count = all, 500
				report, err := verify.Run(context.Background(), request)
				if pulled {
					Expect(err).To(MatchError(pulled))
					continue
				}
				Expect(err).NotTo(HaveOccurred())
				Expect(report.Verdict()).To(Equal(verify.Incomplete))
			}
		}
	},
	Entry("at a directory", func(l *load, err error) { l.tree.BadDirs["photos/2026"] = err }),
	Entry("at an entry", func(l *load, err error) { l.tree.BadEntries["photos/2026/250"] = err }),
	Entry("in a file", func(l *load, err error) {
		l.tree.BadBytes["photos/2026/250"] = fake.Fault{Offset: 3, Err: err}
	}),
)

var _ = Describe("a run", func() {
	It("walks nested target directories once, in order", func() {
		dirs := func(names ...string) (all []verify.Range) {
			for _, d := range names {
				all = append(all, verify.Range{Bucket: "photos", Directory: d})
			}
			return all
		}
		Expect(verify.Roots(dirs("a/b", "a", "a-b", "a"))).To(Equal([]string{"a-b", "a"}))
		Expect(verify.Roots(dirs("b", "a/b/c", "", "a"))).To(Equal([]string{""}))
		l := newLoad()
		l.ranges = dirs("a/b", "a", "a-b")
		l.src.Put("photos", "x", []byte("x"))
		for _, d := range []string{"a/b/x", "a/x", "a-b/x"} {
			l.tree.Files[d] = []byte("x")
		}
		report := run(l.request(l.live()))
		Expect(report.Verdict()).To(Equal(verify.Pass))
		Expect(report.Totals.Files).To(Equal(int64(3)))
	})

	It("counts what is the file system's, ours or recovered, and compares it where it is an object", func() {
		l := newLoad()
		l.ranges = []verify.Range{{Bucket: "photos"}}
		l.src.Put("photos", "SIGNATURE", []byte("x"))
		for _, p := range []string{"SIGNATURE", "lost+found/#1", ".s3export/README.txt", "EXPORT-RECOVERY/0000/0000", "EXPORT-RECOVERY/0000/0001", "SIGNATURE2"} {
			l.tree.Files[p] = []byte("x")
		}
		l.tree.BadDirs["lost+found"] = errors.New("EACCES")
		report := run(l.request(population(l.end(l.start()))))
		Expect(report.Totals.Own).To(Equal(int64(1)))
		Expect(report.Totals.Recovered).To(Equal(int64(2)))
		Expect(report.Count(verify.Extra)).To(Equal(int64(1)))
		Expect(report.Verdict()).To(Equal(verify.Pass))
	})

	It("tells a file outside of every range from one that S3 lacks", func() {
		l := newLoad()
		l.ranges[0].Prefix, l.ranges[0].After, l.ranges[0].Through = "2026/", "2026/03", "2026/06"
		put("2026/04", ten)(l)
		for _, p := range []string{"2025/04", "2026/03", "2026/04", "2026/05", "2026/07"} {
			l.tree.Files["photos/"+p] = []byte(ten)
		}
		report := run(l.request(l.live()))
		Expect(report.Count(verify.MissingOnSource)).To(Equal(int64(1)))
		Expect(report.Count(verify.Extra)).To(Equal(int64(3)))
	})

	It("ends with what stops the listing, the walk or the caller", func() {
		l := newLoad()
		for i := range 500 {
			l.both(fmt.Sprint(i), ten)
		}
		boom := errors.New("boom")
		p, err := verify.Live(broken{l.src, boom}, l.ranges)
		Expect(err).NotTo(HaveOccurred())
		_, err = verify.Run(context.Background(), l.request(p))
		Expect(err).To(MatchError(boom))
		l.tree.Broken = boom
		_, err = verify.Run(context.Background(), l.request(l.live()))
		Expect(err).To(MatchError(boom))
		var e *verify.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Remedy).NotTo(BeEmpty())
		l.tree.Broken = nil
		start := l.start()
		b := population(start)
		cut := population(l.end(start)[:200])
		_, err = verify.Run(context.Background(), l.request(cut))
		Expect(err).To(MatchError(ContainSubstring("reading the baseline")))
		ctx, cancel := context.WithCancel(context.Background())
		r := l.request(b)
		r.Tree = stopping{l.tree, cancel}
		_, err = verify.Run(ctx, r)
		Expect(err).To(MatchError(context.Canceled))
	})

	It("closes each file that it opens", func() {
		l := newLoad()
		for i := range 100 {
			l.both(fmt.Sprint(i), fmt.Sprint("content ", i))
		}
		var open atomic.Int64
		r := l.request(l.live())
		r.Tree = counting{l.tree, &open}
		run(r)
		Expect(open.Load()).To(BeZero())
	})

	It("refuses a walk that is out of order", func() {
		l := newLoad()
		l.both("a", ten)
		r := l.request(l.live())
		r.Tree = twice{l.tree}
		_, err := verify.Run(context.Background(), r)
		Expect(err).To(MatchError(ContainSubstring(`"photos/a" comes after "photos/a"`)))
	})

	It("does not depend on how many files it reads at once", func() {
		l := newLoad()
		for i := range 300 {
			l.both(fmt.Sprint(i), fmt.Sprint("content ", i))
			if i%3 == 0 {
				l.tree.Files[fmt.Sprint("photos/", i)] = fmt.Append(nil, "CONTENT ", i)
			}
		}
		var texts []string
		for _, n := range []int{1, 2, 9} {
			r := l.request(l.live())
			r.Runtime.Workers = n
			texts = append(texts, string(encode(run(r))))
		}
		Expect(texts[1]).To(Equal(texts[0]))
		Expect(texts[2]).To(Equal(texts[0]))
	})

	It("tells how far it is", func() {
		l := newLoad()
		for i := range 2500 {
			l.both(fmt.Sprint(i), "x")
		}
		var got steps
		r := l.request(l.live())
		r.Runtime.Progress, r.Draw = &got, verify.Draw{Count: 5}
		run(r)
		Expect(got[len(got)-2]).To(Equal(verify.Step{Phase: verify.PhaseComparing, Objects: 2500}))
		Expect(got[len(got)-1]).To(Equal(verify.Step{Phase: verify.PhaseReading, Objects: 5, Bytes: 5, Of: 5, OfBytes: 5}))
	})

	DescribeTable("refuses a request that cannot mean anything", func(change func(*verify.Request), want string) {
		l := newLoad()
		r := l.request(l.live())
		change(&r)
		_, err := verify.Run(context.Background(), r)
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("no sample", func(r *verify.Request) { r.Draw = verify.Draw{} }, "a sample of 0"),
		Entry("no tree", func(r *verify.Request) { r.Tree = nil }, "is missing"),
		Entry("no clock", func(r *verify.Request) { r.Runtime.Now = nil }, "is missing"),
		Entry("no range", func(r *verify.Request) { r.Population.Ranges = nil }, "there is none"),
		Entry("no bucket", func(r *verify.Request) { r.Population.Ranges[0].Bucket = "" }, "has no bucket"),
		Entry("dots", func(r *verify.Request) { r.Population.Ranges[0].Directory = "a/../b" }, `"a/../b" cannot be`),
		Entry("unknown population", func(r *verify.Request) { r.Population.Known = "x" }, `population "x"`),
	)
})

type stopping struct {
	verify.Tree
	cancel func()
}

func (s stopping) Open(e verify.Entry) (io.ReaderAt, error) {
	s.cancel()
	return s.Tree.Open(e)
}

type counting struct {
	verify.Tree
	open *atomic.Int64
}

type counted struct {
	io.ReaderAt
	open *atomic.Int64
}

func (c counted) Close() error { c.open.Add(-1); return nil }

func (c counting) Open(e verify.Entry) (io.ReaderAt, error) {
	f, err := c.Tree.Open(e)
	c.open.Add(1)
	return counted{f, c.open}, err
}

type twice struct{ verify.Tree }

func (t twice) Walk(ctx context.Context, root string, yield func(verify.Entry) error) error {
	if err := t.Tree.Walk(ctx, root, yield); err != nil {
		return err
	}
	return t.Tree.Walk(ctx, root, yield)
}
