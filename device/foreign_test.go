package device_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("what is not ours", func() {
	const size = 80 << 20
	d := device.New(device.Options{LockWait: lockWait})
	v := device.NewVolumeID("photos-a", "1")

	random := func(n int) []byte {
		b := make([]byte, n)
		_, err := rand.Read(b)
		Expect(err).NotTo(HaveOccurred())
		return b
	}
	at := func(off int64, b []byte) func(string) {
		return func(path string) { poke(path, off, b) }
	}
	run := func(name string, args ...string) func(string) {
		return func(path string) { oracle(name, append(args, path)...) }
	}

	DescribeTable("is refused by name and left as it is", func(spoil func(path string), found string) {
		path := newImage(size)
		spoil(path)
		before := digest(path)
		c, r := inspect(d, imageOf(path)).Claim(v, device.NewVolumeID("photos-a", "0"))
		Expect(r).To(HaveOccurred())
		Expect(r.Reason).To(Equal(device.DeviceForeign))
		Expect(r.Message).To(ContainSubstring(found))
		Expect(r.Remedy).To(ContainSubstring("`truncate -s 0"))
		Expect(asError(d.Format(context.Background(), c, v)).Reason).To(Equal(device.DeviceChanged))
		Expect(digest(path)).To(Equal(before))
	},
		Entry("ext4 by hand, with its age", func(path string) {
			oracle("mkfs.ext4", "-q", "-F", "-L", "WORK", "-O", "^metadata_csum", path)
			poke(path, 1024+0x30, []byte{0x80, 0xB1, 0xD1, 0x5C})
		}, `ext4 "WORK", last written 2019-05-07`),
		Entry("ext2 by hand", run("mke2fs", "-q", "-F", "-t", "ext2"), "ext2"),
		Entry("a file system with features we cannot read", run("mkfs.ext4", "-q", "-F", "-O", "encrypt,casefold,journal_dev"), "ext4"),
		Entry("swap", run("mkswap", "-L", "SWAP"), `swap "SWAP"`),
		Entry("an empty GPT", run("sgdisk", "-o"), "GPT with no partition"),
		Entry("a GPT with a partition", run("sgdisk", "-n", "1:0:0", "-c", "1:data"), `partition "data" without a known file system`),
		Entry("a GPT whose primary copy is gone", func(path string) {
			oracle("sgdisk", "-n", "1:0:0", path)
			poke(path, 0, make([]byte, 64<<10))
		}, "only its backup is whole"),
		Entry("an MBR", at(446, append(append([]byte{0, 0, 2, 0, 7, 0, 0, 0, 0, 8, 0, 0, 0, 8, 0, 0}, make([]byte, 48)...), 0x55, 0xAA)), "MBR with a partition of type 0x07"),
		Entry("an MBR without partitions", at(510, []byte{0x55, 0xAA}), "MBR without partitions"),
		Entry("LUKS2", at(0, []byte("LUKS\xba\xbe\x00\x02")), "LUKS"),
		Entry("LUKS2 whose first header is gone", at(0x4000, []byte("SKUL\xba\xbe\x00\x02")), "LUKS"),
		Entry("BitLocker", at(3, []byte("-FVE-FS-")), "BitLocker"),
		Entry("LVM", at(512, []byte("LABELONE\x01\x00\x00\x00\x00\x00\x00\x00")), "LVM2"),
		Entry("md with metadata 1.2", at(4096, []byte("\xfc\x4e\x2b\xa9\x01\x00\x00\x00")), "md"),
		Entry("md with metadata 1.0", at((size/512-16)/8*8*512, []byte("\xfc\x4e\x2b\xa9\x01\x00\x00\x00")), "md"),
		Entry("md with metadata 0.90", at(size-0x10000, []byte("\xfc\x4e\x2b\xa9\x00\x00\x00\x00")), "md"),
		Entry("ZFS, by its last label only", at(size-256<<10+128<<10+4096, []byte("\x0c\xb1\xba\x00\x00\x00\x00\x00")), "ZFS"),
		Entry("bcache", at(4096+24, []byte("\xc6\x85\x73\xf6\x4e\x1a\x45\xca\x82\x65\xf5\x7f\x48\xba\x6d\x81")), "bcache"),
		Entry("btrfs", at(0x10040, []byte("_BHRfS_M")), "btrfs"),
		Entry("btrfs by its second superblock only", at(64<<20+0x40, []byte("_BHRfS_M")), "unknown data"),
		Entry("xfs", at(0, []byte("XFSB")), "xfs"),
		Entry("ntfs", at(3, []byte("NTFS    ")), "ntfs"),
		Entry("vfat", func(path string) {
			poke(path, 71, []byte("STICK      FAT32   "))
			poke(path, 510, []byte{0x55, 0xAA})
		}, `vfat "STICK"`),
		Entry("exfat", at(3, []byte("EXFAT   ")), "exfat"),
		Entry("iso9660", at(32769, []byte("CD001")), "iso9660"),
		Entry("udf", at(34817, []byte("NSR03")), "udf"),
		Entry("random data, as of TrueCrypt", func(path string) { poke(path, 0, random(1<<20)) }, "random data, as of an encrypted volume without a header such as TrueCrypt's (the first at byte 0)"),
		Entry("text", func(path string) { poke(path, 0, bytes.Repeat([]byte("not random "), 100_000)) }, "unknown data (the first at byte 0)"),
		Entry("random data at the end only", func(path string) { poke(path, size-4096, random(4096)) }, "unknown data"),
		Entry("one byte in the middle", at(size/2+77, []byte{1}), "unknown data"),
		Entry("one byte that no fixed place covers", at(size/2+size/1024+33, []byte{1}), "unknown data"),
		Entry("a page of ones between holes", at(size/2, bytes.Repeat([]byte{0xFF}, 4096)), "unknown data"),
		Entry("a backup superblock of ext4 only", func(path string) {
			oracle("mkfs.ext4", "-q", "-F", "-b", "1024", path)
			poke(path, 0, make([]byte, 7<<20))
		}, "unknown data"),
		Entry("our table around a file system that a service made", func(path string) {
			format(d, path, v)
			oracle("mkfs.ext4", "-q", "-F", "-E", "offset=1048576", path, "60M")
		}, "GPT with ext4"),
		Entry("our file system in a table that is not ours", func(path string) {
			format(d, path, v)
			oracle("sgdisk", "-u", "1:R", path)
		}, "GPT with ext4"),
	)

	It("takes erased flash for blank", func() {
		path := newImage(device.MinSize)
		poke(path, 0, bytes.Repeat([]byte{0xFF}, device.MinSize))
		Expect(inspect(d, imageOf(path)).Content.Blank).To(BeTrue())
		poke(path, 5<<20, []byte{0})
		Expect(inspect(d, imageOf(path)).Content.Blank).To(BeFalse())
	})

	It("is never written, whatever changes between the look and the write", func() {
		path := newImage(device.MinSize)
		rapid.Check(GinkgoTB(), func(t *rapid.T) {
			Expect(os.Truncate(path, 0)).To(Succeed())
			Expect(os.Truncate(path, device.MinSize)).To(Succeed())
			c, r := inspect(d, imageOf(path)).Claim(v)
			Expect(r).NotTo(HaveOccurred())
			change := rapid.SampledFrom([]string{"byte", "size", "other file", "mode", "gone"}).Draw(t, "change")
			switch change {
			case "byte":
				poke(path, rapid.Int64Range(0, device.MinSize-1).Draw(t, "offset"), []byte{rapid.Byte().Filter(func(b byte) bool { return b > 0 }).Draw(t, "byte")})
			case "size":
				Expect(os.Truncate(path, device.MinSize+512*rapid.Int64Range(1, 100).Draw(t, "sectors"))).To(Succeed())
			case "other file":
				Expect(os.Rename(path, path+".old")).To(Succeed())
				Expect(os.WriteFile(path, nil, 0o644)).To(Succeed())
				Expect(os.Truncate(path, device.MinSize)).To(Succeed())
			case "mode":
				Expect(os.Chmod(path, 0o444)).To(Succeed())
			case "gone":
				Expect(os.Rename(path, path+".old")).To(Succeed())
			}
			was := ""
			if change != "gone" {
				was = digest(path)
			}
			err := d.Format(context.Background(), c, v)
			if asError(err).Remedy == "" {
				t.Fatal("no remedy")
			}
			if change == "gone" {
				Expect(filepath.Join(path)).NotTo(BeAnExistingFile())
				Expect(os.Rename(path+".old", path)).To(Succeed())
			} else if digest(path) != was {
				t.Fatalf("%s: the file was written", change)
			}
			Expect(os.Chmod(path, 0o644)).To(Succeed())
		})
	})
})
