package warehouse

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("Overwriting a partition", func() {
	const megabyte = 1 << 20
	var old = bytes.Repeat([]byte("old."), 4*megabyte/4)

	image := func() string {
		file := filepath.Join(GinkgoT().TempDir(), "device")
		Expect(os.WriteFile(file, old, 0o600)).To(Succeed())
		return file
	}

	It("puts data and holes in its place and touches nothing else", func() {
		from := filepath.Join(GinkgoT().TempDir(), "from")
		Expect(os.WriteFile(from, nil, 0o600)).To(Succeed())
		f, err := os.OpenFile(from, os.O_RDWR, 0)
		Expect(err).NotTo(HaveOccurred())
		for _, at := range []int64{64 << 10, megabyte} { // a hole first, between and last
			_, err = f.WriteAt(bytes.Repeat([]byte("new!"), 1024), at)
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(f.Truncate(2 * megabyte)).To(Succeed())
		Expect(f.Close()).To(Succeed())
		want, err := os.ReadFile(from)
		Expect(err).NotTo(HaveOccurred())

		device := image()
		Expect(overwrite(device, megabyte, 2*megabyte, from)).To(Succeed())
		got, err := os.ReadFile(device)
		Expect(err).NotTo(HaveOccurred())
		Expect(got).To(HaveLen(4 * megabyte))
		Expect(bytes.Equal(got[:megabyte], old[:megabyte])).To(BeTrue(), "before the partition")
		Expect(bytes.Equal(got[megabyte:3*megabyte], want)).To(BeTrue(), "the partition")
		Expect(bytes.Equal(got[3*megabyte:], old[3*megabyte:])).To(BeTrue(), "behind the partition")
		info, err := os.Stat(device)
		Expect(err).NotTo(HaveOccurred())
		Expect(info.Sys().(*syscall.Stat_t).Blocks*512).To(BeNumerically("<", 3*megabyte), "holes were punched")
	})

	DescribeTable("makes a range zero, with holes and without",
		func(zero func(*os.File, int64, int64) error) {
			device := image()
			f, err := os.OpenFile(device, os.O_RDWR, 0)
			Expect(err).NotTo(HaveOccurred())
			defer f.Close()
			Expect(zero(f, 5000, 70_001)).To(Succeed())
			Expect(zero(f, 100_000, 0)).To(Succeed())
			got, err := os.ReadFile(device)
			Expect(err).NotTo(HaveOccurred())
			want := bytes.Clone(old)
			clear(want[5000:75_001])
			Expect(bytes.Equal(got, want)).To(BeTrue())
		},
		Entry("zero", zero),
		Entry("writeZeros", writeZeros),
	)
})
