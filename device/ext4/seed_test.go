package ext4_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// seedArgs are the images that mutations begin with. Most have no checksums, so
// that a mutation comes past them.
func seedArgs() map[string][]string {
	return map[string][]string{
		"extents":  {"-O", "^has_journal,^metadata_csum,^resize_inode"},
		"indirect": {"-O", "^has_journal,^metadata_csum,^resize_inode,^extents,^64bit"},
		"inline":   {"-O", "^has_journal,^metadata_csum,^resize_inode,inline_data"},
		"csum":     {"-O", "^has_journal,^resize_inode"},
	}
}

const seedSize = 384 << 10

func seedFile(name string) string { return filepath.Join("testdata", name+".img.gz") }

func loadSeed(name string) ([]byte, error) {
	packed, err := os.ReadFile(seedFile(name))
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(z)
}

// makeSeed makes a small image with one of everything, a tree of extents of depth 2 too.
func makeSeed(args []string) []byte {
	GinkgoHelper()
	source := GinkgoT().TempDir()
	for _, name := range []string{"a", "b"} {
		dir := mkdir(source, name, "c", "d")
		write(dir, "f", bytes.Repeat([]byte("0123456789abcdef"), 40))
		write(mkdir(source, name), "tiny", []byte("tiny"))
		Expect(os.Symlink("f", filepath.Join(dir, "short"))).To(Succeed())
		Expect(os.Symlink(strings.Repeat("t", 100), filepath.Join(dir, "long"))).To(Succeed())
	}
	write(source, "pieces", bytes.Repeat([]byte("pieces "), 20<<10/7))
	sparse(filepath.Join(source, "holes"), 80<<10, 70<<10)
	many := mkdir(source, "many")
	for i := range 60 {
		write(many, fmt.Sprintf("%d-%s", i, strings.Repeat("x", 40)), nil)
	}
	path := image(fmt.Sprintf("%dK", seedSize>>10), source, append([]string{"-N", "96", "-E", "hash_seed=0f0e0d0c-0b0a-4908-8706-050403020100"}, args...)...)
	var commands []string
	for i := 1; i < 20; i += 2 {
		commands = append(commands, fmt.Sprintf("punch pieces %d %d", i, i))
	}
	debugfs(path, commands...)
	_, err := run("e2fsck", "-fyD", path)
	Expect(err == nil || strings.Contains(err.Error(), "exit status 1")).To(BeTrue(), "%v", err)
	return memory(path)
}

var _ = Describe("The seeds of mutations", func() {
	It("are as they were made", func() {
		for name, args := range seedArgs() {
			if os.Getenv("UPDATE_GOLDEN") == "1" {
				var packed bytes.Buffer
				z, err := gzip.NewWriterLevel(&packed, gzip.BestCompression)
				Expect(err).NotTo(HaveOccurred())
				_, err = z.Write(makeSeed(args))
				Expect(err).NotTo(HaveOccurred())
				Expect(z.Close()).To(Succeed())
				Expect(os.WriteFile(seedFile(name), packed.Bytes(), 0o644)).To(Succeed())
			}
			b, err := loadSeed(name)
			Expect(err).NotTo(HaveOccurred())
			f, err := openBytes(b)
			Expect(err).NotTo(HaveOccurred())
			Expect(problems(f)).To(BeEmpty(), name)
			Expect(tree(f, "")).To(HaveLen(78), name)
		}
	})
})
