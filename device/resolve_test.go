package device_test

import (
	"context"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

// partition makes a partition of a disk that h has, in sysfs and in /dev.
func (h *host) partition(disk, name, number string) {
	GinkgoHelper()
	dir := filepath.Join(h.dir, "sys/block", disk, name)
	Expect(os.MkdirAll(dir, 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(dir, "partition"), []byte(number+"\n"), 0o644)).To(Succeed())
	Expect(os.WriteFile(h.node(name), nil, 0o644)).To(Succeed())
}

var _ = Describe("a path", func() {
	var h *host

	BeforeEach(func() {
		h = newHost()
		h.disk("pci0000:00/ata1/block/sdb", "serial=WD-1", "device/wwid=naa.50014ee2b4c5d6e7", "device/model=WDC WD40")
		h.disk("pci0000:00/ata2/block/sd", "serial=SHORT")
		h.disk("pci0000:00/nvme/nvme0/nvme0n1", "device/serial=S4EVNX0M")
		h.disk("pci0000:00/mmc0/block/mmcblk0", "device/serial=0x1234")
		h.disk("virtual/block/dm-0", "dm/name=vg-root")
		h.disk("pci0000:00/usb/block/sdq", "size=0", "serial=EMPTY", "device/model=Reader")
		h.disk("pci0000:00/usb/block/sdz")
		h.disk("pci0000:00/cciss0/block/cciss!c0d0", "serial=HP-1")
		Expect(os.MkdirAll(filepath.Join(h.dir, "dev/cciss"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(h.dir, "dev/cciss/c0d0"), nil, 0o644)).To(Succeed())
		h.partition("sdb", "sdb1", "1")
		h.partition("sdb", "sdb12", "12")
		h.partition("nvme0n1", "nvme0n1p1", "1")
		h.partition("mmcblk0", "mmcblk0p2", "2")
		h.link("ata-WDC_WD-1", "sdb")
		h.link("wwn-0x50014ee2b4c5d6e7", "sdb")
		h.link("ata-WDC_WD-1-part12", "sdb12")
		h.link("ata-gone", "sdy")
	})

	DescribeTable("names a disk, and may name a partition of it", func(name, disk, serial string, partition int) {
		n, err := h.disks().Resolve(GinkgoT().Context(), h.node(name))
		Expect(err).NotTo(HaveOccurred())
		Expect(n.Path).To(Equal(h.node(name)))
		Expect(n.Disk).To(Equal(h.node(disk)))
		Expect(n.Partition).To(Equal(partition))
		Expect(n.Identity.Kind).To(Equal(device.Block))
		Expect(n.Identity.Serial).To(Equal(serial))
		Expect(n.Selector()).To(Equal(device.Selector{Serial: serial, Size: device.SizeCheck{Bytes: 7814037168 * 512}}))
	},
		Entry("a whole disk", "sdb", "sdb", "WD-1", 0),
		Entry("a partition", "sdb1", "sdb", "WD-1", 1),
		Entry("a partition with two digits", "sdb12", "sdb", "WD-1", 12),
		Entry("a disk whose name is the beginning of another's", "sd", "sd", "SHORT", 0),
		Entry("NVMe", "nvme0n1", "nvme0n1", "S4EVNX0M", 0),
		Entry("a partition of NVMe", "nvme0n1p1", "nvme0n1", "S4EVNX0M", 1),
		Entry("a partition of a card", "mmcblk0p2", "mmcblk0", "0x1234", 2),
		Entry("a node in a directory", "cciss/c0d0", "cciss/c0d0", "HP-1", 0),
		Entry("a link", "disk/by-id/ata-WDC_WD-1", "sdb", "WD-1", 0),
		Entry("a link to a partition", "disk/by-id/ata-WDC_WD-1-part12", "sdb", "WD-1", 12),
	)

	It("tells all that the disk is known by", func() {
		n, err := h.disks().Resolve(GinkgoT().Context(), h.node("sdb1"))
		Expect(err).NotTo(HaveOccurred())
		Expect(n.Identity).To(Equal(device.Identity{Kind: device.Block, Serial: "WD-1", WWN: "50014ee2b4c5d6e7", Model: "WDC WD40", Size: 7814037168 * 512}))
		Expect(n.ByID).To(Equal([]string{"ata-WDC_WD-1", "wwn-0x50014ee2b4c5d6e7"}))
	})

	It("names an image, also through a link and below /dev", func() {
		for _, path := range []string{filepath.Join(h.dir, "drive.img"), h.node("shm.img")} {
			Expect(os.WriteFile(path, []byte("x"), 0o644)).To(Succeed())
			Expect(os.Symlink(path, path+".link")).To(Succeed())
			n, err := h.disks().Resolve(GinkgoT().Context(), path+".link")
			Expect(err).NotTo(HaveOccurred())
			Expect(n.Identity.Kind).To(Equal(device.Image))
			Expect(n.Identity.Backing).NotTo(BeEmpty())
			Expect(n.Selector()).To(Equal(device.Selector{Image: path, Size: device.SizeCheck{Bytes: 1}}))
		}
	})

	DescribeTable("is refused with a remedy", func(name string, why device.Reason, message, remedy string) {
		_, err := h.disks().Resolve(GinkgoT().Context(), h.node(name))
		e := asError(err)
		Expect(e.Reason).To(Equal(why))
		Expect(e.Error()).To(ContainSubstring(message))
		Expect(e.Remedy).To(ContainSubstring(remedy))
	},
		Entry("that is not there", "sdx", device.DeviceAbsent, "there is no such device", "plug the drive in"),
		Entry("a partition that is not there", "sdb2", device.DeviceAbsent, "there is no such device", "lsblk"),
		Entry("a link that outlives its device", "disk/by-id/ata-gone", device.DeviceAbsent, "there is no such device", "plug the drive in"),
		Entry("a mapping", "dm-0", device.DeviceUnreadable, "no disk", "name the disk itself"),
		Entry("a reader without a card", "sdq", device.DeviceLocked, "no medium", "PIN"),
		Entry("a drive without a serial number", "sdz", device.DeviceUnreadable, "tells no serial number", "spec.device.wwn or byID"),
		Entry("a directory", "disk", device.DeviceUnreadable, "neither a disk nor an image", "image file"),
	)

	It("is nothing that a canceled context looks up", func() {
		ctx, cancel := context.WithCancel(GinkgoT().Context())
		cancel()
		_, err := h.disks().Resolve(ctx, h.node("sdb"))
		Expect(err).To(MatchError(ctx.Err()))
	})
})
