package ext4_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing/fstest"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"github.com/onsi/gomega/types"
)

var _ = Describe("As a file system of io/fs", Ordered, ContinueOnFailure, func() {
	var source string
	var shown fs.FS

	BeforeAll(func() {
		needTools()
		source = GinkgoT().TempDir()
		write(source, "file", data(5000, 1))
		write(mkdir(source, "dir", "below"), "inside", data(10, 3))
		fillOrder(source)
		Expect(os.Chmod(filepath.Join(source, "file"), 0o751|os.ModeSetuid)).To(Succeed())
		for name, target := range map[string]string{
			"to-file": "file", "to-dir": "dir/below", "dir/up": "../file", "chain": "to-dir/inside",
		} {
			Expect(os.Symlink(target, filepath.Join(source, name))).To(Succeed())
		}
		shown = open(image("4M", source, "-O", "^has_journal")).FS()
	})

	It("keeps the contract", func() {
		Expect(fstest.TestFS(shown, "file", "dir/below/inside", "dir/up", "order/a-b", "to-file", "lost+found")).To(Succeed())
	})

	It("shows what the source shows", func() {
		n := 0
		Expect(fs.WalkDir(shown, ".", func(path string, d fs.DirEntry, err error) error {
			if err != nil || path == "." || path == "lost+found" {
				return err
			}
			n++
			info, err := d.Info()
			Expect(err).NotTo(HaveOccurred())
			want, err := os.Lstat(filepath.Join(source, path))
			Expect(err).NotTo(HaveOccurred())
			Expect(info.Name()).To(Equal(want.Name()))
			Expect(info.Mode()).To(Equal(want.Mode()), path)
			Expect(info.ModTime().Unix()).To(Equal(want.ModTime().Unix()))
			if want.Mode().IsRegular() {
				Expect(fs.ReadFile(shown, path)).To(Equal(memory(filepath.Join(source, path))))
			}
			return nil
		})).To(Succeed())
		Expect(n).To(Equal(len(treeOf(source))))
	})

	DescribeTable("follows links within itself", func(path, same string) {
		want, err := fs.ReadFile(shown, same)
		Expect(err).NotTo(HaveOccurred())
		Expect(fs.ReadFile(shown, path)).To(Equal(want))
	},
		Entry("to a file", "to-file", "file"),
		Entry("through a directory", "to-dir/inside", "dir/below/inside"),
		Entry("up", "dir/up", "file"),
		Entry("through two", "chain", "dir/below/inside"),
	)

	DescribeTable("does not open", func(path string, want types.GomegaMatcher) {
		dir := GinkgoT().TempDir()
		write(dir, "file", nil)
		mkdir(dir, "dir")
		for name, target := range map[string]string{"loop": "loop", "away": "/file", "out": "../../file", "nowhere": "nothing"} {
			Expect(os.Symlink(target, filepath.Join(dir, name))).To(Succeed())
		}
		_, err := open(image("1M", dir, "-O", "^has_journal")).FS().Open(path)
		Expect(err).To(want)
		var pathError *fs.PathError
		Expect(err).To(BeAssignableToTypeOf(pathError))
	},
		Entry("a loop", "loop", MatchError(ContainSubstring("too many symbolic links"))),
		Entry("what is outside", "out", MatchError(fs.ErrNotExist)),
		Entry("what is absolute", "away", MatchError(fs.ErrNotExist)),
		Entry("what is not there", "nowhere", MatchError(fs.ErrNotExist)),
		Entry("below a file", "file/x", MatchError(fs.ErrNotExist)),
		Entry("a path that is none", "/file", MatchError(fs.ErrInvalid)),
		Entry("going up", "dir/../file", MatchError(fs.ErrInvalid)),
	)

	It("lists names that it must not open", func() {
		odd := GinkgoT().TempDir()
		write(odd, "bad\xff", data(9, 1))
		x := open(image("1M", odd, "-O", "^has_journal,^filetype")).FS()
		list, err := fs.ReadDir(x, ".")
		Expect(err).NotTo(HaveOccurred())
		Expect(list).To(HaveLen(2))
		info, err := list[0].Info()
		Expect(err).NotTo(HaveOccurred())
		Expect(info.Size()).To(BeEquivalentTo(9))
		Expect(list[1].IsDir()).To(BeTrue(), "lost+found, by its inode")
		_, err = x.Open("bad\xff")
		Expect(err).To(MatchError(fs.ErrInvalid))
	})

	It("gives the names that can be read of a damaged directory, then the error", func() {
		many := GinkgoT().TempDir()
		for i := range 60 {
			write(many, fmt.Sprintf("%d-a-name-of-some-length", i), nil)
		}
		path := image("1M", many, "-O", "^has_journal")
		f := open(path)
		root, err := f.Lookup("")
		Expect(err).NotTo(HaveOccurred())
		b := memory(path)
		b[f.BlockOf(root, 1)+20] ^= 1
		g, err := openBytes(b)
		Expect(err).NotTo(HaveOccurred())
		list, err := fs.ReadDir(g.FS(), ".")
		Expect(err).To(MatchError(ContainSubstring("checksum of block 1")))
		Expect(list).NotTo(BeEmpty())
		dir, err := g.FS().Open(".")
		Expect(err).NotTo(HaveOccurred())
		part, err := dir.(fs.ReadDirFile).ReadDir(1000)
		Expect(err).NotTo(HaveOccurred())
		Expect(part).To(HaveLen(len(list)))
		_, err = dir.(fs.ReadDirFile).ReadDir(1000)
		Expect(err).To(MatchError(ContainSubstring("checksum of block 1")))
	})
})
