package fill_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// aside is what has given way in all runs, however it is kept.
func (s *station) aside() []string {
	GinkgoHelper()
	return slices.Sorted(maps.Values(s.files(path.Join(bundle.Dir, bundle.ReplacedName))))
}

var _ = Describe("what is in the way of an object", func() {
	var s *shelf
	denied := func(providers.Item) error { return errors.New("denied") }
	uncopied := func(ctx context.Context) {
		GinkgoHelper()
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		_, ok := errors.AsType[*reconciler.UncopiedError](err)
		Expect(ok).To(BeTrue(), "%v", err)
	}
	BeforeEach(func(ctx context.Context) {
		s = newShelf()
		for _, key := range []string{"a", "b/1", "b/2", "c"} {
			s.put(key, "content of "+key)
		}
		s.fill(ctx)
	})

	It("is kept until the object is there, where it is to be dropped", func(ctx context.Context) {
		s.again("2")
		s.pull = ", replaced: Drop"
		for _, key := range []string{"a", "b/1", "b/2"} {
			s.remove(key)
		}
		s.put("a/deep", "below a")
		s.put("b", "a file now")
		s.refuse = denied
		uncopied(ctx)
		Expect(s.aside()).To(Equal([]string{"content of a", "content of b/1", "content of b/2"}))
		By("failing once more")
		uncopied(ctx)
		Expect(s.aside()).To(HaveLen(3))
		s.refuse = nil
		s.fill(ctx)
		Expect(s.files(bucket)).To(Equal(map[string]string{"a/deep": "below a", "b": "a file now", "c": "content of c"}))
		Expect(filepath.Join(s.dir, bundle.Dir, bundle.ReplacedName)).NotTo(BeAnExistingFile())
	})

	It("is dropped by the run that has the object, and what is kept stays", func(ctx context.Context) {
		s.again("2")
		s.put("c", "newer")
		s.fill(ctx)
		s.again("3")
		s.pull = ", replaced: Drop"
		s.remove("a")
		s.put("a/deep", "below a")
		s.refuse = denied
		uncopied(ctx)
		Expect(s.aside()).To(Equal([]string{"content of a", "content of c"}))
		s.again("4")
		s.refuse = nil
		s.fill(ctx)
		Expect(s.aside()).To(Equal([]string{"content of c"}))
	})

	It("is dropped also where the copy was killed at its end", func(ctx context.Context) {
		s.again("2")
		s.pull = ", replaced: Drop"
		s.remove("a")
		s.put("a/deep", "below a")
		d, o := s.order(ctx)
		s.filler.Mount = s.mount(func() error { return errCut })
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(errCut))
		s.filler.Mount = s.mount(nil)
		s.carryOut(ctx, d, o)
		Expect(s.aside()).To(BeEmpty())
	})

	It("is kept by a repair", func(ctx context.Context) {
		d, o := s.order(ctx)
		o.Repair = s.report(d, map[string]verify.Outcome{"photos/c": verify.Differ})
		Expect(os.Remove(filepath.Join(s.dir, "photos/c"))).To(Succeed())
		s.write("photos/c/own", "somebody's own")
		s.carryOut(ctx, d, o)
		Expect(s.aside()).To(Equal([]string{"somebody's own"}))
		Expect(s.files(bucket)).To(HaveKeyWithValue("c", "content of c"))
	})
})
