package fill_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
	"github.com/cargomedia/s3export/verify/fake"
)

var errDenied = errors.New("access denied")

// denies refuses the objects with these keys.
func denies(keys ...string) func(providers.Item) error {
	return func(item providers.Item) error {
		for _, k := range keys {
			if item.Key == k {
				return fmt.Errorf("%q: %w", k, errDenied)
			}
		}
		return nil
	}
}

// restorer has objects ready when they are asked for as often as said.
type restorer struct {
	asked map[string]int
	ready int
}

func (r *restorer) Restore(_ context.Context, _, key, tier string, days int) (bool, error) {
	Expect(tier).To(Equal(specs.TierBulk))
	Expect(days).To(Equal(3))
	r.asked[key]++
	return r.asked[key] >= r.ready, nil
}

// forbidden restores nothing.
type forbidden struct{}

func (forbidden) Restore(context.Context, string, string, string, int) (bool, error) {
	return false, errDenied
}

func lineOn(ctx context.Context, s *shelf, path string) (found verify.Expected, ok bool) {
	GinkgoHelper()
	b, err := bundle.Open(os.DirFS(s.dir))
	Expect(err).NotTo(HaveOccurred())
	for e, err := range b.Population().Objects(ctx) {
		Expect(err).NotTo(HaveOccurred())
		if e.Path == path {
			found, ok = e, true
		}
	}
	return found, ok
}

var _ = Describe("an object that cannot be copied", func() {
	var s *shelf
	BeforeEach(func() {
		s = newShelf()
		for _, key := range []string{"a", "b", "c"} {
			s.put(key, "content of "+key)
		}
		s.filler.Lacks = func(err error) string {
			if errors.Is(err, errDenied) {
				return specs.UnreadableObjects
			}
			return ""
		}
	})
	const accept = "  preflight: {accept: [UnreadableObjects, ArchivedObjects]}\n"

	It("does not keep the others from the drive, and is asked for again", func(ctx context.Context) {
		s.refuse = denies("b")
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		e, ok := errors.AsType[*reconciler.UncopiedError](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e).To(And(HaveField("Objects", 1), HaveField("First", MatchError(errDenied))))
		Expect(s.files(bucket)).To(HaveLen(2))
		s.refuse, s.fetched = nil, nil
		s.carryOut(ctx, d, o)
		Expect(s.fetched).To(Equal([]string{"photos/b"}))
	})

	It("ends the copy where there are too many of them", func(ctx context.Context) {
		for i := range 120 {
			s.put(fmt.Sprintf("d%03d", i), "x")
		}
		s.refuse = func(providers.Item) error { return errDenied }
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(errDenied))
		_, ok := errors.AsType[*reconciler.UncopiedError](err)
		Expect(ok).To(BeFalse())
	})

	It("is left out where the spec accepts that, and said to be", func(ctx context.Context) {
		s.more = accept
		s.refuse = denies("b")
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeEquivalentTo(2)))
		line, ok := lineOn(ctx, s, "photos/b")
		Expect(ok).To(BeTrue())
		Expect(line.Known).To(BeNil())
	})

	It("leaves no older state of it in its place, and keeps that even so", func(ctx context.Context) {
		s.fill(ctx)
		s.again("2")
		s.more, s.pull = accept, ", replaced: Drop"
		s.put("b", "newer")
		s.refuse = denies("b")
		s.fill(ctx)
		Expect(s.files(bucket)).To(HaveLen(2))
		Expect(s.replaced("2")).To(Equal(map[string]string{"photos/b": "content of b"}))
	})

	It("leaves alone what somebody has put in its place", func(ctx context.Context) {
		s.more = accept
		s.put("b", "cold", fake.Class("GLACIER"))
		s.write("photos/b", "cold")
		s.fill(ctx)
		s.again("2")
		s.fill(ctx)
		Expect(s.files(bucket)).To(HaveKeyWithValue("b", "cold"))
	})

	It("is one that is archived, where nobody has it restored", func(ctx context.Context) {
		s.more = accept
		s.put("b", "cold", fake.Class("GLACIER"))
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeEquivalentTo(2)))
		Expect(s.fetched).NotTo(ContainElement("photos/b"))
		By("archiving another state of what is on the drive")
		s.again("2")
		s.put("c", "colder", fake.Class("DEEP_ARCHIVE"))
		s.fill(ctx)
		Expect(s.replaced("2")).To(Equal(map[string]string{"photos/c": "content of c"}))
	})

	It("is none that is archived and on the drive already", func(ctx context.Context) {
		s.fill(ctx)
		s.again("2")
		s.more = accept
		s.source.Put(bucket, "b", []byte("content of b"), fake.Modified(s.at), fake.Class("GLACIER"))
		Expect(s.fill(ctx)).To(HaveField("Kept", BeEquivalentTo(3)))
		line, _ := lineOn(ctx, s, "photos/b")
		Expect(line.Known).NotTo(BeNil())
		Expect(line.StorageClass).To(Equal("GLACIER"))
		text, err := os.ReadFile(filepath.Join(s.dir, bundle.Dir, bundle.SumsName))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(text)).To(ContainSubstring("photos/b"))
	})

	It("is restored where the spec wants that, and fetched when it is", func(ctx context.Context) {
		s.pull = ", restore: {tier: Bulk, days: 3}"
		r := &restorer{asked: map[string]int{}, ready: 2}
		s.filler.Restorer = r
		s.put("b", "cold", fake.Class("GLACIER"))
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		e, ok := errors.AsType[*reconciler.RestoringError](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e).To(Equal(&reconciler.RestoringError{Objects: 1, Tier: specs.TierBulk}))
		Expect(s.fetched).To(Equal([]string{"photos/a", "photos/c"}))
		s.carryOut(ctx, d, o)
		Expect(s.fetched).To(Equal([]string{"photos/a", "photos/c", "photos/b"}))
		Expect(r.asked).To(Equal(map[string]int{"b": 2}))
		s.again("2")
		s.fill(ctx)
		Expect(s.fetched).To(BeEmpty())
		Expect(r.asked).To(Equal(map[string]int{"b": 2}), "what is on the drive needs no restore")
	})

	It("may be one that may not be restored", func(ctx context.Context) {
		s.pull = ", restore: {tier: Bulk, days: 3}"
		s.filler.Restorer = forbidden{}
		s.put("b", "cold", fake.Class("GLACIER"))
		d, o := s.order(ctx)
		_, err := s.filler.Fill(ctx, d, o)
		e, ok := errors.AsType[*reconciler.UncopiedError](err)
		Expect(ok).To(BeTrue(), "%v", err)
		Expect(e.Objects).To(Equal(1))
		Expect(s.fetched).To(Equal([]string{"photos/a", "photos/c"}))
		s.more = accept
		s.fill(ctx)
	})

	It("is one that was gone when its turn came", func(ctx context.Context) {
		d, o := s.order(ctx)
		s.remove("b")
		Expect(s.carryOut(ctx, d, o)).To(And(HaveField("Fetched", BeEquivalentTo(2)), HaveField("Gone", BeEquivalentTo(1))))
		_, ok := lineOn(ctx, s, "photos/b")
		Expect(ok).To(BeFalse())
		By("finding it again in another run")
		s.again("2")
		s.put("b", "back")
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeEquivalentTo(1)), HaveField("Gone", BeZero())))
	})

	It("stays gone in a copy that was cut, though it is back", func(ctx context.Context) {
		d, o := s.order(ctx)
		s.remove("b")
		s.effect = cutAt(new(int), 6)
		_, err := s.filler.Fill(ctx, d, o)
		Expect(err).To(MatchError(errCut))
		s.put("b", "back")
		s.effect = nil
		Expect(s.carryOut(ctx, d, o)).To(HaveField("Gone", BeEquivalentTo(1)))
		s.again("2")
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeEquivalentTo(1)))
	})

	It("is one with a slash at its end that is empty now, and so a directory", func(ctx context.Context) {
		s.put("dir/", "with content")
		d, o := s.order(ctx)
		s.put("dir/", "")
		Expect(s.carryOut(ctx, d, o)).To(HaveField("Gone", BeEquivalentTo(1)))
		s.again("2")
		s.fill(ctx)
		Expect(filepath.Join(s.dir, "photos/dir")).To(BeADirectory())
	})
})
