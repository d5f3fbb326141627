package device_test

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

// numberOf is the number of the block device that a file lies on.
func numberOf(path string) string {
	GinkgoHelper()
	var st syscall.Stat_t
	Expect(syscall.Stat(path, &st)).To(Succeed())
	if unix.Major(st.Dev) == 0 {
		Skip("the temporary directory lies on no block device")
	}
	return fmt.Sprintf("%d:%d", unix.Major(st.Dev), unix.Minor(st.Dev))
}

// slave puts a mapping on a disk or partition.
func (h *host) slave(mapping, on string) {
	Expect(os.MkdirAll(filepath.Join(h.dir, "sys/block", mapping, "slaves", on), 0o755)).To(Succeed())
}

var _ = Describe("the medium below a path", func() {
	var h *host
	BeforeEach(func() {
		h = newHost()
		h.disk("ata1/block/sda", "dev=8:0", "queue/rotational=1", "sda1/partition=1", "sda1/dev=8:1")
		h.disk("ata2/block/sdb", "dev=8:16", "queue/rotational=1")
		h.disk("nvme/block/nvme0n1", "dev=259:0", "queue/rotational=0", "nvme0n1p1/partition=1")
		h.disk("virtual/block/dm-0", "dev=253:0", "queue/rotational=0")
		h.disk("virtual/block/md0", "dev=9:0", "queue/rotational=1")
		h.disk("virtual/block/loop0", "dev=7:0", "queue/rotational=0")
	})

	DescribeTable("is that of the disk that holds it", func(attributes []string, expected device.Medium) {
		file := filepath.Join(GinkgoT().TempDir(), "file")
		Expect(os.WriteFile(file, nil, 0o600)).To(Succeed())
		number := numberOf(file)
		for i, a := range attributes {
			if a == "dev" || a == "sdx1/dev" {
				attributes[i] = a + "=" + number
			}
		}
		h.disk("ata9/block/sdx", attributes...)
		Expect(h.disks().Medium(file)).To(Equal(expected))
		Expect(h.disks().Medium(filepath.Dir(file))).To(Equal(expected))
	},
		Entry("a disk that turns", []string{"dev", "queue/rotational=1"}, device.Rotational),
		Entry("one that does not", []string{"dev", "queue/rotational=0"}, device.Solid),
		Entry("the disk of a partition", []string{"dev=1:1", "sdx1/partition=1", "sdx1/dev", "queue/rotational=0"}, device.Solid),
		Entry("one that does not tell", []string{"dev"}, device.UnknownMedium),
		Entry("another disk", []string{"dev=1:1", "queue/rotational=0"}, device.UnknownMedium),
	)

	DescribeTable("is that of all disks below a mapping", func(mapping string, on []string, expected device.Medium) {
		for _, name := range on {
			h.slave(mapping, name)
		}
		Expect(h.disks().MediumOf(mapping)).To(Equal(expected))
	},
		Entry("on a partition", "dm-0", []string{"sda1"}, device.Rotational),
		Entry("on another mapping that is on none", "dm-0", []string{"md0"}, device.UnknownMedium),
		Entry("of equal disks", "md0", []string{"sda1", "sdb"}, device.Rotational),
		Entry("of different disks", "md0", []string{"sda1", "nvme0n1p1"}, device.UnknownMedium),
		Entry("of what is not there", "md0", []string{"sdz1"}, device.UnknownMedium),
		Entry("on itself", "dm-0", []string{"dm-0"}, device.UnknownMedium),
		Entry("on nothing", "dm-0", nil, device.UnknownMedium),
		Entry("that is no mapping", "nvme0n1", nil, device.Solid),
	)

	It("is that of the file behind a loop device", func() {
		file := filepath.Join(GinkgoT().TempDir(), "image")
		Expect(os.WriteFile(file, nil, 0o600)).To(Succeed())
		h.disk("ata9/block/sdx", "dev="+numberOf(file), "queue/rotational=1")
		h.disk("virtual/block/loop1", "dev=7:1", "queue/rotational=0", "loop/backing_file="+file)
		Expect(h.disks().MediumOf("loop1")).To(Equal(device.Rotational))
		Expect(os.Remove(file)).To(Succeed())
		Expect(h.disks().MediumOf("loop1")).To(Equal(device.UnknownMedium))
	})

	It("belongs to a disk that is named", func() {
		file := filepath.Join(GinkgoT().TempDir(), "file")
		Expect(os.WriteFile(file, nil, 0o600)).To(Succeed())
		h.disk("ata9/block/sdx", "dev=1:1", "size=8", "device/model=WD", "sdx1/partition=1", "sdx1/dev="+numberOf(file))
		Expect(h.disks().Below(file)).To(Equal(device.Identity{Kind: device.Block, Model: "WD", Size: 4096}))
		Expect(h.disks().Below(filepath.Dir(file))).To(Equal(h.disks().Below(file)))
		Expect(h.disks().Below("/proc")).To(BeZero())
		Expect(h.disks().Below("/no/such")).To(BeZero())
	})

	It("is not known of what is not there, or where there is no sysfs", func() {
		Expect(h.disks().Medium("/no/such")).To(Equal(device.UnknownMedium))
		Expect(device.New(device.Options{SysFS: os.DirFS("/no/such")}).Medium("/")).To(Equal(device.UnknownMedium))
		Expect(h.disks().Medium("/proc")).To(Equal(device.UnknownMedium))
	})
})
