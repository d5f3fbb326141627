package device_test

import (
	"context"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("the host", func() {
	It("is asked for its tools, and one that is missing or broken is told with what to do", func() {
		dir := GinkgoT().TempDir()
		for name, script := range map[string]string{"mkfs.ext4": "echo 'mke2fs 1.47.0 (5-Feb-2023)' >&2", "debugfs": "echo 'cannot load libext2fs.so' >&2; exit 127"} {
			Expect(os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755)).To(Succeed())
		}
		h, err := device.New(device.Options{ToolDirs: []string{dir}}).Host(context.Background())
		Expect(err).NotTo(HaveOccurred())
		Expect(h.Tools).To(HaveLen(4))
		Expect(h.Tools[0]).To(Equal(device.Tool{Name: "mkfs.ext4", Path: filepath.Join(dir, "mkfs.ext4"), Version: "1.47.0"}))
		Expect(h.Tools[1].Err).To(MatchError(ContainSubstring("exit code 127: cannot load")))
		Expect(asError(h.Tools[2].Err)).To(And(HaveField("Reason", device.ToolMissing), HaveField("Remedy", Not(BeEmpty()))))
		Expect(h.Tools[3]).To(And(HaveField("Name", "cryptsetup"), HaveField("ByHand", true)))
	})

	It("says what it can mount and name", func() {
		dir := GinkgoT().TempDir()
		Expect(os.MkdirAll(filepath.Join(dir, "dev/disk/by-id"), 0o755)).To(Succeed())
		list := filepath.Join(dir, "filesystems")
		d := device.New(device.Options{DevDir: filepath.Join(dir, "dev"), FileSystems: list, MountDir: "/run/elsewhere"})
		for text, is := range map[string]bool{"nodev\ttmpfs\n\text4\n": true, "\text3\nnodev\text4x\n": false, "": false} {
			Expect(os.WriteFile(list, []byte(text), 0o644)).To(Succeed())
			h, err := d.Host(context.Background())
			Expect(err).NotTo(HaveOccurred())
			Expect(h).To(And(HaveField("KernelExt4", is), HaveField("Links", true), HaveField("Loops", false), HaveField("MountDir", "/run/elsewhere")), text)
		}
	})

	It("ends with the context", func() {
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err := device.New(device.Options{}).Host(ctx)
		Expect(err).To(MatchError(context.Canceled))
	})
})

var _ = Describe("a path that is selected", func() {
	It("is a disk by a name of its own, or an image, or an error with what to do", func() {
		h := newHost()
		h.disk("pci0000:00/ata1/block/sdb", "serial=WD-1")
		h.disk("pci0000:00/usb/block/sdc", "device/wwid=naa.5000")
		h.disk("pci0000:00/usb/block/sdd")
		h.link("usb-Stick-0:0", "sdd")
		h.disk("pci0000:00/usb/block/sde", "serial=000")
		h.disk("pci0000:00/usb/block/sdf", "serial=000")
		h.disk("pci0000:00/usb/block/sdg", "size=0", "serial=PIN", "device/model=Padlock")
		h.disk("pci0000:00/usb/block/sdh")
		size := device.SizeCheck{Bytes: 7814037168 * 512}
		for name, want := range map[string]device.Selector{
			"sdb": {Serial: "WD-1", Size: size}, "sdc": {WWN: "5000", Size: size}, "sdd": {ByID: "usb-Stick-0:0", Size: size},
		} {
			s, err := h.disks().Select(context.Background(), h.node(name))
			Expect(err).NotTo(HaveOccurred())
			Expect(s).To(Equal(want))
		}
		for name, why := range map[string]device.Reason{"sde": device.DeviceAmbiguous, "sdg": device.DeviceLocked, "sdh": device.DeviceUnreadable, "sdx": device.DeviceAbsent} {
			_, err := h.disks().Select(context.Background(), h.node(name))
			Expect(asError(err)).To(And(HaveField("Reason", why), HaveField("Remedy", Not(BeEmpty()))), name)
		}
		path := newImage(1 << 20)
		s, err := h.disks().Select(context.Background(), path)
		Expect(err).NotTo(HaveOccurred())
		Expect(s).To(Equal(device.Selector{Image: path, Size: device.SizeCheck{Bytes: 1 << 20}}))
	})
})
