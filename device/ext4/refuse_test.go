package ext4_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

// setSuper changes a field of the superblock and gives it its checksum again.
func setSuper(b []byte, at int, value uint32) []byte {
	b = bytes.Clone(b)
	sb := b[1024:2048]
	binary.LittleEndian.PutUint32(sb[at:], value)
	binary.LittleEndian.PutUint32(sb[0x3FC:], ^crc32.Checksum(sb[:0x3FC], crc32.MakeTable(crc32.Castagnoli)))
	return b
}

var _ = Describe("Refusing", Ordered, ContinueOnFailure, func() {
	var good []byte
	super := func(at int) uint32 { return binary.LittleEndian.Uint32(good[1024+at:]) }

	BeforeAll(func() {
		source := GinkgoT().TempDir()
		write(source, "file", data(5000, 1))
		write(mkdir(source, "dir"), "inside", data(10, 3))
		mkdir(source, "dir2")
		write(source, "file2", nil)
		good = memory(image("4M", source, "-O", "^has_journal"))
	})

	DescribeTable("what is no ext4", func(b []byte) {
		_, err := openBytes(b)
		Expect(reasonOf(err)).To(Equal(ext4.NotExt4))
	},
		Entry("nothing", []byte{}),
		Entry("too short", make([]byte, 2047)),
		Entry("zeros", make([]byte, 1<<20)),
		Entry("noise", data(1<<20, 1)),
	)

	DescribeTable("incompatible features by name", func(bit uint32, name string) {
		_, err := openBytes(setSuper(good, 0x60, super(0x60)|bit))
		var e *ext4.Error
		Expect(errors.As(err, &e)).To(BeTrue())
		Expect(e.Reason).To(Equal(ext4.UnsupportedFeature))
		Expect(e.Features).To(Equal([]string{name}))
		Expect(e.Remedy).To(ContainSubstring("mount"))
	},
		Entry(nil, uint32(0x1), "compression"),
		Entry(nil, uint32(0x8), "journal_dev"),
		Entry(nil, uint32(0x1000), "dirdata"),
		Entry(nil, uint32(0x20000), "casefold"),
		Entry(nil, uint32(0x80000000), "FEATURE_I0x80000000"),
		Entry(nil, uint32(0x20), "FEATURE_I0x20"),
	)

	DescribeTable("what was not cleanly unmounted, but says what it is", func(at int, value func() uint32) {
		f, err := openBytes(setSuper(good, at, value()))
		Expect(err).NotTo(HaveOccurred())
		Expect(f.NeedsRecovery()).To(BeTrue())
		Expect(f.Label()).To(Equal("archive"))
		Expect(f.UUID()).To(Equal("0f0e0d0c-0b0a-4908-8706-050403020100"))
		check := func(err error) {
			GinkgoHelper()
			Expect(err).To(MatchError(ext4.ErrDirty))
			refused, ok := errors.AsType[*ext4.Error](err)
			Expect(ok).To(BeTrue())
			Expect(refused.Reason).To(Equal(ext4.Dirty))
			Expect(refused.Remedy).To(And(ContainSubstring("mount DEVICE"), ContainSubstring("e2fsck -p DEVICE")))
		}
		check(f.Walk(context.Background(), "", func(ext4.Entry) error { return errors.New("shown") }))
		_, err = f.Lookup("file")
		check(err)
		_, err = f.OpenFile(ext4.Entry{Inode: 12, Type: ext4.Regular})
		check(err)
		_, err = f.Extents(ext4.Entry{Inode: 12, Type: ext4.Regular})
		check(err)
		_, err = f.Readlink(ext4.Entry{Inode: 12, Type: ext4.Symlink})
		check(err)
	},
		Entry("journal to replay", 0x60, func() uint32 { return super(0x60) | 0x4 }),
		Entry("no clean unmount", 0x38, func() uint32 { return super(0x38) &^ 0x10000 }),
		Entry("orphans in the file", 0x64, func() uint32 { return super(0x64) | 0x10000 }),
		Entry("orphans in the list", 0xE8, func() uint32 { return 12 }),
	)

	DescribeTable("superblocks that contradict themselves, with a right checksum", func(at int, value uint32) {
		_, err := openBytes(setSuper(good, at, value))
		Expect(reasonOf(err)).To(Equal(ext4.Corrupt))
	},
		Entry("block size", 0x18, uint32(7)),
		Entry("block size of 2^32", 0x18, uint32(0xFFFFFFFF)),
		Entry("inodes per group 0", 0x28, uint32(0)),
		Entry("blocks per group 0", 0x20, uint32(0)),
		Entry("blocks per group", 0x20, uint32(1<<20)),
		Entry("blocks", 0x04, uint32(0xFFFFFFFF)),
		Entry("blocks, high", 0x150, uint32(0xFFFFFFFF)),
		Entry("inodes", 0x00, uint32(0xFFFFFFFF)),
		Entry("first data block", 0x14, uint32(5000)),
		Entry("first inode", 0x54, uint32(0)),
		Entry("inode size", 0x58, uint32(100)),
		Entry("inode size above the block", 0x58, uint32(2048)),
		Entry("descriptor size", 0xFC, uint32(48<<16)),
	)

	It("reads on with read-only-compatible features it does not know, and with noted errors", func() {
		f, err := openBytes(setSuper(good, 0x64, super(0x64)|0x40000000))
		Expect(err).NotTo(HaveOccurred())
		Expect(problems(f)).To(BeEmpty())
		f, err = openBytes(setSuper(good, 0x38, super(0x38)|0x20000))
		Expect(err).NotTo(HaveOccurred())
		Expect(f.HasErrors()).To(BeTrue())
		Expect(problems(f)).To(BeEmpty())
	})

	DescribeTable("files whose bytes are not what they seem", func(flag string, want string) {
		source := GinkgoT().TempDir()
		write(source, "file", data(5000, 1))
		write(mkdir(source, "dir"), "inside", nil)
		path := image("4M", source, "-O", "^has_journal")
		debugfs(path, "set_inode_field file flags "+flag, "set_inode_field dir flags "+flag)
		f := open(path)
		e, err := f.Lookup("file")
		if err == nil {
			_, err = f.OpenFile(e)
		}
		Expect(err).To(MatchError(ContainSubstring(want)))
		Expect(problems(f)).To(ContainElement(MatchError(HavePrefix("dir: "))))
	},
		Entry("encrypted", "0x80800", "encrypt"),
		Entry("verity", "0x180000", "verity"),
		Entry("compressed", "0x80004", "compression"),
		Entry("value of an attribute", "0x280000", "extended attribute"),
		Entry("inline without its attribute", "0x10000000", "system.data"),
	)

	DescribeTable("directories that lie", func(want string, commands ...string) {
		source := GinkgoT().TempDir()
		write(source, "file", data(5000, 1))
		write(mkdir(source, "dir"), "inside", nil)
		mkdir(source, "dir", "sub")
		mkdir(source, "other")
		path := image("4M", source, "-O", "^has_journal")
		debugfs(path, commands...)
		f := open(path)
		all := problems(f)
		Expect(all).NotTo(BeEmpty())
		Expect(all).To(HaveEach(MatchError(ContainSubstring(want))))
		for _, err := range all {
			Expect(reasonOf(err)).To(Equal(ext4.Corrupt))
		}
	},
		Entry("a cycle", `".." is inode`, "link dir dir/sub/up"),
		Entry("the root below itself", "below itself", "link / dir/root"),
		Entry("the root in itself", "below itself", "link / self"),
		Entry("itself", `".." is inode`, "link dir dir/self"),
		Entry("two names, one directory", "two names", "link dir dir3"),
		Entry("two parents", `".." is inode`, "link dir/sub other/sub"),
		Entry("deleted", "deleted", "set_inode_field file links_count 0"),
		Entry("never used", "never used", "link <1000> unused"),
		Entry("the journal", "not a number of a file", "link <8> journal"),
		Entry("another type", "another type", "set_inode_field file mode 0120777"),
	)

	DescribeTable("names that no file can have", func(from, to, want string) {
		source := GinkgoT().TempDir()
		write(source, "first", nil)
		write(source, "other", nil)
		mkdir(source, "third")
		b := memory(image("4M", source, "-O", "^has_journal,^metadata_csum"))
		Expect(bytes.Count(b, []byte(from))).To(Equal(1))
		f, err := openBytes(bytes.ReplaceAll(b, []byte(from), []byte(to)))
		Expect(err).NotTo(HaveOccurred())
		Expect(problems(f)).To(ConsistOf(MatchError(ContainSubstring(want))))
	},
		Entry("twice", "other", "first", `has the name "first" twice`),
		Entry("twice, once of a directory", "third", "first", `has the name "first" twice`),
		Entry("slash", "other", "../er", "a slash or a zero byte"),
		Entry("zero", "other", "oth\x00r", "a slash or a zero byte"),
	)
})
