package verify_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/fake"
)

// A story is the life of the object "k": before the job, while the load ran, and
// until it is verified; and what the drive holds as "photos/k".
type story struct {
	name    string
	before  func(l *load)
	loading func(l *load)
	since   func(l *load)
	drive   string // content; "-": it is not there
}

func put(key, content string, options ...fake.Option) func(*load) {
	return func(l *load) {
		l.src.Put("photos", key, []byte(content), append([]fake.Option{fake.Modified(longAgo)}, options...)...)
	}
}

func putParts(key string, content string, sizes []int, options ...fake.Option) func(*load) {
	return func(l *load) {
		var parts [][]byte
		rest := []byte(content)
		for _, n := range sizes {
			parts, rest = append(parts, rest[:n]), rest[n:]
		}
		l.src.PutParts("photos", key, parts, append([]fake.Option{fake.Modified(longAgo)}, options...)...)
	}
}

func remove(key string) func(*load) { return func(l *load) { l.src.Delete("photos", key) } }
func headsFail(l *load)             { l.src.FailHeads(errors.New("503 SlowDown")) }

func link(path string) func(*load) { return func(l *load) { l.tree.Links[path] = true } }
func bad(path string) func(*load) {
	return func(l *load) { l.tree.BadEntries[path] = errors.New("EIO") }
}
func badDir(dir string) func(*load) {
	return func(l *load) { l.tree.BadDirs[dir] = errors.New("EACCES") }
}

func badBytes(path string, at int64) func(*load) {
	return func(l *load) { l.tree.BadBytes[path] = fake.Fault{Offset: at, Err: errors.New("EIO")} }
}

func file(path, content string) func(*load) {
	return func(l *load) { l.tree.Files[path] = []byte(content) }
}

func both(steps ...func(*load)) func(*load) {
	return func(l *load) {
		for _, step := range steps {
			step(l)
		}
	}
}

const ten = "0123456789"

var plain = []story{
	{name: "equal", before: put("k", ten), drive: ten},
	{name: "empty", before: put("k", ""), drive: ""},
	{name: "empty, encrypted", before: put("k", "", fake.Encrypted("aws:kms")), drive: ""},
	{name: "other content", before: put("k", ten), drive: "0123456780"},
	{name: "other content, upper case ETag", before: put("k", ten, fake.Tagged("781E5E245D69B566979B86E28D23F2C7")), drive: ten},
	{name: "truncated", before: put("k", ten), drive: "012345678"},
	{name: "missing", before: put("k", ten), drive: "-"},
	{name: "missing, archived", before: put("k", ten, fake.Class("DEEP_ARCHIVE")), drive: "-"},
	{name: "missing, readable archive", before: put("k", ten, fake.Class("GLACIER_IR")), drive: "-"},
	{name: "a link", before: both(put("k", ten), link("photos/k")), drive: "-"},
	{name: "entry unreadable", before: both(put("k", ten), bad("photos/k")), drive: "-"},
	{name: "bytes unreadable", before: both(put("k", ten), badBytes("photos/k", 4)), drive: ten},
	{name: "directory unreadable", before: both(put("k", ten), badDir("photos")), drive: "-"},
	{name: "other content, aws:kms", before: put("k", ten, fake.Encrypted("aws:kms")), drive: ten},
	{name: "other content, aws:kms:dsse", before: put("k", ten, fake.Encrypted("aws:kms:dsse")), drive: ten},
	{name: "other content, customer key", before: put("k", ten, fake.Encrypted("customer")), drive: ten},
	{name: "other content, AES256", before: put("k", ten, fake.Headed(verify.Head{Encryption: "AES256"})), drive: "0123456780"},
	{name: "other content, then overwritten", before: put("k", ten), since: put("k", "new"), drive: "0123456780"},
	{name: "other content, then deleted", before: put("k", ten), since: remove("k"), drive: "0123456780"},
	{name: "other content, source fails", before: put("k", ten), since: headsFail, drive: "0123456780"},
	{name: "equal, then overwritten", before: put("k", ten), since: put("k", "new", fake.Modified(afterLoad)), drive: ten},
	{name: "equal, then deleted", before: put("k", ten), since: remove("k"), drive: ten},
	{name: "ETag of no form", before: put("k", ten, fake.Tagged("abc")), drive: ten},
	{name: "ETag of zero parts", before: put("k", ten, fake.Tagged("781e5e245d69b566979b86e28d23f2c7-0")), drive: ten},
	{name: "overwritten while loading, drive has old", before: put("k", ten), loading: put("k", "new", fake.Modified(during)), drive: ten},
	{name: "overwritten while loading, drive has new", before: put("k", ten), loading: put("k", "new", fake.Modified(during)), drive: "new"},
	{name: "overwritten while loading, drive has neither", before: put("k", ten), loading: put("k", "new", fake.Modified(during)), drive: "mid"},
	{name: "overwritten while loading, other size", before: put("k", ten), loading: put("k", "new", fake.Modified(during)), drive: "other"},
	{name: "overwritten while loading, missing", before: put("k", ten), loading: put("k", "new", fake.Modified(during)), drive: "-"},
	{name: "same bytes put again while loading", before: put("k", ten), loading: put("k", ten, fake.Modified(during)), drive: ten},
	{name: "overwritten after the load, before the listing", before: put("k", ten), loading: put("k", "new", fake.Modified(afterLoad)), drive: ten},
	{name: "deleted while loading, drive has it", before: put("k", ten), loading: remove("k"), drive: ten},
	{name: "deleted while loading, drive has other", before: put("k", ten), loading: remove("k"), drive: "0123456780"},
	{name: "deleted while loading, missing", before: put("k", ten), loading: remove("k"), drive: "-"},
	{name: "created while loading, drive has it", loading: put("k", ten, fake.Modified(during)), drive: ten},
	{name: "created while loading, drive has other", loading: put("k", ten, fake.Modified(during)), drive: "0123456780"},
	{name: "created while loading, missing", loading: put("k", ten, fake.Modified(during)), drive: "-"},
	{name: "created after the load, drive has it", loading: put("k", ten, fake.Modified(afterLoad)), drive: ten},
	{name: "created after the load, drive has other", loading: put("k", ten, fake.Modified(afterLoad)), drive: "0123456780"},
	{name: "created after the load, missing", loading: put("k", ten, fake.Modified(afterLoad)), drive: "-"},
	{name: "created in the load's last second, missing", loading: put("k", ten, fake.Modified(loadEnded)), drive: "-"},
}

var multipart = []story{
	{name: "equal", before: putParts("k", ten, []int{4, 4, 2}), drive: ten},
	{name: "equal, last part full", before: putParts("k", ten, []int{5, 5}), drive: ten},
	{name: "equal, one part", before: putParts("k", ten, []int{10}), drive: ten},
	{name: "equal, two parts, second larger", before: putParts("k", ten, []int{2, 8}), drive: ten},
	{name: "equal, last part larger", before: putParts("k", ten, []int{2, 2, 6}), drive: ten},
	{name: "equal, uneven", before: putParts("k", ten, []int{4, 2, 4}), drive: ten},
	{name: "equal, uneven, count does not fit", before: putParts("k", ten, []int{3, 1, 1, 1, 4}), drive: ten},
	{name: "equal, first part larger", before: putParts("k", ten, []int{8, 1, 1}), drive: ten},
	{name: "other content", before: putParts("k", ten, []int{4, 4, 2}), drive: "0123456780"},
	{name: "other content, one part", before: putParts("k", ten, []int{10}), drive: "0123456780"},
	{name: "other content, two parts, second larger", before: putParts("k", ten, []int{2, 8}), drive: "0123456780"},
	{name: "truncated", before: putParts("k", ten, []int{4, 4, 2}), drive: "012345678"},
	{name: "aws:kms", before: putParts("k", ten, []int{4, 4, 2}, fake.Encrypted("aws:kms")), drive: ten},
	{name: "one part, aws:kms", before: putParts("k", ten, []int{10}, fake.Encrypted("aws:kms")), drive: ten},
	{name: "parts not told", before: putParts("k", ten, []int{4, 4, 2}, fake.Headed(verify.Head{PartSize: 10})), drive: ten},
	{name: "then overwritten", before: putParts("k", ten, []int{4, 4, 2}), since: put("k", "new"), drive: ten},
	{name: "then deleted", before: putParts("k", ten, []int{4, 4, 2}), since: remove("k"), drive: ten},
	{name: "source fails", before: putParts("k", ten, []int{4, 4, 2}), since: headsFail, drive: ten},
	{name: "bytes unreadable", before: both(putParts("k", ten, []int{4, 4, 2}), badBytes("photos/k", 4)), drive: ten},
	{name: "put again in other parts while loading, drive has either", before: putParts("k", ten, []int{4, 4, 2}),
		loading: putParts("k", ten, []int{5, 5}, fake.Modified(during)), drive: ten},
}

var names = []story{
	{name: "marker", before: both(put("d/", ""), put("k", ten)), drive: ten},
	{name: "marker with content", before: put("d/", "x"), drive: "-"},
	{name: "empty component", before: put("d//x", ten), drive: "-"},
	{name: "leading slash", before: put("/x", ten), drive: "-"},
	{name: "dot dot", before: put("d/../x", ten), drive: "-"},
	{name: "NUL", before: put("a\x00b", ten), drive: "-"},
	{name: "255 bytes", before: put(strings.Repeat("n", 255), ten), drive: "-"},
	{name: "256 bytes", before: put(strings.Repeat("n", 256), ten), drive: "-"},
	{name: "no UTF-8", before: put("\xff", ten), drive: "-"},
	{name: "no UTF-8, and there", before: both(put("\xff", ten), file("photos/\xff", ten)), drive: "-"},
	{name: "file against directory, directory won", before: both(put("k", ten), put("k-", ten), put("k/x", ten), file("photos/k-", ten), file("photos/k/x", ten)), drive: "-"},
	{name: "file against directory, file won", before: both(put("k", ten), put("k-", ten), put("k/x", ten), file("photos/k-", ten)), drive: ten},
	{name: "file against directory, both missing", before: both(put("k", ten), put("k/x", ten)), drive: "-"},
	{name: "a directory where a file should be", before: both(put("k", ten), file("photos/k/x", ten)), drive: "-"},
	{name: "wrong case", before: both(put("k", ten), file("photos/K", ten)), drive: "-"},
	{name: "extra file", before: both(put("k", ten), file("photos/x", ten)), drive: ten},
	{name: "extra file, unreadable", before: both(put("k", ten), bad("photos/x")), drive: ten},
	{name: "file outside of every directory", before: both(put("k", ten), file("other/x", ten)), drive: ten},
}

func tell(kind string, known verify.Knowledge, s story) string {
	l := newLoad()
	for _, step := range []func(*load){s.before} {
		if step != nil {
			step(l)
		}
	}
	start := l.start()
	if s.loading != nil {
		s.loading(l)
	}
	closed := l.end(start)
	if s.drive != "-" {
		l.tree.Files["photos/k"] = []byte(s.drive)
	}
	var r verify.Request
	switch known {
	case verify.LiveListing:
		r = l.request(l.live())
		r.Population.Objects = frozen(r.Population)
	case verify.StartBaseline:
		r = l.request(population(start))
	case verify.ClosedBaseline:
		r = l.request(population(closed))
	}
	if s.since != nil {
		s.since(l)
	}
	report := run(r)
	var out bytes.Buffer
	fmt.Fprintf(&out, "%-9s %-6s %-55s %-10s", kind, known, s.name, report.Verdict())
	for _, t := range report.Tallies {
		fmt.Fprintf(&out, " %d×%s/%s", t.Files, t.Outcome, t.Reason)
		if t.Method != "" {
			fmt.Fprintf(&out, " by %s", t.Method)
		}
	}
	if report.Totals.Markers+report.Totals.Newer > 0 {
		fmt.Fprintf(&out, " (outside: %d markers, %d newer)", report.Totals.Markers, report.Totals.Newer)
	}
	return strings.TrimRight(out.String(), " ") + "\n"
}

var _ = Describe("what a comparison decides", func() {
	It("is the table", func() {
		var out strings.Builder
		for _, known := range []verify.Knowledge{verify.ClosedBaseline, verify.LiveListing} {
			for _, s := range plain {
				out.WriteString(tell("single", known, s))
			}
			for _, s := range multipart {
				out.WriteString(tell("multipart", known, s))
			}
			for _, s := range names {
				out.WriteString(tell("name", known, s))
			}
		}
		golden("decisions.golden", []byte(out.String()))
	})

	It("treats a baseline that was never closed as the last word", func() {
		Expect(tell("single", verify.StartBaseline, story{before: put("k", ten), drive: "-"})).To(ContainSubstring("missingOnDevice/NotThere"))
		Expect(tell("single", verify.StartBaseline, story{before: put("k", ten), drive: ten})).To(ContainSubstring("match/Equal"))
	})

	It("says where reading failed", func() {
		l := newLoad()
		both(put("k", ten), file("photos/k", ten), badBytes("photos/k", 4))(l)
		f := run(l.request(l.live())).Findings[0]
		Expect(f.Reason).To(Equal(verify.ReadError))
		Expect(f.Ranges).To(Equal([]verify.ByteRange{{Offset: 4, Length: 6}}))
		Expect(f.Detail).To(Equal("EIO"))
	})

	It("asks nothing of the source where the listing is enough", func() {
		l := newLoad()
		for i := range 50 {
			l.both(fmt.Sprint(i), ten)
		}
		Expect(run(l.request(l.live())).Verdict()).To(Equal(verify.Pass))
		Expect(l.src.Heads()).To(BeZero())
	})

	It("does without a source, and says what it could not ask", func() {
		l := newLoad()
		l.both("good", ten)
		both(put("bad", ten), file("photos/bad", "0123456780"), putParts("many", ten, []int{4, 4, 2}), file("photos/many", ten))(l)
		r := l.request(population(l.end(l.start())))
		r.Source = nil
		report := run(r)
		Expect(report.Count(verify.Match)).To(Equal(int64(1)))
		for _, f := range report.Findings {
			Expect(f.Outcome).To(Equal(verify.Unverifiable))
			Expect(f.Reason).To(Equal(verify.SourceNotAsked))
		}
		Expect(report.Findings).To(HaveLen(2))
	})
})
