package watch

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("List", func() {
	var dir string
	write := func(name, content string) string {
		path := filepath.Join(dir, name)
		Expect(os.WriteFile(path, []byte(content), 0o600)).To(Succeed())
		return path
	}
	list := func() Listing {
		files, err := List(dir)
		Expect(err).NotTo(HaveOccurred())
		return files
	}
	BeforeEach(func() { dir = GinkgoT().TempDir() })

	It("tells files by their content", func() {
		write("a.yaml", "one")
		write("b.yaml", "")
		Expect(list()).To(Equal(Listing{"a.yaml": Sum([]byte("one")), "b.yaml": Sum(nil)}))
	})

	It("follows links, and takes one that leads nowhere for absent", func() {
		write(".real", "one")
		Expect(os.Symlink(".real", filepath.Join(dir, "a.yaml"))).To(Succeed())
		Expect(os.Symlink("gone", filepath.Join(dir, "b.yaml"))).To(Succeed())
		Expect(list()).To(Equal(Listing{"a.yaml": Sum([]byte("one"))}))
	})

	It("leaves out directories and a FIFO, which would never end", func() {
		Expect(os.Mkdir(filepath.Join(dir, "d.yaml"), 0o700)).To(Succeed())
		Expect(syscall.Mkfifo(filepath.Join(dir, "f.yaml"), 0o600)).To(Succeed())
		Expect(list()).To(BeEmpty())
	})

	It("does not read what is too large for a spec, and still sees it change", func() {
		path := write("drive.img", "")
		Expect(os.Truncate(path, 1<<40)).To(Succeed())
		before := list()
		Expect(before["drive.img"]).To(HavePrefix("large:1099511627776:"))
		Expect(os.Truncate(path, 1<<41)).To(Succeed())
		Expect(list()).NotTo(Equal(before))
	})

	It("reads a file of the greatest size to its end", func() {
		content := strings.Repeat("x", maxHashed)
		write("a.yaml", content)
		Expect(list()).To(HaveKeyWithValue("a.yaml", Sum([]byte(content))))
	})

	It("keeps a file that may not be read, with the reason", func() {
		if os.Getuid() == 0 {
			Skip("root may read everything; run as another user")
		}
		Expect(os.Chmod(write("a.yaml", "one"), 0)).To(Succeed())
		Expect(list()["a.yaml"]).To(And(HavePrefix("unreadable:"), ContainSubstring("permission denied")))
	})

	It("is an error, not an empty listing, when the directory is away", func() {
		_, err := List(filepath.Join(dir, "away"))
		Expect(err).To(MatchError(os.ErrNotExist))
	})

	DescribeTable("droppings", func(name string, dropping bool) {
		Expect(IsDropping(name)).To(Equal(dropping))
		write(name, "x")
		Expect(list()).To(HaveLen(map[bool]int{true: 0, false: 1}[dropping]))
	},
		Entry("a spec", "job.yaml", false),
		Entry("JSON", "job.json", false),
		Entry("a manifest without a suffix", "manifest", false),
		Entry("a tilde within", "a~b.yaml", false),
		Entry("hidden", ".job.yaml.tmp", true),
		Entry("ConfigMap's link", "..data", true),
		Entry("vim's swap file", ".job.yaml.swp", true),
		Entry("vim's probe", "4913", true),
		Entry("vim's and emacs' backup", "job.yaml~", true),
		Entry("emacs' autosave", "#job.yaml#", true),
		Entry("emacs' lock", ".#job.yaml", true),
		Entry("temporary", "job.yaml.tmp", true),
		Entry("dpkg's", "job.yaml.dpkg-new", true),
		Entry("rpm's", "job.yaml.rpmsave", true),
		Entry("patch's", "job.yaml.rej", true),
	)
})
