package machine_test

import (
	"path"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

var _ = Describe("a USB drive", func() {
	const link = "/dev/disk/by-id/usb-QEMU_QEMU_HARDDISK_JOURNEY-0:0"

	It("goes from blank to Verified, and the kernel and udev read on it what we wrote", func() {
		needs("sgdisk", "gdisk")
		s, d := newStation(0), host.usbDisk(driveSize, "JOURNEY")
		node := plugIn(d)[0]
		Expect(readlink(link)).To(Equal(node))
		file := s.spec("photos-a", "serial: JOURNEY")
		out, code := s.run("apply", "-f", file)
		Expect(code).To(Equal(4), out)
		Expect(out).To(ContainSubstring("--allow-erase"))
		Expect(d.written()).To(BeZero())

		out, code = s.run("apply", "--allow-erase", "-f", file)
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("waiting: ShipDrive"))
		host.guest.run("udevadm", "settle")

		By("asking the kernel, udev and the tools of the trade")
		Expect(readlink(link + "-part1")).To(Equal(node + "1"))
		Expect(host.guest.run("blkid", "-p", "-o", "export", node+"1")).To(And(
			ContainSubstring("\nTYPE=ext4\n"), ContainSubstring("\nPART_ENTRY_SCHEME=gpt\n"), ContainSubstring("\nPART_ENTRY_NAME=s3x-photos-a\n")))
		Expect(host.guest.run("sgdisk", "-v", node)).To(ContainSubstring("No problems found"))
		host.guest.run("e2fsck", "-fn", node+"1")
		mounted(link+"-part1", func(dir string) {
			Expect(host.guest.run("cat", path.Join(dir, "SIGNATURE"))).To(ContainSubstring("jobId:"))
			out, code = s.run("apply", "--allow-erase", "-f", file)
			Expect(code).To(Equal(4), out)
			Expect(out).To(And(ContainSubstring("DeviceMounted"), ContainSubstring("umount "+dir)))
		})

		By("the parcel's journey")
		s.ship("photos-a", link)
		out, code = s.run("apply", "-f", file)
		Expect(code).To(BeZero(), out)
		Expect(out).To(And(ContainSubstring("verification passed"), ContainSubstring("(Verified)")))
	})
})

func readlink(name string) string {
	GinkgoHelper()
	out, _ := host.guest.start("readlink", "-f", name).finish()
	return line(out)
}

// mounted mounts a file system read-only while f runs.
func mounted(device string, f func(dir string)) {
	GinkgoHelper()
	const dir = "/mnt"
	host.guest.run("mkdir", "-p", dir)
	host.guest.run("mount", "-t", "ext4", "-o", "ro", device, dir)
	defer host.guest.run("umount", dir)
	f(dir)
}
