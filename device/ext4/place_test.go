package ext4_test

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sync/errgroup"

	"github.com/cargomedia/s3export/device/ext4"
)

// track is a device that notes how far a head would go between its reads.
type track struct {
	r      io.ReaderAt
	mu     sync.Mutex
	n      int
	travel int64
	end    int64
}

func (t *track) ReadAt(p []byte, off int64) (int, error) {
	t.mu.Lock()
	t.n++
	t.travel, t.end = t.travel+distance(t.end, off), off+int64(len(p))
	t.mu.Unlock()
	return t.r.ReadAt(p, off)
}

func distance(a, b int64) int64 { return max(a-b, b-a) }

// travelOf is how far a head goes that reads the files in this order, each in the
// order of its extents.
func travelOf(f *ext4.FS, entries []ext4.Entry) (sum int64) {
	GinkgoHelper()
	end := int64(0)
	for _, e := range entries {
		list, err := f.Extents(e)
		Expect(err).NotTo(HaveOccurred())
		for _, x := range list {
			sum, end = sum+distance(end, x.Physical), x.Physical+x.Length
		}
	}
	return sum
}

func byPlace(a, b ext4.Entry) int { return cmp.Compare(a.Place, b.Place) }

// expectStraight reads the files of an image in batches and compares the way of the
// head with that of physical order and that of the order of names.
func expectStraight(image io.ReaderAt, size int64) {
	GinkgoHelper()
	device := &track{r: image}
	f, err := ext4.Open(device, size)
	Expect(err).NotTo(HaveOccurred())
	entries := regular(f)
	named := travelOf(f, entries)
	slices.SortStableFunc(entries, byPlace)
	straight := travelOf(f, entries)
	f, err = ext4.Open(device, size) // which remembers nothing
	Expect(err).NotTo(HaveOccurred())
	device.travel, device.end, device.n = 0, 0, 0
	read := 0
	for batch := range slices.Chunk(entries, 100) {
		Expect(f.ReadFiles(context.Background(), batch, func(e ext4.Entry, file *ext4.File) error {
			_, err := io.Copy(io.Discard, io.NewSectionReader(file, 0, file.Size()))
			read++
			return errors.Join(e.Err, err)
		})).To(Succeed())
	}
	Expect(read).To(Equal(len(entries)))
	AddReportEntry(fmt.Sprintf("%d files, %d reads, travel in MB: %d; by extents %d, by names %d",
		read, device.n, device.travel>>20, straight>>20, named>>20))
	Expect(device.travel).To(BeNumerically("<=", straight*11/10), "of physical order")
	Expect(device.travel).To(BeNumerically("<=", named/20), "of the order of names")
}

var _ = Describe("The place of a file", func() {
	It("is where its first data lie", func() {
		source := GinkgoT().TempDir()
		fill(source)
		for _, args := range [][]string{{"-b", "4096"}, {"-b", "1024"}, {"-b", "1024", "-O", "^extents,^64bit"}, {"-O", "inline_data"}} {
			f := open(image("64M", source, args...))
			whole, pieces := 0, 0
			for _, e := range regular(f) {
				list, err := f.Extents(e)
				Expect(err).NotTo(HaveOccurred())
				list = slices.DeleteFunc(list, func(x ext4.Extent) bool { return x.Unwritten })
				want := int64(-1)
				if len(list) > 0 {
					want = list[0].Physical
				}
				Expect(e.Place).To(Equal(want), "%q %v", e.Path, args)
				switch len(e.Map) {
				case 1:
					whole++
				case 69:
					pieces++
				default:
					Expect(args).To(ContainElement("inline_data"))
				}
				again, err := f.Lookup(e.Path)
				Expect(err).NotTo(HaveOccurred())
				Expect(again).To(Equal(e))
			}
			Expect(whole).To(BeNumerically(">", 20))
			Expect(pieces).To(BeNumerically(">", 2))
		}
	})

	It("with its map says as much as the inode", func() {
		source := GinkgoT().TempDir()
		fill(source)
		for _, args := range [][]string{{"-b", "4096"}, {"-b", "1024"}, {"-b", "1024", "-O", "^extents,^64bit"}, {"-O", "inline_data"}} {
			f := open(image("64M", source, args...))
			Expect(f.ReadFiles(context.Background(), regular(f), func(e ext4.Entry, file *ext4.File) error {
				Expect(e.Err).NotTo(HaveOccurred())
				want := content(f, e.Path)
				Expect(bytes.Equal(bytesOf(file), want)).To(BeTrue(), e.Path)
				return nil
			})).To(Succeed())
		}
	})

	It("is not believed where no file can be", func() {
		f := open(image("1M", "", "-O", "^has_journal"))
		for _, e := range []ext4.Entry{{Place: 1 << 40, Size: 1}, {Place: 1023, Size: 1}, {Place: -1, Size: 1}, {Place: 1024, Size: 9}, {Place: 500 << 10, Size: 1 << 40},
			{Place: 500<<10 + 1, Size: 1}, {Place: 500 << 10, Size: -1}} {
			e.Type, e.Map = ext4.Regular, "w"
			Expect(f.ReadFiles(context.Background(), []ext4.Entry{e}, func(got ext4.Entry, file *ext4.File) error {
				Expect(file).To(BeNil())
				Expect(got.Err).To(HaveOccurred())
				return nil
			})).To(Succeed())
		}
	})

	It("keeps the way of a head short where files do not lie in the order of names", func() {
		source, commands := GinkgoT().TempDir(), []string(nil)
		for i := range 600 {
			write(source, fmt.Sprint(i), data(500+i*37%20_000, uint64(i)))
			commands = append(commands, fmt.Sprintf("write %s/%d %04d", source, i, i))
		}
		rand.New(rand.NewPCG(1, 2)).Shuffle(len(commands), func(i, j int) { commands[i], commands[j] = commands[j], commands[i] })
		path := image("64M", "", "-b", "4096")
		debugfs(path, commands...)
		b := memory(path)
		expectStraight(bytes.NewReader(b), int64(len(b)))
	})

	It("keeps it short on a drive that many wrote to at once", Label("root"), func() {
		needTools()
		if os.Geteuid() != 0 {
			Skip("SKIPPED: writing to an image in parallel needs root, to mount it")
		}
		path := image("1G", "", "-b", "4096")
		dir, unmount := mounted(path, "rw")
		copyInParallel(dir)
		unmount()
		file, err := os.Open(path)
		Expect(err).NotTo(HaveOccurred())
		defer file.Close()
		expectStraight(file, 1<<30)
	})
})

// copyInParallel writes files as eight writers do that take them from one list: what
// is larger than one write lies in pieces.
func copyInParallel(dir string) {
	GinkgoHelper()
	order := rand.New(rand.NewPCG(3, 4)).Perm(3000)
	for i := range 30 {
		mkdir(dir, fmt.Sprintf("d%02d", i))
	}
	var group errgroup.Group
	group.SetLimit(8)
	for _, i := range order {
		group.Go(func() error {
			file, err := os.Create(filepath.Join(dir, fmt.Sprintf("d%02d/%04d", i/100, i)))
			if err != nil {
				return err
			}
			b := data(1000+i*7919%100_000, uint64(i))
			if i%500 == 0 {
				b = data(3<<20, uint64(i))
			}
			for part := range slices.Chunk(b, 32<<10) {
				if _, err := file.Write(part); err != nil {
					return err
				}
			}
			return file.Close()
		})
	}
	Expect(group.Wait()).To(Succeed())
}
