package device_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/moby/sys/mountinfo"
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

// host is a tree that looks like /sys and /dev of a machine.
type host struct {
	dir    string
	mounts []*mountinfo.Info
	swaps  string
}

func newHost() *host {
	h := &host{dir: GinkgoT().TempDir(), swaps: "Filename Type Size Used Priority\n"}
	for _, d := range []string{"sys/block", "dev/disk/by-id"} {
		Expect(os.MkdirAll(filepath.Join(h.dir, d), 0o755)).To(Succeed())
	}
	return h
}

// disk makes a disk below sys/devices/<at>, with attributes given as "file=value".
func (h *host) disk(at string, attributes ...string) {
	name := filepath.Base(at)
	dir := filepath.Join(h.dir, "sys/devices", at)
	Expect(os.MkdirAll(dir, 0o755)).To(Succeed())
	Expect(os.Symlink(filepath.Join("../devices", at), filepath.Join(h.dir, "sys/block", name))).To(Succeed())
	for _, a := range append([]string{"size=7814037168", "ro=0"}, attributes...) {
		file, value, _ := strings.Cut(a, "=")
		file = filepath.Join(dir, file)
		Expect(os.MkdirAll(filepath.Dir(file), 0o755)).To(Succeed())
		Expect(os.WriteFile(file, []byte(value+"\n"), 0o644)).To(Succeed())
	}
	Expect(os.WriteFile(filepath.Join(h.dir, "dev", name), nil, 0o644)).To(Succeed())
}

func (h *host) link(name, target string) {
	Expect(os.Symlink("../../"+target, filepath.Join(h.dir, "dev/disk/by-id", name))).To(Succeed())
}

// udev writes what udev's database has of a device.
func (h *host) udev(number string, lines ...string) {
	Expect(os.MkdirAll(filepath.Join(h.dir, "udev"), 0o755)).To(Succeed())
	Expect(os.WriteFile(filepath.Join(h.dir, "udev", "b"+number), []byte(strings.Join(lines, "\n")+"\n"), 0o644)).To(Succeed())
}

func (h *host) node(name string) string { return filepath.Join(h.dir, "dev", name) }

func (h *host) disks() *device.Disks {
	swaps := filepath.Join(h.dir, "swaps")
	Expect(os.WriteFile(swaps, []byte(h.swaps), 0o644)).To(Succeed())
	return device.New(device.Options{
		SysFS: os.DirFS(filepath.Join(h.dir, "sys")), DevDir: filepath.Join(h.dir, "dev"), UdevData: filepath.Join(h.dir, "udev"), Swaps: swaps,
		Mounts: func() ([]*mountinfo.Info, error) { return h.mounts, nil },
	})
}

var _ = Describe("block devices", func() {
	const usb = "pci0000:00/usb2/2-1"
	var h *host

	BeforeEach(func() {
		h = newHost()
		h.disk(usb+"/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb",
			"dev=8:16", "device/model=Elements 25A3", "sdb1/partition=1", "sdb1/dev=8:17", "../../../../../../idVendor=1058", "../../../../../../serial=575842314137")
		h.disk("pci0000:00/nvme/nvme0/nvme0n1", "dev=259:0", "device/serial=S4EVNX0M   ", "device/model=Samsung", "wwid=eui.0025385b71b0a2c3",
			"nvme0n1p2/partition=2", "nvme0n1p2/dev=259:2", "nvme0n1p2/holders/dm-0/dev=253:0")
		h.disk("virtual/block/dm-0", "dev=253:0", "dm/name=vg-root")
		h.disk("pci0000:00/ata1/block/sda", "dev=8:0", "device/vpd_pg80=\x00\x80\x00\x10    WD-WCC4E0001", "device/wwid=naa.50014ee2b4c5d6e7")
		h.disk("pci0000:00/virtio1/block/vda", "dev=254:0", "serial=disk-1")
		h.disk("virtual/block/zram0", "dev=252:0", "serial=disk-1")
	})

	DescribeTable("are found by what they are", func(s device.Selector, name string, id device.Identity) {
		h.link("usb-WD_Elements-0:0", "sdb")
		st := h.disks().Locate(s)
		Expect(st.Presence).To(Equal(device.Present), st.Problem)
		Expect(st.Path).To(Equal(h.node(name)))
		id.Kind, id.Size = device.Block, 7814037168*512
		Expect(st.Identity).To(Equal(id))
	},
		Entry("USB, by the serial number of the USB device", device.Selector{Serial: "575842314137"}, "sdb", device.Identity{Serial: "575842314137", Model: "Elements 25A3"}),
		Entry("USB, by its link", device.Selector{ByID: "usb-WD_Elements-0:0"}, "sdb", device.Identity{Serial: "575842314137", Model: "Elements 25A3"}),
		Entry("NVMe", device.Selector{Serial: "S4EVNX0M"}, "nvme0n1", device.Identity{Serial: "S4EVNX0M", WWN: "0025385b71b0a2c3", Model: "Samsung"}),
		Entry("SATA", device.Selector{Serial: "WD-WCC4E0001"}, "sda", device.Identity{Serial: "WD-WCC4E0001", WWN: "50014ee2b4c5d6e7"}),
		Entry("SATA, by WWN as udev writes it", device.Selector{WWN: "0x50014EE2B4C5D6E7"}, "sda", device.Identity{Serial: "WD-WCC4E0001", WWN: "50014ee2b4c5d6e7"}),
		Entry("virtio; memory with the same name is no disk", device.Selector{Serial: "disk-1"}, "vda", device.Identity{Serial: "disk-1"}),
	)

	It("are absent without a match, and when a link outlives its device", func() {
		h.link("usb-gone", "sdz")
		for _, s := range []device.Selector{{Serial: "WD"}, {WWN: "0x5"}, {ByID: "usb-none"}, {ByID: "usb-gone"}} {
			Expect(h.disks().Locate(s).Presence).To(Equal(device.Absent), "%+v", s)
		}
	})

	It("are ambiguous when two have one serial number", func() {
		h.disk("pci0000:00/ata2/block/sdc", "serial=disk-1", "size=2048")
		st := h.disks().Locate(device.Selector{Serial: "disk-1"})
		Expect(st.Presence).To(Equal(device.Ambiguous))
		Expect(st.Matches).To(ConsistOf(
			h.node("sdc")+` (serial "disk-1", 1 MiB)`, h.node("vda")+` (serial "disk-1", 4.0 TB)`))
		_, r := st.Claim(device.NewVolumeID("a", "1"))
		Expect(r).To(HaveField("Reason", device.DeviceAmbiguous))
	})

	It("are ambiguous when udev would give a link to two, and has given it to one", func() {
		h.disk("pci0000:00/ata2/block/sdc", "dev=8:32", "serial=disk-1", "size=2048")
		h.link("ata-disk-1", "vda")
		h.udev("254:0", "S:disk/by-id/ata-disk-1", "E:ID_SERIAL=disk-1")
		h.udev("8:32", "S:disk/by-id/ata-disk-1-more", "E:ID_SERIAL=disk-1")
		s := device.Selector{ByID: "ata-disk-1"}
		Expect(h.disks().Locate(s).Path).To(Equal(h.node("vda")))

		h.udev("8:32", "L:-100", "S:disk/by-id/ata-disk-1", "E:ID_SERIAL=disk-1")
		st := h.disks().Locate(s)
		Expect(st.Presence).To(Equal(device.Ambiguous))
		Expect(st.Matches).To(ConsistOf(ContainSubstring(h.node("sdc")), ContainSubstring(h.node("vda"))))
	})

	DescribeTable("are not looked at under a wrong name", func(s device.Selector, problem string) {
		Expect(os.MkdirAll(filepath.Join(h.dir, "sys/class/block/sdb1"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(h.dir, "sys/class/block/sdb1/partition"), []byte("1"), 0o644)).To(Succeed())
		Expect(os.WriteFile(h.node("sdb1"), nil, 0o644)).To(Succeed())
		h.link("usb-part1", "sdb1")
		st := h.disks().Locate(s)
		Expect(st.Presence).To(Equal(device.Unknown))
		Expect(st.Problem).To(ContainSubstring(problem))
		Expect(st.Remedy).NotTo(BeEmpty())
	},
		Entry("none", device.Selector{}, "names no device"),
		Entry("a link's path", device.Selector{ByID: "../../sda"}, "no name in"),
		Entry("a partition", device.Selector{ByID: "usb-part1"}, "is a partition"),
	)

	DescribeTable("are not written while they are used", func(serial string, spoil func(), why device.Reason, words string) {
		spoil()
		st := h.disks().Locate(device.Selector{Serial: serial})
		Expect(st.Presence).To(Equal(device.Present))
		st.Content.Blank = true
		_, r := st.Claim(device.NewVolumeID("photos-a", "1"))
		Expect(r).To(HaveOccurred())
		Expect(r.Reason).To(Equal(why))
		Expect(r.Message).To(ContainSubstring(words))
		Expect(r.Remedy).NotTo(BeEmpty())
	},
		Entry("mounted partition", "575842314137", func() {
			h.mounts = append(h.mounts, &mountinfo.Info{Major: 8, Minor: 17, Root: "/", Mountpoint: "/media/WD"})
		}, device.DeviceMounted, "/media/WD"),
		Entry("mounted by name, as btrfs is", "575842314137", func() {
			h.mounts = append(h.mounts, &mountinfo.Info{Major: 0, Minor: 40, Root: "/", Source: h.node("sdb1"), Mountpoint: "/mnt"})
		}, device.DeviceMounted, "/mnt"),
		Entry("LVM on a partition", "S4EVNX0M", func() {}, device.DeviceInUse, "vg-root"),
		Entry("the root file system on LVM", "S4EVNX0M", func() {
			h.mounts = append(h.mounts, &mountinfo.Info{Major: 253, Minor: 0, Root: "/", Mountpoint: "/"})
		}, device.DeviceSystem, "in use by this system"),
		Entry("the boot partition", "575842314137", func() {
			h.mounts = append(h.mounts, &mountinfo.Info{Major: 8, Minor: 17, Root: "/", Mountpoint: "/boot/efi"})
		}, device.DeviceSystem, "/boot/efi"),
		Entry("swap", "575842314137", func() { h.swaps += h.node("sdb1") + " partition 100 0 -2\n" }, device.DeviceSystem, "system"),
		Entry("write-protected", "disk-2", func() {
			h.disk("pci0000:00/ata3/block/sdd", "serial=disk-2", "ro=1")
		}, device.DeviceReadOnly, "read-only"),
	)

	It("are not known to be free when the mount table cannot be read", func() {
		d := device.New(device.Options{
			SysFS: os.DirFS(filepath.Join(h.dir, "sys")), DevDir: filepath.Join(h.dir, "dev"),
			Mounts: func() ([]*mountinfo.Info, error) { return nil, errors.New("no /proc") },
		})
		st := d.Locate(device.Selector{Serial: "disk-1"})
		Expect(st.Presence).To(Equal(device.Unknown))
		Expect(st.Remedy).NotTo(BeEmpty())
	})

	It("know an image that is attached to a loop device", func() {
		path := newImage(device.MinSize)
		h.disk("virtual/block/loop3", "dev=7:3", "loop/backing_file="+path, "loop3p1/partition=1", "loop3p1/dev=259:9")
		h.mounts = append(h.mounts, &mountinfo.Info{Major: 259, Minor: 9, Root: "/", Mountpoint: "/mnt"})
		st := inspect(h.disks(), imageOf(path))
		Expect(st.Use.Holders).To(ConsistOf("loop device " + h.node("loop3")))
		Expect(st.Use.Mounted).To(ConsistOf("/mnt"))
		loop := h.disks().Locate(device.Selector{Serial: st.Identity.Backing})
		Expect(loop.Path).To(Equal(h.node("loop3")))
		Expect(loop.Identity.Backing).To(Equal(st.Identity.Backing))
	})
})

var _ = DescribeTable("what is named as an image", func(prepare func(dir string) string, presence device.Presence, problem string) {
	st := inspect(device.New(device.Options{LockWait: lockWait}), device.Selector{Image: prepare(GinkgoT().TempDir())})
	Expect(st.Presence).To(Equal(presence))
	Expect(st.Problem).To(ContainSubstring(problem))
	if presence == device.Unknown {
		Expect(st.Remedy).NotTo(BeEmpty())
	}
},
	Entry("missing", func(dir string) string { return filepath.Join(dir, "none") }, device.Absent, ""),
	Entry("relative", func(string) string { return "drive.img" }, device.Unknown, "not absolute"),
	Entry("a directory", func(dir string) string { return dir }, device.Unknown, "directory"),
	Entry("a device node", func(string) string { return "/dev/null" }, device.Unknown, "device node"),
	Entry("a loop of links", func(dir string) string {
		p := filepath.Join(dir, "link")
		Expect(os.Symlink(p, p)).To(Succeed())
		return p
	}, device.Unknown, "too many levels"),
)

var _ = It("an image that is marked read-only is not written, not even by root", func() {
	path := newImage(device.MinSize)
	Expect(os.Chmod(path, 0o444)).To(Succeed())
	_, r := inspect(device.New(device.Options{LockWait: lockWait}), imageOf(path)).Claim(device.NewVolumeID("a", "1"))
	Expect(r).To(HaveField("Reason", device.DeviceReadOnly))
})
