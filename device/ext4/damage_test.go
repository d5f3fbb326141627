package ext4_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/ext4"
)

// problems are the errors that a whole reading of the image meets, in order.
func problems(f *ext4.FS) []error {
	var all []error
	err := f.Walk(context.Background(), "", func(e ext4.Entry) error {
		err := e.Err
		if err == nil {
			_, err = describe(f, e)
		}
		if err != nil {
			all = append(all, fmt.Errorf("%s: %w", e.Path, err))
		}
		return nil
	})
	if err != nil {
		all = append(all, err)
	}
	return all
}

// expectProblem wants exactly one problem, at path, an *ext4.Error that says text.
func expectProblem(b []byte, path, text string) {
	GinkgoHelper()
	f, err := openBytes(b)
	Expect(err).NotTo(HaveOccurred())
	all := problems(f)
	Expect(all).To(HaveLen(1))
	Expect(all[0]).To(MatchError(HavePrefix(path + ": ")))
	Expect(all[0]).To(MatchError(ContainSubstring(text)))
	var e *ext4.Error
	Expect(errors.As(all[0], &e)).To(BeTrue())
	Expect(e.Remedy).NotTo(BeEmpty())
}

var _ = Describe("Damage", Ordered, ContinueOnFailure, func() {
	var path string
	var good []byte

	BeforeAll(func() {
		source := GinkgoT().TempDir()
		write(source, "file", data(5000, 1))
		write(source, "pieces", data(200<<10, 2))
		write(mkdir(source, "dir"), "inside", data(10, 3))
		long := mkdir(source, "long")
		for i := range 400 {
			write(long, fmt.Sprintf("%d-%s", i, strings.Repeat("x", 100)), nil)
		}
		path = image("4M", source, "-O", "^has_journal")
		commands := []string{}
		for i := 1; i < 200; i += 2 {
			commands = append(commands, fmt.Sprintf("punch pieces %d %d", i, i))
		}
		debugfs(path, commands...)
		_, err := run("e2fsck", "-fyD", path)
		Expect(err == nil || strings.Contains(err.Error(), "exit status 1")).To(BeTrue(), "%v", err)
		good = memory(path)
	})

	at := func(name string) (*ext4.FS, ext4.Entry) {
		GinkgoHelper()
		f, err := openBytes(good)
		Expect(err).NotTo(HaveOccurred())
		Expect(problems(f)).To(BeEmpty())
		e, err := f.Lookup(name)
		Expect(err).NotTo(HaveOccurred())
		return f, e
	}
	flipped := func(offset int64) []byte {
		b := bytes.Clone(good)
		b[offset] ^= 0x10
		return b
	}

	It("of the superblock refuses it", func() {
		for _, offset := range []int64{1024 + 0x5D, 1024 + 0x20, 1024 + 0x70, 1024 + 0x3FC, 1024 + 0x3FB} {
			_, err := openBytes(flipped(offset))
			Expect(reasonOf(err)).To(Equal(ext4.Corrupt))
			Expect(err).To(MatchError(ContainSubstring("superblock")))
		}
	})

	It("of a group descriptor, of an inode, is found by the checksum", func() {
		f, _ := openBytes(flipped(2048 + 0x1C))
		all := problems(f)
		Expect(all).NotTo(BeEmpty())
		Expect(all[0]).To(MatchError(ContainSubstring("group descriptor 0: checksum is wrong")))
		g, e := at("file")
		for _, byteOf := range []int64{0x04, 0x10, 0x20, 0x28 + 20, 0x64, 0x7C, 0x82, 0xFF} {
			expectProblem(flipped(g.InodeAt(uint32(e.Inode))+byteOf), "file", fmt.Sprintf("inode %d: checksum is wrong", e.Inode))
		}
	})

	It("of an extent block is found by the checksum", func() {
		f, e := at("pieces")
		Expect(f.Depth(e)).To(Equal(1))
		leaf := int64(binary.LittleEndian.Uint32(good[f.InodeAt(uint32(e.Inode))+0x28+12+4:])) * 1024
		for _, byteOf := range []int64{0, 4, 12, 12 + 8, 1000, 1023} {
			expectProblem(flipped(leaf+byteOf), "pieces", "extent tree")
		}
	})

	It("of a directory block costs what is in it, and is told", func() {
		f, e := at("dir")
		expectProblem(flipped(f.BlockOf(e, 0)+30), "dir", "checksum of block 0")

		f, e = at("long")
		b := flipped(f.BlockOf(e, 3) + 20)
		expectProblem(b, "long", "checksum of block 3")
		g, err := openBytes(b)
		Expect(err).NotTo(HaveOccurred())
		n := 0
		Expect(g.Walk(context.Background(), "long", func(e ext4.Entry) error {
			if e.Err == nil {
				n++
			}
			return nil
		})).To(Succeed())
		Expect(n).To(BeNumerically("~", 393, 4))
		_, err = g.Lookup("long/nothing")
		Expect(reasonOf(err)).To(Equal(ext4.Corrupt), "a name may be in what cannot be read")

		expectProblem(flipped(f.BlockOf(e, 0)+0x2C), "long", "checksum of index block 0")
	})
})
