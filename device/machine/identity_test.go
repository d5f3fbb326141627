package machine_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

const driveSize = 32 << 20

var _ = Describe("drives that cannot be told apart by their serial number", func() {
	It("are refused, and all are named, though udev gives its link to one of them", func() {
		s := newStation(0)
		twins := []*disk{host.usbDisk(driveSize, "TWIN"), host.usbDisk(driveSize, "TWIN")}
		nodes := plugIn(twins...)
		for _, selector := range []string{"serial: TWIN", "byID: usb-QEMU_QEMU_HARDDISK_TWIN-0:0"} {
			file := s.spec("photos-a", selector)
			for _, args := range [][]string{{"plan", "-f", file}, {"apply", "--allow-erase", "-f", file}} {
				out, code := s.run(args...)
				Expect(code).To(Equal(4), out)
				Expect(out).To(And(ContainSubstring("DeviceAmbiguous"), ContainSubstring(nodes[0]), ContainSubstring(nodes[1])))
			}
		}
		for _, d := range twins {
			Expect(d.written()).To(BeZero())
		}
	})

	It("are told apart by what only one of them has", func() {
		s := newStation(0)
		one, other := host.scsiDisk(driveSize, "TWIN", "0x5000c500a0000001"), host.scsiDisk(driveSize, "TWIN", "0x5000c500a0000002")
		nodes := plugIn(one, other)
		out, code := s.run("plan", "-f", s.spec("photos-a", "serial: TWIN"))
		Expect(code).To(Equal(4), out)
		Expect(out).To(ContainSubstring("DeviceAmbiguous"))
		out, code = s.run("plan", "--allow-erase", "-f", s.spec("photos-a", "byID: wwn-0x5000c500a0000002"))
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("erase TWIN"))

		out, code = s.run("apply", "--allow-erase", "-f", s.spec("photos-a", `wwn: "0x5000c500a0000002"`))
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("waiting: ShipDrive"))
		Expect(host.guest.run("ls", "/dev")).To(And(ContainSubstring(base(nodes[1])+"1\n"), Not(ContainSubstring(base(nodes[0])+"1\n"))))
		Expect(one.written()).To(BeZero())
	})
})
