package fill_test

import (
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/verify/bundle"
)

var _ = Describe("a drive that is brought up to date", func() {
	var s *shelf
	BeforeEach(func(ctx context.Context) {
		s = newShelf()
		for _, key := range []string{"a", "b/1", "b/2", "b/3", "marker/", "marker/x", "z"} {
			content := "content of " + key
			if key == "marker/" {
				content = ""
			}
			s.put(key, content)
		}
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeEquivalentTo(6)), HaveField("Kept", BeZero())))
	})

	It("holds all that the source does", func() {
		Expect(s.files(bucket)).To(Equal(map[string]string{
			"a": "content of a", "b/1": "content of b/1", "b/2": "content of b/2", "b/3": "content of b/3", "marker/x": "content of marker/x", "z": "content of z",
		}))
	})

	It("is not touched where nothing has changed", func(ctx context.Context) {
		s.again("2")
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeZero()), HaveField("Kept", BeEquivalentTo(6)), HaveField("Replaced", BeZero())))
		Expect(s.fetched).To(BeEmpty())
		Expect(s.replaced("2")).To(BeEmpty())
	})

	It("gets what is new, and keeps what gives way", func(ctx context.Context) {
		s.again("2")
		s.put("b/2", "newer")
		s.put("c", "new")
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeEquivalentTo(2)), HaveField("Kept", BeEquivalentTo(5)), HaveField("Replaced", BeEquivalentTo(1))))
		Expect(s.fetched).To(Equal([]string{"photos/b/2", "photos/c"}))
		Expect(s.replaced("2")).To(Equal(map[string]string{"photos/b/2": "content of b/2"}))
	})

	It("drops what gives way where that is wanted", func(ctx context.Context) {
		s.again("2")
		s.pull = ", replaced: Drop"
		s.put("b/2", "newer")
		s.fill(ctx)
		Expect(s.replaced("2")).To(BeEmpty())
		Expect(s.files(bucket)).To(HaveKeyWithValue("b/2", "newer"))
	})

	It("fetches nothing where the same content was put again", func(ctx context.Context) {
		s.again("2")
		s.put("a", "content of a")
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeZero()), HaveField("Kept", BeEquivalentTo(6))))
		Expect(s.fetched).To(BeEmpty())
		s.again("3")
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeZero()))
	})

	It("fetches what somebody has written to or taken away", func(ctx context.Context) {
		s.again("2")
		s.write("photos/a", "another")
		Expect(os.Remove(filepath.Join(s.dir, "photos/b/1"))).To(Succeed())
		Expect(s.fill(ctx)).To(HaveField("Fetched", BeEquivalentTo(2)))
		Expect(s.files(bucket)).To(And(HaveKeyWithValue("a", "content of a"), HaveKeyWithValue("b/1", "content of b/1")))
		Expect(s.replaced("2")).To(Equal(map[string]string{"photos/a": "another"}))
	})

	It("makes room for files and directories where keys have changed their parts", func(ctx context.Context) {
		s.again("2")
		s.remove("a")
		s.put("a/deep/er", "below a")
		for _, key := range []string{"b/1", "b/2", "b/3"} {
			s.remove(key)
		}
		s.put("b", "a file now")
		s.remove("marker/")
		s.remove("marker/x")
		s.put("marker", "a file as well")
		s.put("z/", "")
		s.remove("z")
		s.fill(ctx)
		Expect(s.files(bucket)).To(Equal(map[string]string{"a/deep/er": "below a", "b": "a file now", "marker": "a file as well"}))
		Expect(filepath.Join(s.dir, "photos/z")).To(BeADirectory())
		Expect(slices.Sorted(maps.Keys(s.replaced("2")))).To(Equal([]string{"photos/a", "photos/b/1", "photos/b/2", "photos/b/3", "photos/marker/x", "photos/z"}))
	})

	It("loses nothing of an older run where the way is cleared twice in one run", func(ctx context.Context) {
		s.again("2")
		s.put("b/2", "newer")
		s.fill(ctx)
		By("listing the source anew for the same run")
		for _, key := range []string{"b/1", "b/2", "b/3"} {
			s.remove(key)
		}
		s.put("b", "a file now")
		s.fill(ctx)
		s.remove("b")
		s.put("b/9", "a directory again")
		s.fill(ctx)
		var all []string
		for _, content := range s.files(bundle.Dir + "/" + bundle.ReplacedName) {
			all = append(all, content)
		}
		Expect(all).To(ContainElements("content of b/1", "content of b/2", "content of b/3"))
	})

	It("believes nothing where what it says of itself is broken", func(ctx context.Context) {
		s.again("2")
		file := filepath.Join(s.dir, bundle.Dir, bundle.BaselineName)
		text, err := os.ReadFile(file)
		Expect(err).NotTo(HaveOccurred())
		text[len(text)/2] ^= 1
		Expect(os.WriteFile(file, text, 0o644)).To(Succeed())
		By("turning a file into a directory as well")
		s.remove("a")
		s.put("a/b", "below a")
		Expect(s.fill(ctx)).To(And(HaveField("Fetched", BeEquivalentTo(6)), HaveField("Kept", BeZero())))
	})
})
