package verify_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

func unzip(b []byte) string {
	GinkgoHelper()
	gz, err := gzip.NewReader(bytes.NewReader(b))
	Expect(err).NotTo(HaveOccurred())
	text, err := io.ReadAll(gz)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

func zip(text string) []byte {
	var out bytes.Buffer
	gz := gzip.NewWriter(&out)
	_, _ = gz.Write([]byte(text))
	_ = gz.Close()
	return out.Bytes()
}

// readAll returns the paths of a baseline, and the error of its last step.
func readAll(b []byte) ([]string, error) {
	base, err := verify.OpenBaseline(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	var paths []string
	for e, err := range base.Population().Objects(context.Background()) {
		if err != nil {
			return paths, err
		}
		paths = append(paths, e.Path)
	}
	return paths, nil
}

func awkward() *load {
	l := newLoad()
	l.ranges = []verify.Range{
		{Bucket: "photos", Directory: "a"},
		{Bucket: "other", Directory: "/a/b/"},
		{Bucket: "other", Prefix: "x", After: "x1", Through: "x3", Directory: ""},
		{Bucket: "photos", Prefix: "b", Directory: "a"}, // a part of the first
	}
	for i, key := range []string{"b/c", "b-c", "b", "b/", "d//e", "é", "\xff\xfe", "q\"uo<te>&\n", "../x", strings.Repeat("l", 300)} {
		l.src.Put("photos", key, fmt.Appendf(nil, "photo %d", i), fake.Modified(longAgo))
	}
	l.src.Put("photos", "m/", nil, fake.Modified(longAgo))
	l.src.Put("photos", "cold", []byte("c"), fake.Modified(longAgo), fake.Class("GLACIER"))
	for _, key := range []string{"c", "x", "x1", "x2", "x3", "x4"} {
		l.src.Put("other", key, []byte(key), fake.Modified(longAgo))
	}
	return l
}

var _ = Describe("a baseline", func() {
	It("is a file that people and programs can read", func() {
		l := awkward()
		start := l.start()
		golden("baseline-start.golden", []byte(unzip(start)))
		l.src.Put("photos", "b", []byte("changed"), fake.Modified(during))
		l.src.Put("photos", "created", []byte("created"), fake.Modified(during))
		l.src.Delete("other", "x2")
		golden("baseline-closed.golden", []byte(unzip(l.end(start))))
	})

	It("counts what it holds, and knows its own digest", func() {
		l := awkward()
		var out bytes.Buffer
		sum, _, err := verify.TakeBaseline(context.Background(), l.src, l.ranges, &out, nil)
		Expect(err).NotTo(HaveOccurred())
		digest := sha256.Sum256(out.Bytes())
		Expect(sum.Digest).To(Equal(hex.EncodeToString(digest[:])))
		sum.Digest = ""
		Expect(sum).To(Equal(verify.Summary{Objects: 20, Bytes: 85, Markers: 1, Unnameable: 5, Archived: 1}))
		start := out.Bytes()
		l.src.Put("photos", "b", []byte("changed!!"), fake.Modified(during))
		l.src.Put("photos", "created", []byte("1"), fake.Modified(during))
		l.src.Delete("other", "x2")
		sum, err = verify.CloseBaseline(context.Background(), bytes.NewReader(start), l.live(), io.Discard, nil)
		Expect(err).NotTo(HaveOccurred())
		sum.Digest = ""
		Expect(sum).To(Equal(verify.Summary{Objects: 21, Bytes: 88, Markers: 1, Unnameable: 5, Archived: 1, Changed: 1, Created: 1, Deleted: 2}))
	})

	It("has the same bytes each time", func() {
		l := awkward()
		Expect(l.start()).To(Equal(l.start()))
		Expect(l.end(l.start())).To(Equal(l.end(l.start())))
	})

	It("is in the byte order of paths, where a-b comes before a/b", func() {
		l := newLoad()
		l.ranges = []verify.Range{{Bucket: "photos", Directory: "a"}, {Bucket: "photos", Directory: "a-b"}, {Bucket: "photos", Directory: ""}}
		for _, key := range []string{"a/b", "a-b", "a", "a0", "a/", "z"} {
			l.src.Put("photos", key, []byte(key))
		}
		paths, err := readAll(l.start())
		Expect(err).NotTo(HaveOccurred())
		Expect(paths).To(HaveLen(18))
		for i := 1; i < len(paths); i++ {
			Expect(paths[i-1] <= paths[i]).To(BeTrue(), "%q before %q", paths[i-1], paths[i])
		}
	})

	It("keeps keys that are no UTF-8, byte for byte", func() {
		l := newLoad()
		l.src.Put("photos", "\xff\x00\xfe", []byte("x"))
		Expect(readAll(l.end(l.start()))).To(Equal([]string{"photos/\xff\x00\xfe"}))
	})

	It("finds every truncation", func() {
		whole := awkward().start()
		for n := range len(whole) {
			_, err := readAll(whole[:n])
			Expect(err).To(HaveOccurred(), "cut at %d", n)
			var e *verify.Error
			Expect(errors.As(err, &e)).To(BeTrue())
			Expect(e.Remedy).NotTo(BeEmpty())
		}
	})

	It("finds every changed byte of its text", func() {
		text := unzip(awkward().start())
		for i := range text {
			changed := text[:i] + string(rune('0'+(text[i]+1)%10)) + text[i+1:]
			if changed == text {
				continue
			}
			_, err := readAll(zip(changed))
			Expect(err).To(HaveOccurred(), "byte %d of %q", i, changed)
		}
	})

	DescribeTable("refuses what is none", func(text func(lines []string) string, want string) {
		_, err := readAll(zip(text(strings.SplitAfter(unzip(awkward().start()), "\n"))))
		Expect(err).To(MatchError(ContainSubstring(want)))
	},
		Entry("empty", func([]string) string { return "" }, "line 1: it ends without its last line"),
		Entry("another format", func(l []string) string { return strings.Replace(strings.Join(l, ""), "/v1", "/v9", 1) }, `"s3export-baseline/v9"`),
		Entry("no trailer", func(l []string) string { return strings.Join(l[:5], "") }, "line 6: it ends without"),
		Entry("a line missing", func(l []string) string { return strings.Join(append(l[:3:3], l[4:]...), "") }, "it holds 19 lines, not the 20"),
		Entry("lines swapped", func(l []string) string { l[2], l[3] = l[3], l[2]; return strings.Join(l, "") }, "the order is lost"),
		Entry("a line twice", func(l []string) string { return strings.Join(append(l[:3:3], l[2:]...), "") }, "the order is lost"),
		Entry("more after the end", func(l []string) string { return strings.Join(l, "") + "{}\n" }, "more after its last line"),
		Entry("no JSON", func(l []string) string { l[2] = "x\n"; return strings.Join(l, "") }, "line 3: invalid character"),
		Entry("no ranges", func(l []string) string {
			return `{"format":"s3export-baseline/v1","ranges":[]}` + "\n" + strings.Join(l[1:], "")
		}, "there is none"),
	)

	It("refuses what is no gzip", func() {
		_, err := verify.OpenBaseline(strings.NewReader("{}"))
		Expect(err).To(MatchError(ContainSubstring("no gzip file")))
	})

	It("is not closed twice, nor with other ranges", func() {
		l := awkward()
		start := l.start()
		closed := l.end(start)
		_, err := verify.CloseBaseline(context.Background(), bytes.NewReader(closed), l.live(), io.Discard, nil)
		Expect(err).To(MatchError(ContainSubstring("closed already")))
		_, err = verify.CloseBaseline(context.Background(), bytes.NewReader(start), livePopulation(l.src, l.ranges[:1]), io.Discard, nil)
		Expect(err).To(MatchError(ContainSubstring("of other ranges")))
	})

	It("is not closed on a start that is cut", func() {
		l := awkward()
		start := l.start()
		_, err := verify.CloseBaseline(context.Background(), bytes.NewReader(start[:len(start)-20]), l.live(), io.Discard, nil)
		Expect(err).To(MatchError(ContainSubstring("reading the baseline")))
	})

	It("passes on what stops a listing or the writing", func() {
		l := awkward()
		boom := errors.New("boom")
		_, _, err := verify.TakeBaseline(context.Background(), broken{l.src, boom}, l.ranges, io.Discard, nil)
		Expect(err).To(MatchError(boom))
		_, _, err = verify.TakeBaseline(context.Background(), l.src, l.ranges, full{boom}, nil)
		Expect(err).To(MatchError(boom))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, _, err = verify.TakeBaseline(ctx, l.src, l.ranges, io.Discard, nil)
		Expect(err).To(MatchError(context.Canceled))
	})

	It("does not go on with other ranges when one has failed", func() {
		l := newLoad()
		for i := range 100 {
			l.src.Put("photos", fmt.Sprint(i), []byte("x"))
		}
		l.ranges = []verify.Range{{Bucket: "photos", Directory: "a"}, {Bucket: "photos", Directory: "z"}}
		seen := 0
		p, err := verify.Live(failsBelow{l.src, "a"}, l.ranges)
		Expect(err).NotTo(HaveOccurred())
		for _, err := range p.Objects(context.Background()) {
			if err == nil {
				seen++
			}
		}
		Expect(seen).To(BeNumerically("<=", 3))
	})

	It("refuses a listing that is not in key order", func() {
		_, _, err := verify.TakeBaseline(context.Background(), backwards{}, newLoad().ranges, io.Discard, nil)
		Expect(err).To(MatchError(ContainSubstring(`key "a" comes after "b"`)))
	})

	It("tells how far it is", func() {
		l := newLoad()
		for i := range 2500 {
			l.src.Put("photos", fmt.Sprint(i), []byte("x"))
		}
		var steps steps
		_, _, err := verify.TakeBaseline(context.Background(), l.src, l.ranges, io.Discard, &steps)
		Expect(err).NotTo(HaveOccurred())
		Expect(steps).To(HaveLen(3))
		Expect(steps[2]).To(Equal(verify.Step{Phase: verify.PhaseListing, Objects: 2500, Bytes: 2500}))
	})
})

type steps []verify.Step

func (s *steps) Progress(one verify.Step) { *s = append(*s, one) }

// broken lists two objects and fails.
type broken struct {
	verify.Source
	err error
}

func (b broken) List(ctx context.Context, r verify.Range, yield func(verify.Object) error) error {
	n := 0
	err := b.Source.List(ctx, r, func(o verify.Object) error {
		if n++; n > 2 {
			return b.err
		}
		return yield(o)
	})
	return errors.Join(err)
}

// failsBelow fails after two objects of the range with the directory.
type failsBelow struct {
	verify.Source
	directory string
}

func (f failsBelow) List(ctx context.Context, r verify.Range, yield func(verify.Object) error) error {
	if r.Directory != f.directory {
		return f.Source.List(ctx, r, yield)
	}
	return broken{f.Source, errors.New("boom")}.List(ctx, r, yield)
}

type full struct{ err error }

func (f full) Write([]byte) (int, error) { return 0, f.err }

type backwards struct{ verify.Source }

func (backwards) List(_ context.Context, _ verify.Range, yield func(verify.Object) error) error {
	return errors.Join(yield(verify.Object{Key: "b"}), yield(verify.Object{Key: "a"}))
}
