package fill_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// awkward are keys whose paths are not in the order of keys.
func awkward() []string {
	return []string{
		"%", "%41", "a", "a\x01", "a\x7f", "a%", "a-b", "a/", "a/b", "a//b", "a/b/c", "a0", "b/1", "b/2", "b\xff", "b\xffc", "c", "é", "é\xff", "z",
	}
}

// spread fills a drive that has room for so many objects, and returns the two specs with
// which it goes on.
func (s *shelf) spread(ctx context.Context, room int) (here, next []specs.Range, whole bool) {
	GinkgoHelper()
	left := room
	s.full = func() bool { left--; return left < 0 }
	d, o := s.order(ctx)
	_, err := s.filler.Fill(ctx, d, o)
	if err == nil {
		return nil, nil, true
	}
	e, ok := errors.AsType[*reconciler.FullError](err)
	Expect(ok).To(BeTrue(), "%v", err)
	Expect(e.Remedy).NotTo(BeEmpty())
	file := filepath.Join(s.filler.Journal.RunDir(d.Metadata.Name, d.Spec.Run), "continue.yaml")
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		Expect(e.Remedy).To(ContainSubstring("larger drive"))
		return nil, d.Ranges(), false
	}
	Expect(err).NotTo(HaveOccurred())
	docs, err := specs.Decode(filepath.Join(s.home, "backup.yaml"), text, specs.Options{})
	Expect(err).NotTo(HaveOccurred(), string(text))
	Expect(docs).To(HaveLen(2))
	return docs[0].Ranges(), docs[1].Ranges(), false
}

// selected returns the objects of the source that ranges select.
func (s *shelf) selected(ranges []specs.Range) []string {
	var all []string
	for at := range s.contents {
		if slices.ContainsFunc(ranges, func(r specs.Range) bool { return r.Bucket == at[0] && r.Selects(at[1]) }) {
			all = append(all, at[0]+"/"+at[1])
		}
	}
	slices.Sort(all)
	return all
}

// held returns the objects that are on the drive.
func (s *shelf) held() []string {
	GinkgoHelper()
	files := slices.Collect(maps.Values(s.files(".")))
	var all []string
	for at, content := range s.contents {
		if content != "" && slices.Contains(files, content) {
			all = append(all, at[0]+"/"+at[1])
		}
	}
	return all
}

var _ = Describe("a drive that gets full", func() {
	DescribeTable("ends wherever that is, and another goes on", func(ctx context.Context, ranges string, want int) {
		for room := 0; ; room++ {
			s := newShelf()
			s.ranges, s.batch = ranges, 100
			for _, key := range awkward() {
				if key == "a/" {
					s.put(key, "")
					s.putIn("raw", key, "")
					continue
				}
				s.put(key, "content of "+key)
				s.putIn("raw", key, "raw content of "+key)
			}
			all := s.selected(s.document().Ranges())
			Expect(all).To(HaveLen(want))
			here, next, whole := s.spread(ctx, room)
			if whole {
				Expect(room).To(BeNumerically(">=", want-2)) // but for markers
				return
			}
			By(fmt.Sprintf("room for %d: %q, %q", room, here, next))
			both := append(s.selected(here), s.selected(next)...)
			slices.Sort(both)
			Expect(both).To(Equal(all), "each object is of one drive")
			held := s.held()
			for _, name := range s.selected(here) {
				if !strings.HasSuffix(name, "a/") {
					Expect(held).To(ContainElement(name))
				}
			}
			Expect(held).To(HaveLen(room))
			if room%5 == 3 {
				s.goOn(ctx, here)
			}
		}
	},
		Entry("one range", "[{bucket: photos}]", 20),
		Entry("two buckets", "[{bucket: photos}, {bucket: raw}]", 40),
		Entry("parts of one bucket", "[{bucket: photos, after: b}, {bucket: raw, prefix: a}, {bucket: photos, through: b}]", 30),
		Entry("another directory", "[{bucket: raw, directory: deep/er}]", 20),
	)

	It("is not cut before an object that could not be read", func(ctx context.Context) {
		s := newShelf()
		for i := range 10 {
			s.put(fmt.Sprint(i), fmt.Sprint("content ", i))
		}
		s.refuse = func(item providers.Item) error {
			if item.Key == "1" {
				return errors.New("denied")
			}
			return nil
		}
		here, next, _ := s.spread(ctx, 7)
		Expect(here).To(Equal([]specs.Range{{Bucket: bucket, Directory: bucket, Through: "6"}}))
		Expect(next).To(Equal([]specs.Range{{Bucket: bucket, Directory: bucket, After: "6"}}))
	})

	It("holds each range that another one overlaps", func(ctx context.Context) {
		s := newShelf()
		s.ranges = "[{bucket: photos, prefix: a}, {bucket: photos}]"
		for _, key := range []string{"a1", "a2", "a3", "b"} {
			s.put(key, "content of "+key)
		}
		here, next, _ := s.spread(ctx, 1)
		Expect(s.selected(here)).To(Equal([]string{"photos/a1"}))
		Expect(s.selected(next)).To(Equal([]string{"photos/a2", "photos/a3", "photos/b"}))
	})

	It("is told what the spec is that goes on, and how much there is", func(ctx context.Context) {
		s := newShelf()
		for i := range 4 {
			s.put(fmt.Sprint(i), "0123456789")
		}
		left := 2
		s.full = func() bool { left--; return left < 0 }
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(ContainSubstring("2 objects (20 bytes) are on it, 2 (20 bytes) are not")))
		e, _ := errors.AsType[*reconciler.FullError](err)
		Expect(e.Remedy).To(ContainSubstring(`after key "1"`))
	})
})

var _ = It("leaves a file that can take the place of the whole spec file", func(ctx context.Context) {
	s := newShelf()
	s.more = "  set: photos\n"
	for i := range 4 {
		s.put(fmt.Sprint(i), "content")
	}
	left := 2
	s.full = func() bool { left--; return left < 0 }
	d, o := s.order(ctx)
	text, err := os.ReadFile(d.File)
	Expect(err).NotTo(HaveOccurred())
	other := strings.NewReplacer("photos-a", "photos-a-2", "drive.img", "other.img").Replace(string(text))
	Expect(os.WriteFile(d.File, []byte("# kept\n---\n"+string(text)+"---\n"+other), 0o600)).To(Succeed())
	_, err = s.filler.Fill(ctx, d, o)
	e, ok := errors.AsType[*reconciler.FullError](err)
	Expect(ok).To(BeTrue(), "%v", err)
	Expect(e.Remedy).To(ContainSubstring("a set of its own"))
	Expect(os.Rename(s.filler.Journal.RunDir(d.Metadata.Name, d.Spec.Run)+"/continue.yaml", d.File)).To(Succeed())
	docs, err := specs.Load([]string{d.File}, specs.Options{})
	Expect(err).NotTo(HaveOccurred())
	var all []string
	for _, d := range docs {
		all = append(all, fmt.Sprint(d.Metadata.Name, " of ", d.Spec.Set, " on ", filepath.Base(d.Spec.Device.Image), " after ", d.Ranges()[0].After))
	}
	Expect(all).To(Equal([]string{
		"photos-a of photos on drive.img after ", "photos-a-3 of photos-3 on drive-3.img after 1", "photos-a-2 of photos on other.img after ",
	}))
})

var _ = It("says that a drive is full also where no spec can be written", func(ctx context.Context) {
	s := newShelf()
	s.put("a", "a")
	s.put("b", "b")
	left := 1
	s.full = func() bool { left--; return left < 0 }
	d, o := s.order(ctx)
	Expect(os.Remove(d.File)).To(Succeed())
	_, err := s.filler.Fill(ctx, d, o)
	e, ok := errors.AsType[*reconciler.FullError](err)
	Expect(ok).To(BeTrue(), "%v", err)
	Expect(e.Remedy).To(ContainSubstring("backup.yaml"))
})

// goOn fills the drive with its own part of the source, as the spec that goes on says, and
// fetches nothing for it.
func (s *shelf) goOn(ctx context.Context, here []specs.Range) {
	GinkgoHelper()
	if len(here) == 0 {
		return
	}
	d := s.document()
	d.Spec.Source = &specs.Source{Ranges: here}
	fact, err := s.keeper.Survey(ctx, d, nil)
	Expect(err).NotTo(HaveOccurred())
	s.full, s.fetched = func() bool { Fail("something is to be fetched"); return true }, nil
	filled, err := s.filler.Fill(ctx, d, reconciler.FillOrder{Run: reconciler.Run{Name: s.run, Baseline: &fact}})
	Expect(err).NotTo(HaveOccurred())
	s.expectWhole(ctx, d, filled)
	Expect(s.fetched).To(BeEmpty())
}
