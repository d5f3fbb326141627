package fill_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify/bundle"
)

// cutAt ends a copy before the n-th thing that it does, from 1.
func cutAt(count *int, n int) func(string, string) error {
	return func(string, string) error {
		if *count++; *count >= n {
			return errCut
		}
		return nil
	}
}

// halfway returns a drive of run 1 that run 2 has much to do at.
func halfway(ctx context.Context) (*shelf, specs.Document, reconciler.FillOrder) {
	GinkgoHelper()
	s := newShelf()
	s.pull = ", prune: Extra"
	for _, key := range []string{"a", "b/1", "b/2", "c", "d", "kept/1", "kept/2", "kept/3", "m/", "x"} {
		content := "old " + key
		if key == "m/" {
			content = ""
		}
		s.put(key, content)
	}
	s.fill(ctx)
	s.again("2")
	s.put("a", "new a")
	s.put("c", "new c")
	s.put("d", "old d") // with a new date
	s.put("e", "new e")
	s.put("y", "new y")
	s.remove("b/1")
	s.remove("b/2")
	s.put("b", "new b")
	s.remove("x")
	s.put("x/y", "new x/y")
	d, o := s.order(ctx)
	return s, d, o
}

// expectEnded makes the rest of a copy that was cut, and compares everything.
func (s *shelf) expectEnded(ctx context.Context, d specs.Document, o reconciler.FillOrder) {
	GinkgoHelper()
	s.effect = nil
	s.carryOut(ctx, d, o)
	want := map[string]string{}
	for at, content := range s.contents {
		if at[1] != "m/" {
			want[at[1]] = content
		}
	}
	Expect(s.files(bucket)).To(Equal(want))
	gaveWay := s.replaced("2")
	maps.DeleteFunc(gaveWay, func(_, content string) bool { return strings.HasPrefix(content, "new") }) // fetched twice, as this copier does
	Expect(gaveWay).To(Equal(map[string]string{
		"photos/a": "old a", "photos/b/1": "old b/1", "photos/b/2": "old b/2", "photos/c": "old c", "photos/x": "old x",
	}))
	Expect(s.fetched).NotTo(ContainElement(HavePrefix("photos/kept")))
	Expect(s.fetched).NotTo(ContainElement("photos/d"))
	Expect(filepath.Join(s.dir, "photos/m")).To(BeADirectory())
}

var _ = Describe("a copy that is cut", func() {
	It("goes on wherever that was", func(ctx context.Context) {
		for n := 1; ; n++ {
			s, d, o := halfway(ctx)
			count := 0
			s.effect = cutAt(&count, n)
			_, err := s.filler.Fill(ctx, d, o)
			if err == nil {
				Expect(n).To(BeNumerically(">", 10))
				s.expectEnded(ctx, d, o)
				return
			}
			Expect(err).To(MatchError(errCut), fmt.Sprint(n))
			By(fmt.Sprint("going on after step ", n))
			s.expectEnded(ctx, d, o)
		}
	})

	It("goes on when it was cut again and again", func(ctx context.Context) {
		s, d, o := halfway(ctx)
		for range 30 {
			count := 0
			s.effect = cutAt(&count, 4)
			if _, err := s.filler.Fill(ctx, d, o); err == nil {
				break
			}
		}
		s.expectEnded(ctx, d, o)
	})

	// A directory stands where a file is to be made, so the steps before it are done, and
	// none behind it.
	DescribeTable("goes on when the end was cut before it has written", func(ctx context.Context, name string) {
		s, d, o := halfway(ctx)
		block := filepath.Join(s.dir, bundle.Dir, name)
		Expect(os.MkdirAll(filepath.Join(block, "in the way"), 0o755)).To(Succeed())
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(HaveOccurred())
		Expect(os.RemoveAll(block)).To(Succeed())
		s.fetched = nil
		s.expectEnded(ctx, d, o)
		Expect(s.fetched).To(BeEmpty())
	},
		Entry(nil, ".baseline.jsonl.gz.tmp"), Entry(nil, ".SHA256SUMS.tmp"), Entry(nil, ".README.txt.tmp"), Entry(nil, ".backup.json.tmp"), Entry(nil, "writing"),
	)

	It("goes on when only a part of what the drive says was written, for another listing as well", func(ctx context.Context) {
		s, d, o := halfway(ctx)
		block := filepath.Join(s.dir, bundle.Dir, ".backup.json.tmp")
		Expect(os.MkdirAll(filepath.Join(block, "in the way"), 0o755)).To(Succeed())
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(HaveOccurred())
		Expect(os.RemoveAll(block)).To(Succeed())
		s.fetched = nil
		s.put("z", "newest")
		d, o = s.order(ctx)
		s.expectEnded(ctx, d, o)
		Expect(s.fetched).To(Equal([]string{"photos/z"}))
	})

	DescribeTable("goes on when the end was cut after", func(ctx context.Context, cut func(s *shelf, file string)) {
		s, d, o := halfway(ctx)
		filled, err := s.filler.Fill(ctx, d, o)
		Expect(err).NotTo(HaveOccurred())
		cut(s, filepath.Join(s.filler.Journal.RunDir(d.Metadata.Name, d.Spec.Run), filled.Baseline.File))
		s.fetched = nil
		s.expectEnded(ctx, d, o)
		Expect(s.fetched).To(BeEmpty())
	},
		Entry("the drive says all, and the station nothing", func(_ *shelf, file string) { Expect(os.Remove(file)).To(Succeed()) }),
		Entry("all but the record", func(*shelf, string) {}),
		Entry("a mark is left", func(s *shelf, _ string) { s.write(bundle.Dir+"/writing", "") }),
	)

	It("goes on with what the sync of the drive did not end", func(ctx context.Context) {
		s, d, o := halfway(ctx)
		s.filler.Mount = s.mount(func() error { return errCut })
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(errCut))
		s.filler.Mount, s.fetched = s.mount(nil), nil
		s.expectEnded(ctx, d, o)
		Expect(s.fetched).To(BeEmpty())
	})

	It("says that the context ended, and nothing else", func(ctx context.Context) {
		s, d, o := halfway(ctx)
		ctx, cancel := context.WithCancel(ctx)
		s.effect = func(string, string) error { cancel(); return nil }
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(context.Canceled))
	})
})

var _ = Describe("a copy whose spec is edited on the way", func() {
	It("fetches nothing twice", func(ctx context.Context) {
		s := newShelf()
		for i := range 20 {
			s.put(fmt.Sprintf("%02d", i), fmt.Sprint("content ", i))
		}
		s.effect = cutAt(new(int), 20)
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(errCut))
		before := slices.Sorted(slices.Values(s.fetched))
		Expect(len(before)).To(BeNumerically(">", 5))
		s.effect, s.fetched = nil, nil
		s.put("zz", "new")
		Expect(s.fill(ctx).Replaced).To(BeNumerically("<=", 2))
		again := map[string]bool{}
		for _, path := range s.fetched {
			again[path] = slices.Contains(before, path)
		}
		maps.DeleteFunc(again, func(_ string, twice bool) bool { return !twice })
		Expect(len(again)).To(BeNumerically("<=", 2)) // what was not kept
	})
})
