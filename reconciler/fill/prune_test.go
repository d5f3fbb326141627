package fill_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

var _ = Describe("what is no object of the source any more", func() {
	var s *shelf
	BeforeEach(func(ctx context.Context) {
		s = newShelf()
		s.ranges = "[{bucket: photos}, {bucket: photos-raw}, {bucket: photos.old, directory: photos+}]"
		for _, key := range []string{"a", "a-b", "a/b", "b/c", "b/d"} {
			s.put(key, key)
			s.putIn("photos-raw", key, key+" raw")
			s.putIn("photos.old", key, key+" old")
		}
		s.fill(ctx)
		s.again("2")
		s.pull = ", prune: Extra"
		s.more = "  preflight: {accept: [SourceShrank]}\n"
	})

	It("leaves what is, also where directories have names that begin alike", func(ctx context.Context) {
		Expect(s.fill(ctx)).To(And(HaveField("Pruned", BeZero()), HaveField("Kept", BeEquivalentTo(15))))
		Expect(s.fetched).To(BeEmpty())
	})

	It("stays where nothing else is wanted", func(ctx context.Context) {
		s.pull = ""
		s.remove("b/c")
		Expect(s.fill(ctx)).To(HaveField("Pruned", BeZero()))
		Expect(s.files(bucket)).To(HaveKey("b/c"))
	})

	It("is moved away", func(ctx context.Context) {
		s.remove("b/c")
		s.remove("a-b")
		s.write("photos-raw/somebody's", "own")
		s.write("other/file", "of nobody's range")
		s.write("at the top", "as well")
		Expect(s.fill(ctx)).To(HaveField("Pruned", BeEquivalentTo(3)))
		Expect(slices.Sorted(maps.Keys(s.replaced("2")))).To(Equal([]string{"photos-raw/somebody's", "photos/a-b", "photos/b/c"}))
		Expect(s.files("other")).To(HaveLen(1))
		Expect(filepath.Join(s.dir, "at the top")).To(BeAnExistingFile())
	})

	It("is removed where it is not to be kept", func(ctx context.Context) {
		s.pull += ", replaced: Drop"
		s.remove("b/c")
		Expect(s.fill(ctx)).To(HaveField("Pruned", BeEquivalentTo(1)))
		Expect(s.files(bucket)).NotTo(HaveKey("b/c"))
		Expect(s.replaced("2")).To(BeEmpty())
	})

	It("is not removed by a repair", func(ctx context.Context) {
		s.write("photos/extra", "somebody's own")
		d, o := s.order(ctx)
		o.Repair = s.report(d, map[string]verify.Outcome{"photos/a": verify.Differ})
		s.carryOut(ctx, d, o)
		Expect(s.replaced("2")).To(Equal(map[string]string{"photos/extra": "somebody's own"}))
	})

	It("may be the directory of a range", func(ctx context.Context) {
		Expect(os.RemoveAll(filepath.Join(s.dir, "photos-raw"))).To(Succeed())
		s.write("photos-raw", "a file")
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeEquivalentTo(5)))
		Expect(s.replaced("2")).To(Equal(map[string]string{"photos-raw": "a file"}))
	})

	It("makes room, the oldest run first", func(ctx context.Context) {
		s.put("a", "newer")
		s.fill(ctx)
		Expect(s.replaced("2")).NotTo(BeEmpty())
		s.again("3")
		s.put("a", "newer still")
		s.put("new", "new")
		Expect(s.root.Chtimes(bundle.Dir+"/replaced/2", s.at, s.at)).To(Succeed())
		s.write(bundle.Dir+"/replaced/2.5/x", "younger")
		left := 1
		s.full = func() bool { left--; return left == 0 }
		s.fill(ctx)
		Expect(s.replaced("2")).To(BeEmpty())
		Expect(s.replaced("2.5")).NotTo(BeEmpty())
		Expect(s.replaced("3")).To(Equal(map[string]string{"photos/a": "newer"}))
	})
})
