package ext4_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

// data is bytes without a period, the same for the same seed.
func data(n int, seed uint64) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8), 7}).Read(b)
	return b
}

func write(dir, name string, content []byte) {
	GinkgoHelper()
	Expect(os.WriteFile(filepath.Join(dir, name), content, 0o644)).To(Succeed())
}

func mkdir(parts ...string) string {
	GinkgoHelper()
	path := filepath.Join(parts...)
	Expect(os.MkdirAll(path, 0o755)).To(Succeed())
	return path
}

// sparse makes a file of size bytes that is holes but for pieces at the offsets.
func sparse(path string, size int64, pieces ...int64) {
	GinkgoHelper()
	file, err := os.Create(path)
	Expect(err).NotTo(HaveOccurred())
	defer file.Close()
	for i, at := range pieces {
		_, err := file.WriteAt(data(1500, uint64(i)+99), at)
		Expect(err).NotTo(HaveOccurred())
	}
	Expect(file.Truncate(size)).To(Succeed())
}

// fill makes a directory with all that has broken readers of ext4.
func fill(dir string) {
	fillSizes(mkdir(dir, "sizes"))
	fillNames(mkdir(dir, "names"))
	fillOrder(dir)
	holes := mkdir(dir, "holes")
	sparse(filepath.Join(holes, "all"), 3<<20+7)
	sparse(filepath.Join(holes, "one"), 5<<20, 1<<20)
	sparse(filepath.Join(holes, "start"), 64<<10, 60<<10)
	sparse(filepath.Join(holes, "many"), 1<<20+3, 5000, 20000, 70000, 300001, 900000)
	sparse(filepath.Join(holes, "tail"), 100<<10, 0)
	write(mkdir(dir, "big"), "dense", data(3<<20+123, 1))
	links := mkdir(dir, "links")
	for _, n := range []int{1, 10, 58, 59, 60, 61, 150, 500, 1000} {
		Expect(os.Symlink(strings.Repeat("l", n), filepath.Join(links, fmt.Sprint("to", n)))).To(Succeed())
	}
	Expect(os.Link(filepath.Join(dir, "big", "dense"), filepath.Join(links, "hard"))).To(Succeed())
	mkdir(dir, "empty")
	deep := dir
	for i := range 200 {
		deep = mkdir(deep, fmt.Sprint("d", i))
	}
	write(deep, "bottom", data(10, 2))
}

func fillSizes(dir string) {
	sizes := []int{0, 1, 55, 56, 59, 60, 61, 62, 100, 150, 155, 156, 157, 160, 161, 162, 200}
	for _, block := range []int{1024, 4096, 12 * 1024, 12 * 4096, (12 + 256) * 1024} {
		sizes = append(sizes, block-1, block, block+1)
	}
	for _, n := range sizes {
		write(dir, fmt.Sprint("s", n), data(n, uint64(n)))
	}
}

func fillNames(dir string) {
	for i, name := range []string{
		strings.Repeat("n", 255), strings.Repeat("ü", 127), "日本語", "bad\xff\xfeutf8", "\x80",
		"new\nline", "tab\t", `back\slash`, `quote"'`, " space ", "...", "-rf", "*?[]", "\x01\x7f", "a%2Fb",
	} {
		write(dir, name, data(20+i, uint64(i)))
	}
	mkdir(dir, "dir\xff\n")
	write(filepath.Join(dir, "dir\xff\n"), "in", data(9, 3))
}

// fillOrder makes names around "/" in the order of bytes.
func fillOrder(dir string) {
	for _, name := range []string{"a", "ab", "A", "z"} {
		write(mkdir(dir, "order", name), "x", data(3, 4))
	}
	for _, name := range []string{"a-b", "a.b", "a0", "a ", "a!", "ab-", "b", "Z", "zz"} {
		write(filepath.Join(dir, "order"), name, data(4, 5))
	}
}

// garbage makes a file in which no byte is zero.
func garbage(path string, size int) {
	GinkgoHelper()
	Expect(os.WriteFile(path, bytes.Repeat([]byte{0xA5}, size), 0o600)).To(Succeed())
}

// content reads a whole file.
func content(f *ext4.FS, path string) []byte {
	GinkgoHelper()
	e, err := f.Lookup(path)
	Expect(err).NotTo(HaveOccurred())
	file, err := f.OpenFile(e)
	Expect(err).NotTo(HaveOccurred())
	return bytesOf(file)
}

func bytesOf(file *ext4.File) []byte {
	GinkgoHelper()
	b, err := io.ReadAll(io.NewSectionReader(file, 0, file.Size()))
	Expect(err).NotTo(HaveOccurred())
	return b
}

// readEverywhere reads pieces within, across and behind the end of a file.
func readEverywhere(r io.ReaderAt, want []byte, seed int) error {
	rnd := rand.New(rand.NewPCG(uint64(seed), 1))
	p := make([]byte, 20_000)
	for range 200 {
		off, n := rnd.IntN(len(want)+10), rnd.IntN(len(p))
		got, err := r.ReadAt(p[:n], int64(off))
		rest := want[min(off, len(want)):]
		rest = rest[:min(n, len(rest))]
		switch {
		case !bytes.Equal(p[:got], rest):
			return fmt.Errorf("%d bytes at %d differ", n, off)
		case got < n && !errors.Is(err, io.EOF):
			return fmt.Errorf("%d of %d bytes at %d: %w", got, n, off, err)
		case got == n && n > 0 && err != nil:
			return err
		}
	}
	_, err := r.ReadAt(p, -1)
	if err == nil {
		return errors.New("no error for a negative offset")
	}
	return nil
}
