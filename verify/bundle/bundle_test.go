package bundle_test

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

var _ = Describe("a bundle", func() {
	It("is read as it was written, as often as one likes", func() {
		d := newDrive()
		sum := d.write()
		Expect(d.names()).To(ConsistOf("README.txt", "SHA256SUMS", "backup.json", "baseline.jsonl.gz"))
		b, err := bundle.Open(d.root.FS())
		Expect(err).NotTo(HaveOccurred())
		want := described()
		want.FormatVersion, want.Ranges, want.BaselineDigest, want.Objects, want.Bytes = 1, ranges, sum.Digest, sum.Objects, sum.Bytes
		Expect(b.Description).To(Equal(want))
		p := b.Population()
		Expect(p.Known).To(Equal(verify.ClosedBaseline))
		Expect(p.Ranges).To(Equal(ranges))
		for range 2 {
			var got []verify.Expected
			for e, err := range p.Objects(ctx) {
				Expect(err).NotTo(HaveOccurred())
				got = append(got, e)
			}
			Expect(got).To(Equal(d.lines))
		}
	})

	It("is written anew, also over what an interrupted writing has left", func() {
		d := newDrive()
		first := d.write()
		Expect(os.Symlink("/etc/passwd", d.dir+"/.s3export/.README.txt.tmp")).To(Succeed())
		Expect(d.write()).To(Equal(first))
		Expect(d.names()).To(HaveLen(4))
	})

	It("stays the old one when the new one cannot be written", func() {
		d := newDrive()
		first := d.write()
		boom := errors.New("pulled")
		failing := func(yield func(verify.Expected, error) bool) { yield(verify.Expected{}, boom) }
		_, err := bundle.Write(ctx, d.root, described(), ranges, iter.Seq2[verify.Expected, error](failing))
		Expect(err).To(MatchError(boom))
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err = bundle.Write(ended, d.root, described(), ranges, d.all())
		Expect(err).To(MatchError(context.Canceled))
		Expect(d.names()).To(HaveLen(4))
		b, err := bundle.Open(d.root.FS())
		Expect(err).NotTo(HaveOccurred())
		Expect(b.Description.BaselineDigest).To(Equal(first.Digest))
	})

	It("is not there where nobody has written one", func() {
		_, err := bundle.Open(os.DirFS(GinkgoT().TempDir()))
		Expect(err).To(MatchError(fs.ErrNotExist))
		remedied(err)
	})

	DescribeTable("is refused", func(spoil func(d *drive), problem string) {
		d := newDrive()
		d.write()
		spoil(d)
		_, err := bundle.Open(d.root.FS())
		Expect(err).To(MatchError(ContainSubstring(problem)))
		Expect(err).NotTo(MatchError(fs.ErrNotExist))
		remedied(err)
	},
		Entry("when the baseline is another", func(d *drive) { d.edit("baseline.jsonl.gz", func(s string) string { return s + " " }) }, "writing was interrupted"),
		Entry("when the baseline is gone", func(d *drive) { _ = d.root.Remove(".s3export/baseline.jsonl.gz") }, "is not there"),
		Entry("with a word that it does not know", func(d *drive) { d.edit("backup.json", replacing(`"backup"`, `"backups"`)) }, "unknown field"),
		Entry("also within", func(d *drive) { d.edit("backup.json", replacing(`"keyBytes"`, `"keyByte"`)) }, "unknown field"),
		Entry("of a later format", func(d *drive) {
			d.edit("backup.json", replacing(`"formatVersion": 1`, `"formatVersion": 2, "more": 1`))
		}, "its format is 2"),
		Entry("of no format", func(d *drive) { d.edit("backup.json", replacing(`"formatVersion": 1,`, ``)) }, "has no format"),
		Entry("that is no JSON", func(d *drive) { d.edit("backup.json", replacing(`{`, `(`)) }, "invalid"),
		Entry("with more behind it", func(d *drive) { d.edit("backup.json", func(s string) string { return s + "{}" }) }, "after top-level value"),
		Entry("that is huge", func(d *drive) { d.edit("backup.json", func(s string) string { return s + strings.Repeat(" ", 5<<20) }) }, "longer than"),
	)
})

func (d *drive) edit(name string, change func(string) string) {
	GinkgoHelper()
	text, err := d.root.ReadFile(".s3export/" + name)
	Expect(err).NotTo(HaveOccurred())
	Expect(d.root.WriteFile(".s3export/"+name, []byte(change(string(text))), 0o644)).To(Succeed())
}

func replacing(old, now string) func(string) string {
	return func(s string) string { return strings.ReplaceAll(s, old, now) }
}

func remedied(err error) {
	GinkgoHelper()
	e, ok := errors.AsType[*verify.Error](err)
	Expect(ok).To(BeTrue())
	Expect(e.Remedy).NotTo(BeEmpty())
}
