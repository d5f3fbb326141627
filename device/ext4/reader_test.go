package ext4_test

import (
	"fmt"
	"os"
	"slices"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

var _ = Describe("Reading what mkfs.ext4 filled", Ordered, ContinueOnFailure, func() {
	var source string
	var want []string

	BeforeAll(func() {
		needTools()
		source = GinkgoT().TempDir()
		fill(source)
		many := mkdir(source, "many")
		for i := range 1000 {
			write(many, fmt.Sprintf("%d-%s", i*7919%1000, "a-name-of-some-length"), nil)
		}
		want = treeOf(source)
	})

	DescribeTable("shows the same as the source", func(blockSize int, args ...string) {
		path := image("64M", source, args...)
		clean(path)
		f := open(path)
		Expect(f.BlockSize()).To(Equal(blockSize))
		Expect(f.UUID()).To(Equal("0f0e0d0c-0b0a-4908-8706-050403020100"))
		Expect(f.Label()).To(Equal("archive"))
		Expect(f.NeedsRecovery()).To(BeFalse())
		if slices.Contains(args, "inline_data") {
			// mke2fs 1.47.0 loses the trailing hole of a sparse file there.
			expectSame(without(tree(f, ""), "holes/"), without(want, "holes/"))
			return
		}
		expectSame(without(tree(f, ""), "lost+found"), want)
	},
		Entry("as it comes", 1024),
		Entry("with 2 KiB blocks", 2048, "-b", "2048"),
		Entry("with 4 KiB blocks", 4096, "-b", "4096"),
		Entry("with 8 KiB blocks", 8192, "-b", "8192"),
		Entry("with 32 KiB blocks and inline data", 32768, "-b", "32768", "-N", "8192", "-O", "inline_data"),
		Entry("with 16 KiB blocks", 16384, "-b", "16384"),
		Entry("with 64 KiB blocks", 65536, "-b", "65536", "-N", "8192"),
		Entry("with indirect blocks", 1024, "-O", "^extents,^64bit"),
		Entry("with indirect blocks of 4 KiB", 4096, "-b", "4096", "-O", "^extents,^64bit"),
		Entry("without checksums, 64 bit and journal", 1024, "-O", "^metadata_csum,^64bit,^has_journal"),
		Entry("with checksums of groups only", 1024, "-O", "^metadata_csum,uninit_bg"),
		Entry("with inline data", 1024, "-O", "inline_data"),
		Entry("with inline data in large inodes", 4096, "-b", "4096", "-O", "inline_data", "-I", "1024"),
		Entry("with small inodes", 1024, "-I", "128", "-O", "^inline_data"),
		Entry("with a seed of its own", 1024, "-O", "metadata_csum_seed"),
		Entry("with two backups of the superblock", 1024, "-O", "sparse_super2,^resize_inode"),
		Entry("with small groups, 64 of them flexible", 1024, "-g", "1024", "-G", "64"),
		Entry("with groups each by itself", 1024, "-O", "^flex_bg"),
		Entry("with meta groups", 1024, "-O", "meta_bg,^resize_inode"),
		Entry("with meta groups and short descriptors", 1024, "-O", "meta_bg,^resize_inode,^64bit,^sparse_super", "-g", "1024"),
		Entry("without types in directories", 1024, "-O", "^filetype"),
		Entry("with clusters", 4096, "-b", "4096", "-O", "bigalloc", "-C", "16384"),
		Entry("with clusters and 1 KiB blocks", 1024, "-b", "1024", "-O", "bigalloc", "-C", "16384"),
		Entry("with encryption, orphan file and large directories allowed", 1024, "-O", "encrypt,orphan_file,large_dir,ea_inode,mmp"),
		Entry("as ext2", 1024, "-O", "none", "-r", "1"),
	)

	It("keeps the seed of checksums when the UUID is changed", func() {
		path := image("64M", source, "-O", "metadata_csum_seed")
		_, err := run("tune2fs", "-U", "11111111-2222-4333-8444-555555555555", path)
		Expect(err).NotTo(HaveOccurred())
		f := open(path)
		Expect(f.UUID()).To(Equal("11111111-2222-4333-8444-555555555555"))
		expectSame(without(tree(f, ""), "lost+found"), want)
	})

	It("finds each entry by its path", func() {
		f := open(image("64M", source))
		for _, line := range want {
			var path string
			_, err := fmt.Sscanf(line, "%q", &path)
			Expect(err).NotTo(HaveOccurred())
			e, err := f.Lookup(path)
			Expect(err).NotTo(HaveOccurred())
			got, err := describe(f, e)
			Expect(err).NotTo(HaveOccurred())
			Expect(got).To(Equal(line))
		}
		for _, path := range []string{"no", "sizes/no", "sizes/s1/x", "/sizes", "sizes/", "sizes//s1", "sizes/../sizes", "."} {
			_, err := f.Lookup(path)
			Expect(err).To(MatchError(os.ErrNotExist), path)
		}
		root, err := f.Lookup("")
		Expect(err).NotTo(HaveOccurred())
		Expect(root.Type).To(Equal(ext4.Directory))
	})

	It("walks a part, and nothing where nothing is", func() {
		f := open(image("64M", source))
		var part []string
		for _, line := range want {
			if len(line) > 7 && line[:7] == `"order/` {
				part = append(part, line)
			}
		}
		expectSame(tree(f, "order"), part)
		Expect(tree(f, "nothing")).To(BeEmpty())
		Expect(tree(f, "sizes/s1")).To(BeEmpty())
		Expect(tree(f, "empty")).To(BeEmpty())
	})
})
