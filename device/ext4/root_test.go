package ext4_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device/ext4"
)

// mounted mounts an image and returns the directory; done unmounts it, which also
// detaches the loop device.
func mounted(path, options string) (dir string, done func()) {
	GinkgoHelper()
	dir = GinkgoT().TempDir()
	out, err := exec.Command("mount", "-t", "ext4", "-o", "loop,"+options, path, dir).CombinedOutput()
	if err != nil {
		Skip(fmt.Sprintf("SKIPPED: this kernel does not mount the image: %v: %s", err, out))
	}
	open := true
	done = func() {
		if open {
			open = false
			out, err := exec.Command("umount", dir).CombinedOutput()
			Expect(err).NotTo(HaveOccurred(), string(out))
		}
	}
	DeferCleanup(done)
	return dir, done
}

// fragments are more than an extent tree of depth 1 holds: 4 times 340 in 4 KiB.
const fragments = 5000

// fillByKernel adds what only a kernel makes.
func fillByKernel(dir string) {
	Expect(unix.Mkfifo(filepath.Join(dir, "fifo"), 0o600)).To(Succeed())
	Expect(unix.Mknod(filepath.Join(dir, "device"), unix.S_IFCHR|0o600, 7)).To(Succeed())
	preallocate(dir, "unwritten", 0, 3<<20, 1<<20, 0)
	preallocate(dir, "unwritten-keep", unix.FALLOC_FL_KEEP_SIZE, 3<<20, 10, 300)
	fragment(dir, fragments)
	grow(dir)
	removed := mkdir(dir, "removed")
	for i := range 3000 {
		write(removed, fmt.Sprintf("%d-%s", i, strings.Repeat("r", i%60)), nil)
	}
	for i := 0; i < 3000; i += 3 {
		Expect(os.Remove(filepath.Join(removed, fmt.Sprintf("%d-%s", i, strings.Repeat("r", i%60))))).To(Succeed())
	}
	for _, size := range []int{10, 80, 3000} {
		name := fmt.Sprint("attributes", size)
		write(dir, name, data(150, 1))
		Expect(unix.Setxattr(filepath.Join(dir, name), "user.one", data(min(size, 900), 2), 0)).To(Succeed())
		link := filepath.Join(dir, "link-"+name)
		Expect(os.Symlink("target", link)).To(Succeed())
		Expect(unix.Lsetxattr(link, "trusted.one", data(min(size, 900), 2), 0)).To(Succeed())
	}
}

// preallocate makes a file with unwritten extents, some of them written later.
func preallocate(dir, name string, mode uint32, size int64, writes ...int64) {
	GinkgoHelper()
	file, err := os.Create(filepath.Join(dir, name))
	Expect(err).NotTo(HaveOccurred())
	defer file.Close()
	if unix.Fallocate(int(file.Fd()), mode, 0, size) != nil {
		return // not with indirect blocks
	}
	for i, at := range writes {
		_, err := file.WriteAt(data(5000, uint64(i)), at)
		Expect(err).NotTo(HaveOccurred())
	}
}

// fragment makes a file of many extents: two files that grow by turns, and holes.
func fragment(dir string, pieces int) {
	GinkgoHelper()
	var files [2]*os.File
	for i := range files {
		file, err := os.Create(filepath.Join(dir, fmt.Sprint("fragments", i)))
		Expect(err).NotTo(HaveOccurred())
		defer file.Close()
		files[i] = file
	}
	for i := range pieces {
		_, err := files[0].WriteAt(data(1024, uint64(i)), int64(i)*8192)
		Expect(err).NotTo(HaveOccurred())
		if i%50 == 0 {
			_, err = files[1].WriteAt(data(4096, uint64(i)), int64(i/50)*4096)
			Expect(err).NotTo(HaveOccurred())
			Expect(unix.Fdatasync(int(files[1].Fd()))).To(Succeed())
		}
	}
}

// grow makes files that were extended and cut by truncate, from within the inode too.
func grow(dir string) {
	GinkgoHelper()
	for _, from := range []int{0, 20, 60, 100, 140, 1000, 5000} {
		for _, to := range []int64{10, 59, 70, 150, 3000, 70000, 3 << 30} {
			name := fmt.Sprintf("from%d-to%d", from, to)
			write(dir, name, data(from, uint64(from)+1))
			Expect(os.Truncate(filepath.Join(dir, name), to)).To(Succeed())
			if to < 1<<20 {
				continue
			}
			file, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY, 0)
			Expect(err).NotTo(HaveOccurred())
			_, err = file.WriteAt(data(10, 9), 40<<10)
			Expect(err).NotTo(HaveOccurred())
			Expect(file.Truncate(1 << 20)).To(Succeed())
			Expect(file.Close()).To(Succeed())
		}
	}
}

var _ = Describe("The kernel's view", Label("root", "slow"), func() {
	BeforeEach(func() {
		needTools()
		if os.Geteuid() != 0 {
			Skip("SKIPPED: comparing with the kernel's view needs root, to mount an image")
		}
	})

	DescribeTable("is the reader's view", func(x family) {
		path := filepath.Join(GinkgoT().TempDir(), "image")
		if x.garbage {
			garbage(path, x.size)
		}
		args := append([]string{"-E", "nodiscard,lazy_itable_init=0"}, x.args...)
		Expect(makeImage(path, fmt.Sprint(x.size>>20, "M"), "", args...)).To(Succeed())
		dir, unmount := mounted(path, "rw")
		fill(dir)
		fillByKernel(dir)
		fillMany(dir, x.many)
		if x.huge {
			sparse(filepath.Join(dir, "huge"), 5<<30, 0, 1<<20, 2<<30-700, 4<<30-100, 4<<30+5000, 5<<30-1500)
		}

		Expect(open(path).NeedsRecovery()).To(BeTrue(), "it is mounted")
		unmount()
		clean(path)
		dir, unmount = mounted(path, "ro,noload")
		f := open(path)
		shown := make(chan []string, 1)
		go func() {
			defer GinkgoRecover()
			defer close(shown)
			shown <- treeOf(dir)
		}()
		got := tree(f, "")
		want := <-shown
		expectSame(without(got, "lost+found"), want)
		expectSameTimes(f, dir)
		Expect(len(want)).To(BeNumerically(">", x.many+2300))
		unmount()
		expectIndexed(f, x.many)
		if !slices.Contains(x.args, "^extents,^64bit") {
			e, err := f.Lookup("fragments0")
			Expect(err).NotTo(HaveOccurred())
			Expect(f.Extents(e)).To(HaveLen(fragments))
			Expect(f.Depth(e)).To(BeNumerically(">=", 2))
		}
	},
		Entry("of the default image, where everything was garbage before", family{size: 256 << 20, many: 20_000, garbage: true}),
		Entry("of a large default image", family{size: 20 << 30, many: 50_000, huge: true}),
		Entry("of inline data", family{size: 2 << 30, many: 100, args: []string{"-O", "inline_data"}}),
		Entry("of 1 KiB blocks", family{size: 2 << 30, many: 100, args: []string{"-b", "1024"}}),
		Entry("of no checksums and no journal", family{size: 2 << 30, many: 5000, args: []string{"-O", "^metadata_csum,^64bit,^has_journal"}}),
		Entry("of indirect blocks", family{size: 2 << 30, many: 5000, args: []string{"-O", "^extents,^64bit"}}),
		Entry("of indirect blocks of 1 KiB, in garbage", family{size: 64 << 20, garbage: true, args: []string{"-b", "1024", "-O", "^extents,^64bit"}}),
		Entry("of all newer features, in garbage", family{size: 64 << 20, garbage: true, args: []string{
			"-b", "2048", "-O", "inline_data,metadata_csum_seed,orphan_file,large_dir,ea_inode", "-I", "512"}}),
		Entry("of clusters", family{size: 256 << 20, args: []string{"-b", "4096", "-O", "bigalloc", "-C", "16384"}}),
		Entry("of meta groups", family{size: 256 << 20, args: []string{"-b", "4096", "-O", "meta_bg,^resize_inode"}}),
		Entry("of short groups, each by itself", family{size: 256 << 20, args: []string{"-O", "^flex_bg,sparse_super2,^resize_inode", "-g", "2048"}}),
		Entry("of large flexible groups", family{size: 256 << 20, args: []string{"-G", "64", "-g", "1024"}}),
	)
})

// family is a kind of image, and what is put there besides the usual.
type family struct {
	size    int
	many    int  // files in one directory
	huge    bool // a sparse file of 5 GiB
	garbage bool // nothing of the device was zero
	args    []string
}

func fillMany(dir string, n int) {
	many := mkdir(dir, "many")
	for i := range n {
		write(many, fmt.Sprintf("object-%08d.jpg", i*7919%n), nil)
	}
}

// expectIndexed looks names up by the hashes of the kernel.
func expectIndexed(f *ext4.FS, n int) {
	GinkgoHelper()
	many, err := f.Lookup("many")
	Expect(err).NotTo(HaveOccurred())
	if n < 1000 {
		return // not worth an index
	}
	for i := range n {
		if name := fmt.Sprintf("object-%08d.jpg", i); !f.IndexFinds(many, name) {
			Fail(name + " is not where the index says")
		}
	}
}

// expectSameTimes compares times to the nanosecond, which mke2fs does not copy.
func expectSameTimes(f *ext4.FS, dir string) {
	GinkgoHelper()
	Expect(f.Walk(context.Background(), "", func(e ext4.Entry) error {
		info, err := os.Lstat(filepath.Join(dir, e.Path))
		if err == nil && !info.ModTime().Equal(e.ModTime) {
			err = fmt.Errorf("%q: %s instead of %s", e.Path, e.ModTime, info.ModTime())
		}
		return err
	})).To(Succeed())
}
