package verify_test

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/verify"
)

// mountTmp mounts an empty file system.
func mountTmp(at string) {
	GinkgoHelper()
	if os.Geteuid() != 0 {
		Skip("needs root: a file system is mounted")
	}
	Expect(unix.Mount("tmpfs", at, "tmpfs", 0, "size=1m")).To(Succeed())
	DeferCleanup(func() { _ = unix.Unmount(at, unix.MNT_DETACH) })
}

func inodeOf(path string) uint64 {
	GinkgoHelper()
	var st syscall.Stat_t
	Expect(syscall.Lstat(path, &st)).To(Succeed())
	return st.Ino
}

func synced(path string) {
	GinkgoHelper()
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	Expect(f.Sync()).To(Succeed())
	Expect(f.Close()).To(Succeed())
}

var _ = Describe("the place of a file in a directory", func() {
	var root string
	BeforeEach(func() {
		root = GinkgoT().TempDir()
		for _, name := range []string{"c", "a", "b/x"} {
			write(root, name, strings.Repeat(name, 5000))
			synced(root + "/" + name)
		}
		write(root, "empty", "")
	})

	It("is the number of its inode where that is asked for", func() {
		tree, err := verify.OpenDirTree(root, verify.DirOptions{Order: verify.ByInode})
		Expect(err).NotTo(HaveOccurred())
		defer func() { Expect(tree.Close()).To(Succeed()) }()
		for _, e := range walk(tree, "") {
			if e.Size > 0 {
				Expect(e.Place).To(BeEquivalentTo(inodeOf(root + "/" + e.Path)))
			} else {
				Expect(e.Place).To(BeEquivalentTo(-1), e.Path)
			}
		}
	})

	It("is where the file system says that its data begin, else its inode", func() {
		for _, e := range walk(open(root), "") {
			if e.Size == 0 {
				Expect(e.Place).To(BeEquivalentTo(-1), e.Path)
				continue
			}
			at, err := verify.FirstExtent(root + "/" + e.Path)
			if err != nil {
				at = int64(inodeOf(root + "/" + e.Path))
			}
			Expect(e.Place).To(Equal(at))
		}
	})

	It("is that of the inode in a file system without a disk", Label("root"), func() {
		mountTmp(root)
		write(root, "file", "file")
		entries := walk(open(root), "")
		Expect(entries).To(HaveLen(1))
		Expect(entries[0].Place).To(BeEquivalentTo(inodeOf(root + "/file")))
	})
})

var _ = Describe("opening below a directory", func() {
	ways := []any{
		Entry("in one call", verify.OpenBelow, unix.ELOOP),
		Entry("step by step", verify.OpenSteps, unix.ENOTDIR),
	}
	var root string
	BeforeEach(func() {
		root = GinkgoT().TempDir()
		write(root, "a/b/file", "content")
		write(root, "file", "content")
	})
	DescribeTable("follows no link and leads nowhere else", append([]any{func(way func(dir, name string) (*os.File, error), loop error) {
		Expect(os.Symlink("b", root+"/a/link")).To(Succeed())
		Expect(os.Symlink("file", root+"/a/b/last")).To(Succeed())
		for name, expected := range map[string]error{
			"file": nil, "a/b/file": nil, "a": nil, ".": nil,
			"a/link/file": loop, "a/b/last": unix.ELOOP, "../etc": unix.EXDEV, "/etc": unix.EXDEV,
			"none": unix.ENOENT, "a/none/file": unix.ENOENT, "file/below": unix.ENOTDIR,
		} {
			f, err := way(root, name)
			if expected == nil {
				Expect(err).NotTo(HaveOccurred(), name)
				Expect(f.Close()).To(Succeed())
				continue
			}
			Expect(err).To(MatchError(expected), name)
		}
	}}, ways...)...)

	It("reads paths that are too long for one call", func() {
		dir, err := os.Open(root)
		Expect(err).NotTo(HaveOccurred())
		name := strings.Repeat("n", 255)
		at := int(dir.Fd())
		for range 20 {
			Expect(unix.Mkdirat(at, name, 0o755)).To(Succeed())
			at, err = unix.Openat(at, name, unix.O_DIRECTORY, 0)
			Expect(err).NotTo(HaveOccurred())
			DeferCleanup(unix.Close, at)
		}
		Expect(dir.Close()).To(Succeed())
		fd, err := unix.Openat(at, "deep", unix.O_CREAT|unix.O_WRONLY, 0o644)
		Expect(err).NotTo(HaveOccurred())
		_, err = unix.Write(fd, []byte("deep"))
		Expect(err).NotTo(HaveOccurred())
		Expect(unix.Close(fd)).To(Succeed())
		tree := open(root)
		entries := walk(tree, "n"+name[1:])
		last := entries[len(entries)-1]
		Expect(filepath.Base(last.Path)).To(Equal("deep"))
		Expect(read(tree, last)).To(Equal("deep"))
	})
})

var _ = Describe("what is mounted below a directory", Label("root"), func() {
	It("belongs to it, and is told from what it hides", func() {
		root := GinkgoT().TempDir()
		write(root, "m/hidden", "hidden")
		mountTmp(root + "/m")
		write(root, "m/shown", "shown")
		tree := open(root)
		entries := walk(tree, "")
		Expect(pathsOf(entries)).To(Equal([]string{"m", "m/shown"}))
		Expect(read(tree, entries[1])).To(Equal("shown"))

		By("not reading another one of the same inode")
		inode := inodeOf(root + "/m/shown")
		mountTmp(root + "/m")
		write(root, "m/shown", "other")
		Expect(inodeOf(root + "/m/shown")).To(Equal(inode))
		_, err := tree.Open(entries[1])
		Expect(err).To(MatchError(ContainSubstring("replaced meanwhile")))
	})
})

var _ = Describe("what the kernel keeps of a file", func() {
	It("is not what is read, and is not kept after", func() {
		root := GinkgoT().TempDir()
		write(root, "file", strings.Repeat("content", 200_000))
		synced(root + "/file")
		kept := func() int {
			GinkgoHelper()
			pages, err := verify.PagesInMemory(root + "/file")
			Expect(err).NotTo(HaveOccurred())
			return pages
		}
		Expect(os.ReadFile(root + "/file")).To(HaveLen(1_400_000))
		tree := open(root)
		e := walk(tree, "")[0]
		f, err := tree.Open(e)
		Expect(err).NotTo(HaveOccurred())
		if kept() > 0 {
			Expect(f.(io.Closer).Close()).To(Succeed())
			Skip("the temporary directory has no disk")
		}
		Expect(io.ReadAll(io.NewSectionReader(f, 0, e.Size))).To(HaveLen(1_400_000))
		Expect(kept()).To(BeNumerically(">", 0))
		Expect(f.(io.Closer).Close()).To(Succeed())
		Expect(kept()).To(BeZero())
	})
})
