package ext4_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

func paths(walk func(func(ext4.Entry) error) error) []string {
	GinkgoHelper()
	var all []string
	Expect(walk(func(e ext4.Entry) error {
		all = append(all, e.Path)
		return e.Err
	})).To(Succeed())
	return all
}

var _ = Describe("Walking", func() {
	It("takes the same way when listings do not fit", func() {
		source := GinkgoT().TempDir()
		for i := range 300 {
			dir := mkdir(source, fmt.Sprintf("%d", i*37%300))
			if i%50 == 0 {
				for j := range 200 {
					write(mkdir(dir, fmt.Sprint("sub", j%7)), fmt.Sprintf("file-%d", j), nil)
				}
			}
			write(source, fmt.Sprintf("%d-", i), nil)
		}
		f := open(image("16M", source))
		ctx := context.Background()
		whole := paths(func(yield func(ext4.Entry) error) error { return f.Walk(ctx, "", yield) })
		Expect(whole).To(HaveLen(len(treeOf(source)) + 1))
		for _, bound := range []int{300, 1000, 3000, 20000} {
			Expect(paths(func(yield func(ext4.Entry) error) error {
				return f.WalkWithin(ctx, max(bound, 600), bound, yield)
			})).To(Equal(whole))
		}
	})

	It("ends with the first error of yield, and with the context", func() {
		source := GinkgoT().TempDir()
		for i := range 20 {
			write(source, fmt.Sprint(i), nil)
		}
		f := open(image("1M", source, "-O", "^has_journal"))
		stop := errors.New("stop")
		n := 0
		Expect(f.Walk(context.Background(), "", func(ext4.Entry) error {
			if n++; n == 5 {
				return stop
			}
			return nil
		})).To(MatchError(stop))
		Expect(n).To(Equal(5))
		ctx, cancel := context.WithCancel(context.Background())
		Expect(f.Walk(ctx, "", func(ext4.Entry) error { cancel(); return nil })).To(MatchError(context.Canceled))
	})

	It("tells times to the nanosecond and to the year 2446", func() {
		source := GinkgoT().TempDir()
		for _, name := range []string{"late", "early", "now"} {
			write(source, name, nil)
		}
		path := image("1M", source, "-O", "^has_journal")
		debugfs(path,
			"set_inode_field late mtime_lo 0x7fffffff", "set_inode_field late mtime_extra 0xee6b27ff",
			"set_inode_field early mtime_lo 0xffffffff", "set_inode_field early mtime_extra 0",
			"set_inode_field now mtime_lo 0x80000000", "set_inode_field now mtime_extra 5")
		f := open(path)
		for name, want := range map[string]string{
			"late":  "2446-05-10T22:38:55.999999999Z",
			"early": "1969-12-31T23:59:59Z",
			"now":   "2038-01-19T03:14:08.000000001Z",
		} {
			e, err := f.Lookup(name)
			Expect(err).NotTo(HaveOccurred())
			Expect(e.ModTime.Format("2006-01-02T15:04:05.999999999Z07:00")).To(Equal(want), name)
		}
	})
})

var _ = Describe("Files", func() {
	It("that are links are told by their size where attributes have inodes", func() {
		source := GinkgoT().TempDir()
		target := strings.Repeat("t", 59)
		Expect(os.Symlink(target, filepath.Join(source, "short"))).To(Succeed())
		Expect(os.Symlink(target+"t", filepath.Join(source, "long"))).To(Succeed())
		path := image("1M", source, "-O", "^has_journal,ea_inode")
		// The kernel adds the blocks of a large attribute to those of the link.
		debugfs(path, "set_inode_field short blocks 16")
		f := open(path)
		for name, want := range map[string]string{"short": target, "long": target + "t"} {
			e, err := f.Lookup(name)
			Expect(err).NotTo(HaveOccurred())
			Expect(f.Readlink(e)).To(Equal(want))
		}
	})

	It("read as zeros where nothing was written, whatever is on the device", func() {
		needTools()
		source := GinkgoT().TempDir()
		write(source, "dense", data(400<<10, 1))
		sparse(filepath.Join(source, "sparse"), 300<<10, 100<<10)
		path := filepath.Join(GinkgoT().TempDir(), "image")
		garbage(path, 8<<20)
		Expect(makeImage(path, "8M", source, "-E", "nodiscard", "-O", "^has_journal")).To(Succeed())
		commands := []string{"fallocate sparse 0 299", "punch dense 50 60", "fallocate dense 50 55"}
		debugfs(path, append(commands, "fallocate dense 400 450")...)
		f := open(path)

		want := data(400<<10, 1)
		clear(want[50<<10 : 61<<10])
		Expect(content(f, "dense")).To(Equal(want))
		piece := make([]byte, 300<<10)
		copy(piece[100<<10:], data(1500, 99))
		Expect(content(f, "sparse")).To(Equal(piece))

		e, err := f.Lookup("dense")
		Expect(err).NotTo(HaveOccurred())
		extents, err := f.Extents(e)
		Expect(err).NotTo(HaveOccurred())
		raw := memory(path)
		var unwritten int64
		for _, x := range extents {
			Expect(x.Logical + x.Length).To(BeNumerically("<=", 400<<10))
			if x.Unwritten {
				unwritten += x.Length
				continue
			}
			Expect(raw[x.Physical:][:x.Length]).To(Equal(want[x.Logical:][:x.Length]))
		}
		Expect(unwritten).To(BeEquivalentTo(6 << 10))
	})

	It("in thousands of pieces are read through deep trees", func() {
		source := GinkgoT().TempDir()
		write(source, "pieces", data(3000<<10, 8))
		path := image("8M", source, "-O", "^has_journal")
		var commands []string
		want := data(3000<<10, 8)
		for i := 1; i < 3000; i += 2 {
			commands = append(commands, fmt.Sprintf("punch pieces %d %d", i, i))
			clear(want[i<<10 : (i+1)<<10])
		}
		debugfs(path, commands...)
		f := open(path)
		Expect(content(f, "pieces")).To(Equal(want))
		e, err := f.Lookup("pieces")
		Expect(err).NotTo(HaveOccurred())
		Expect(f.Depth(e)).To(BeNumerically(">=", 2))
		Expect(f.Extents(e)).To(HaveLen(1500))
	})

	It("follow the rules of io.ReaderAt, for many readers at once", func() {
		source := GinkgoT().TempDir()
		want := data(100_001, 3)
		write(source, "f", want)
		f := open(image("2M", source, "-O", "^has_journal"))
		e, err := f.Lookup("f")
		Expect(err).NotTo(HaveOccurred())
		file, err := f.OpenFile(e)
		Expect(err).NotTo(HaveOccurred())
		done := make(chan error)
		for i := range 4 {
			go func() { done <- readEverywhere(file, want, i) }()
		}
		for range 4 {
			Expect(<-done).NotTo(HaveOccurred())
		}
		_, err = f.Readlink(e)
		Expect(err).To(HaveOccurred())
		root, err := f.Lookup("")
		Expect(err).NotTo(HaveOccurred())
		_, err = f.OpenFile(root)
		Expect(err).To(MatchError(ContainSubstring("not a regular file")))
	})
})
