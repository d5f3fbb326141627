package device_test

import (
	"context"
	"os"
	"path/filepath"

	"github.com/moby/sys/mountinfo"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

// list returns the disks of a host by their kernel names.
func (h *host) list() map[string]device.Listed {
	GinkgoHelper()
	all, err := h.disks().List(GinkgoT().Context())
	Expect(err).NotTo(HaveOccurred())
	by := map[string]device.Listed{}
	for _, l := range all {
		name, err := filepath.Rel(filepath.Join(h.dir, "dev"), l.Path)
		Expect(err).NotTo(HaveOccurred())
		by[name] = l
	}
	return by
}

// at makes a link of udev's in a directory of /dev/disk.
func (h *host) at(dir, name, target string) {
	dir = filepath.Join(h.dir, "dev/disk", dir)
	Expect(os.MkdirAll(dir, 0o755)).To(Succeed())
	Expect(os.Symlink("../../"+target, filepath.Join(dir, name))).To(Succeed())
}

var _ = Describe("the list of disks", func() {
	const usb = "pci0000:00/usb2/2-1"
	var h *host

	BeforeEach(func() {
		h = newHost()
		h.disk(usb+"/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb", "dev=8:16", "removable=0",
			"device/vendor=WD      ", "device/model=Elements 25A3   ", "queue/logical_block_size=512", "queue/physical_block_size=4096", "queue/rotational=1",
			"sdb2/partition=2", "sdb2/size=2048", "sdb1/partition=1", "sdb1/size=4096", "sdb1/dev=8:17",
			"../../../../../../idVendor=1058", "../../../../../../serial=575842314137")
		h.disk("pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0/block/sda", "dev=8:0", "device/vendor=ATA", "device/model=ST4000VN", "device/vpd_pg80=\x00\x80\x00\x04ZDH1", "device/wwid=naa.5000c500a1b2c3d4")
	})

	It("tells all that a person needs to know a disk by", func() {
		h.link("usb-WD_Elements-0:0", "sdb")
		h.link("usb-WD_Elements-0:0-part1", "sdb1")
		h.at("by-path", "pci-0000:00:14.0-usb-0:1:1.0-scsi-0:0:0:0", "sdb")
		l := h.list()["sdb"]
		Expect(l.Model).To(Equal("WD Elements 25A3"))
		Expect(l.Identity).To(Equal(device.Identity{Kind: device.Block, Serial: "575842314137", Model: "Elements 25A3", Size: 7814037168 * 512}))
		Expect(l.Hardware).To(Equal(device.Hardware{
			Vendor: "WD", Transport: device.USB, LogicalSector: 512, PhysicalSector: 4096, Rotational: true,
			ByID: []string{"usb-WD_Elements-0:0"}, ByPath: []string{"pci-0000:00:14.0-usb-0:1:1.0-scsi-0:0:0:0"},
			Partitions: []device.PartitionNode{{Path: h.node("sdb1"), Number: 1, Size: 2 << 20}, {Path: h.node("sdb2"), Number: 2, Size: 1 << 20}},
		}))
		Expect(l.Selector).To(Equal(device.Selector{Serial: "575842314137", Size: device.SizeCheck{Bytes: 7814037168 * 512}}))
		Expect(h.list()["sda"]).To(HaveField("Model", "ST4000VN"))
	})

	DescribeTable("knows how a disk is connected, and the kernel's names of its partitions", func(at, part string, transport device.Transport) {
		name := filepath.Base(at)
		h.disk(at, "serial=x", part+"/partition=1", part+"/size=8")
		l := h.list()[name]
		Expect(l.Hardware.Transport).To(Equal(transport))
		Expect(l.Hardware.Partitions).To(Equal([]device.PartitionNode{{Path: h.node(part), Number: 1, Size: 4096}}))
	},
		Entry("NVMe", "pci0000:00/nvme/nvme0/nvme0n1", "nvme0n1p1", device.NVMe),
		Entry("SD card", "platform/mmc0/mmc0:1234/block/mmcblk0", "mmcblk0p1", device.MMC),
		Entry("virtio", "pci0000:00/virtio1/block/vda", "vda1", device.Virtio),
		Entry("virtio-scsi", "pci0000:00/virtio2/host2/target2:0:0/2:0:0:0/block/sdd", "sdd1", device.SCSI),
		Entry("SATA", "pci0000:00/ata2/host1/target1:0:0/1:0:0:0/block/sde", "sde1", device.ATA),
		Entry("SAS", "pci0000:00/host3/port-3:0/end_device-3:0/target3:0:0/3:0:0:0/block/sdf", "sdf1", device.SAS),
		Entry("loop", "virtual/block/loop0", "loop0p1", device.Loop),
		Entry("something new", "virtual/block/xda", "xda1", device.Transport("")),
	)

	It("is in the order in which people count", func() {
		for _, name := range []string{"sdaa", "nvme10n1", "nvme2n1", "sdc"} {
			h.disk("pci0000:00/x/"+name, "serial="+name)
		}
		all, err := h.disks().List(context.Background())
		Expect(err).NotTo(HaveOccurred())
		var names []string
		for _, l := range all {
			names = append(names, filepath.Base(l.Path))
		}
		Expect(names).To(Equal([]string{"nvme2n1", "nvme10n1", "sda", "sdb", "sdc", "sdaa"}))
	})

	It("says of a drive without a medium what it waits for; loop devices without a file are no drives", func() {
		h.disk("pci0000:00/usb2/2-2/2-2:1.0/host7/block/sdc", "size=0", "device/model=Padlock 3", "../../../../idVendor=1", "../../../../serial=PIN-1")
		h.disk("virtual/block/loop7", "size=0")
		all := h.list()
		Expect(all).NotTo(HaveKey("loop7"))
		l := all["sdc"]
		Expect(l.Presence).To(Equal(device.Unknown))
		Expect(l.Identity.Serial).To(Equal("PIN-1"))
		uses, r := l.Purposes()
		Expect(uses).To(BeEmpty())
		Expect(r).To(And(HaveField("Reason", device.DeviceLocked), HaveField("Message", ContainSubstring(`(serial "PIN-1", Padlock 3, USB port 2-2) has no medium`)), HaveField("Remedy", ContainSubstring("PIN"))))

		By("the same when it is selected")
		for _, s := range []device.Selector{{Serial: "PIN-1"}, {ByID: "usb-Padlock"}} {
			h.at("by-id", "usb-Padlock"+s.Serial, "sdc")
			_, r := inspect(h.disks(), s).Claim(device.NewVolumeID("a", "1"))
			Expect(r).To(HaveField("Reason", device.DeviceLocked))
		}
	})

	It("takes the slot with a card, of a reader that has one serial number for all", func() {
		for _, name := range []string{"sdc", "sdd", "sde"} {
			size := "size=0"
			if name == "sdd" {
				size = "size=4096"
			}
			h.disk("pci0000:00/usb2/2-3/2-3:1.0/host8/"+name+"/block/"+name, size, "device/model=Reader", "../../../../idVendor=1", "../../../../serial=READER")
		}
		st := h.disks().Locate(device.Selector{Serial: "READER"})
		Expect(st).To(And(HaveField("Presence", device.Present), HaveField("Path", h.node("sdd"))))
	})

	It("selects a disk by a name that only it has, or not at all", func() {
		for _, d := range []struct{ name, wwn string }{{"sdc", "naa.1"}, {"sdd", ""}, {"sde", ""}} {
			h.disk("pci0000:00/usb2/x/"+d.name, "serial=000000", "device/wwid="+d.wwn)
		}
		h.link("usb-Stick-0:0", "sdd")
		all := h.list()
		size := device.SizeCheck{Bytes: 7814037168 * 512}
		Expect(all["sdc"].Selector).To(Equal(device.Selector{WWN: "1", Size: size}))
		Expect(all["sdd"].Selector).To(Equal(device.Selector{ByID: "usb-Stick-0:0", Size: size}))
		Expect(all["sde"].Selector).To(Equal(device.Selector{}))
		l := all["sde"]
		l.State.Presence, l.State.Content.Blank = device.Present, true
		_, r := l.Purposes()
		Expect(r).To(HaveField("Reason", device.DeviceAmbiguous))
	})

	DescribeTable("says what a disk may be used for", func(change func(*device.Listed), uses []device.Purpose, why device.Reason) {
		l := device.Listed{State: device.State{
			Selector: device.Selector{Serial: "WD-1"}, Presence: device.Present, Path: "/dev/sdb", Identity: device.Identity{Kind: device.Block, Size: 4e12},
			Content: device.Content{Blank: true, Fingerprint: "f"},
		}}
		change(&l)
		got, r := l.Purposes()
		Expect(got).To(Equal(uses))
		if why == "" {
			Expect(r).NotTo(HaveOccurred())
			return
		}
		Expect(r).To(HaveField("Reason", why))
	},
		Entry("blank", func(*device.Listed) {}, []device.Purpose{device.ForCopy}, device.Reason("")),
		Entry("somebody's", func(l *device.Listed) {
			l.Content = device.Content{Found: "ntfs", FileSystem: &device.FileSystem{Type: "ntfs"}}
		}, []device.Purpose{device.ForProof}, device.DeviceForeign),
		Entry("unknown data", func(l *device.Listed) { l.Content = device.Content{Found: "unknown data", Unknown: true} }, nil, device.DeviceForeign),
		Entry("the system's", func(l *device.Listed) {
			l.Use.System, l.Content = true, device.Content{FileSystem: &device.FileSystem{Type: "ext4"}}
		}, nil, device.DeviceSystem),
		Entry("the system's, that nobody may read", func(l *device.Listed) {
			l.Use.System, l.Presence = true, device.Unknown
		}, nil, device.DeviceSystem),
		Entry("mounted", func(l *device.Listed) {
			l.Use.Mounted, l.Content = []string{"/mnt"}, device.Content{FileSystem: &device.FileSystem{Type: "ext4"}}
		}, []device.Purpose{device.ForProof}, device.DeviceMounted),
		Entry("a volume of ours: only a spec says whether it may go", func(l *device.Listed) {
			v := device.NewVolumeID("photos-a", "1")
			l.Content = device.Content{Partitions: []device.Partition{{Number: 1, GUID: v.PartitionGUID}}, FileSystem: &device.FileSystem{Type: device.Ext4, UUID: v.UUID}}
		}, []device.Purpose{device.ForProof}, device.DeviceForeign),
	)

	It("tells two with one serial number apart by model and socket", func() {
		h.at("by-path", "pci-0000:00:17.0-ata-1", "sda")
		h.disk("pci0000:00/usb2/2-4/2-4:1.0/host9/block/sdc", "serial=ZDH1", "size=2048", "device/model=Copy", "../../../../idVendor=1")
		Expect(h.disks().Locate(device.Selector{Serial: "ZDH1"}).Matches).To(ConsistOf(
			h.node("sda")+` (serial "ZDH1", 4.0 TB, ST4000VN, pci-0000:00:17.0-ata-1)`,
			h.node("sdc")+` (serial "ZDH1", 1 MiB, Copy, USB port 2-4)`))
	})

	It("fails as a whole only where nothing can be listed", func() {
		_, err := device.New(device.Options{SysFS: os.DirFS(filepath.Join(h.dir, "none"))}).List(context.Background())
		Expect(asError(err)).To(And(HaveField("Reason", device.DeviceUnreadable), HaveField("Remedy", Not(BeEmpty()))))
	})

	It("shows what is mounted of a disk that cannot be read", func() {
		h.mounts = append(h.mounts, &mountinfo.Info{Major: 8, Minor: 17, Root: "/", Mountpoint: "/media/WD"})
		if os.Geteuid() == 0 {
			Expect(os.Remove(h.node("sdb"))).To(Succeed()) // root may read everything
		} else {
			Expect(os.Chmod(h.node("sdb"), 0)).To(Succeed())
		}
		l := h.list()["sdb"]
		Expect(l).To(And(HaveField("Presence", device.Unknown), HaveField("Problem", ContainSubstring("cannot be read"))))
		Expect(l.Use.Mounted).To(ConsistOf("/media/WD"))
		Expect(h.list()).To(HaveKey("sda"))
	})

	It("has the content of a loop device, and the identity of its file", Label("root"), func() {
		needRoot()
		path := newImage(32 << 20)
		format(device.New(device.Options{}), path, device.NewVolumeID("photos-a", "1"))
		node := attach(path)
		all, err := device.New(device.Options{}).List(context.Background())
		Expect(err).NotTo(HaveOccurred())
		Expect(all).To(ContainElement(And(
			HaveField("Path", node), HaveField("Hardware.Transport", device.Loop), HaveField("Hardware.LogicalSector", BeEquivalentTo(512)),
			HaveField("Identity.Backing", inspect(device.New(device.Options{}), imageOf(path)).Identity.Backing),
			HaveField("Content.Found", ContainSubstring(`ext4 "s3x-photos-a"`)),
		)))
	})
})
