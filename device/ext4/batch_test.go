package ext4_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/device/ext4"
)

var _ = Describe("A batch of files", func() {
	It("is read in the order of the device, each file as if it were alone", func() {
		source := GinkgoT().TempDir()
		fill(source)
		f := open(image("64M", source, "-b", "4096"))
		want, entries := entriesOf(f), regular(f)
		rand.Shuffle(len(entries), func(i, j int) { entries[i], entries[j] = entries[j], entries[i] })
		kept := map[string]*ext4.File{}
		last := int64(0)
		Expect(f.ReadFiles(context.Background(), entries, func(e ext4.Entry, file *ext4.File) error {
			Expect(e).To(Equal(want[e.Path]))
			single, err := f.OpenFile(e)
			Expect(err).NotTo(HaveOccurred())
			Expect(bytesOf(file)).To(Equal(bytesOf(single)), e.Path)
			if list, err := f.Extents(e); err == nil && len(list) > 0 && list[0].Logical == 0 {
				Expect(list[0].Physical).To(BeNumerically(">=", last))
				last = list[0].Physical
			}
			kept[e.Path] = file
			return nil
		})).To(Succeed())
		Expect(kept).To(HaveLen(len(entries)))
		for path, file := range kept {
			Expect(bytesOf(file)).To(Equal(content(f, path)), "read later")
		}
	})

	It("is in that order also where inodes are not", func() {
		source := GinkgoT().TempDir()
		for i := range 10 {
			write(source, fmt.Sprint(i), data(3000, uint64(i)))
		}
		b := memory(image("1M", source, "-O", "^has_journal,^metadata_csum"))
		f, err := openBytes(b)
		Expect(err).NotTo(HaveOccurred())
		entries := regular(f)
		for i := range 5 { // what the first inode says, the last one says now
			one, other := b[f.InodeAt(uint32(entries[i].Inode)):][:256], b[f.InodeAt(uint32(entries[9-i].Inode)):][:256]
			kept := bytes.Clone(one)
			copy(one, other)
			copy(other, kept)
		}
		f, err = openBytes(b)
		Expect(err).NotTo(HaveOccurred())
		read := func(entries []ext4.Entry) (order []string) {
			Expect(f.ReadFiles(context.Background(), entries, func(e ext4.Entry, file *ext4.File) error {
				order = append(order, e.Path)
				Expect(bytes.Equal(bytesOf(file), data(3000, uint64('9'-e.Path[0])))).To(BeTrue(), e.Path)
				return nil
			})).To(Succeed())
			return order
		}
		Expect(read(regular(f))).To(Equal(strings.Split("9876543210", "")))
		for i, e := range entries {
			entries[i] = ext4.Entry{Path: e.Path, Inode: e.Inode}
		}
		Expect(read(entries)).To(Equal(strings.Split("9876543210", "")), "by the inodes")
	})

	It("may be kept, and read while others are", func() {
		source := GinkgoT().TempDir()
		for i := range 400 {
			write(source, fmt.Sprint(i), data(20_000, uint64(i)))
		}
		f := open(image("64M", source, "-b", "4096"))
		var group errgroup.Group
		for range 3 {
			Expect(f.ReadFiles(context.Background(), regular(f), func(e ext4.Entry, file *ext4.File) error {
				i, err := strconv.Atoi(e.Path)
				group.Go(func() error {
					got := make([]byte, 20_000)
					if _, err := file.ReadAt(got, 0); err != nil || !bytes.Equal(got, data(20_000, uint64(i))) {
						return fmt.Errorf("%q holds something else: %w", e.Path, err)
					}
					return nil
				})
				return err
			})).To(Succeed())
		}
		Expect(group.Wait()).To(Succeed())
	})

	It("takes few reads", func() {
		source := GinkgoT().TempDir()
		for i := range 400 {
			write(source, fmt.Sprint(i), data(1000+i, uint64(i)))
		}
		for i := range 100 {
			sparse(filepath.Join(source, fmt.Sprint("sparse", i)), 30_000, 0, 12_000, 25_000)
		}
		counted := &counter{r: bytes.NewReader(memory(image("16M", source, "-b", "4096")))}
		f, err := ext4.Open(counted, 16<<20)
		Expect(err).NotTo(HaveOccurred())
		entries := regular(f)
		counted.n = 0
		Expect(f.ReadFiles(context.Background(), entries, func(_ ext4.Entry, file *ext4.File) error {
			bytesOf(file)
			return nil
		})).To(Succeed())
		Expect(counted.n).To(BeNumerically("<=", 5), "500 files in 3 MB")
	})

	It("reads over what is small only", func() {
		source := GinkgoT().TempDir()
		for name, size := range map[string]int{"a": 1000, "b": 500 << 10, "c": 1000, "d": 50 << 10, "e": 1000} {
			write(source, name, data(size, 1))
		}
		path := image("16M", "", "-b", "4096")
		debugfs(path, "cd /", "write "+source+"/a a", "write "+source+"/b b", "write "+source+"/c c", "write "+source+"/d d", "write "+source+"/e e")
		counted := &counter{r: bytes.NewReader(memory(path))}
		f, err := ext4.Open(counted, 16<<20)
		Expect(err).NotTo(HaveOccurred())
		all := entriesOf(f)
		counted.n, counted.bytes = 0, 0
		Expect(f.ReadFiles(context.Background(), []ext4.Entry{all["a"], all["c"], all["e"]}, func(_ ext4.Entry, file *ext4.File) error {
			Expect(bytes.Equal(bytesOf(file), data(1000, 1))).To(BeTrue())
			return nil
		})).To(Succeed())
		Expect(counted.n).To(Equal(2))
		Expect(counted.bytes).To(BeNumerically("<", 70_000))
	})

	It("tells what is no file, and ends with an error", func() {
		source := GinkgoT().TempDir()
		write(source, "a", nil)
		write(source, "b", data(5, 5))
		f := open(image("1M", source, "-O", "^has_journal"))
		root, err := f.Lookup("")
		Expect(err).NotTo(HaveOccurred())
		entries := append(regular(f), root, ext4.Entry{Path: "x", Err: errMedium}, ext4.Entry{Path: "y", Inode: 1 << 40})
		said := map[string]error{}
		Expect(f.ReadFiles(context.Background(), entries, func(e ext4.Entry, file *ext4.File) error {
			Expect(file == nil).To(Equal(e.Err != nil))
			said[e.Path] = e.Err
			return nil
		})).To(Succeed())
		Expect(said).To(HaveLen(5))
		Expect(said[""]).To(MatchError(ContainSubstring("not a regular file")))
		Expect(said["x"]).To(Equal(errMedium))
		Expect(reasonOf(said["y"])).To(Equal(ext4.Corrupt))
		Expect(f.ReadFiles(context.Background(), entries, func(ext4.Entry, *ext4.File) error { return errMedium })).To(MatchError(errMedium))
		gone, cancel := context.WithCancel(context.Background())
		cancel()
		Expect(f.ReadFiles(gone, entries, func(ext4.Entry, *ext4.File) error { return nil })).To(MatchError(context.Canceled))
	})
})

// counter counts reads.
type counter struct {
	r        io.ReaderAt
	n, bytes int
}

func (c *counter) ReadAt(p []byte, off int64) (int, error) {
	c.n++
	c.bytes += len(p)
	return c.r.ReadAt(p, off)
}
