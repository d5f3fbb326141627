package machine_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// film is the size in MiB of an object that takes a while to be read.
const film = 24

var _ = Describe("a drive that is pulled", func() {
	It("while it is formatted is known again as half-made, and left alone once it is signed", func() {
		s, d := newStation(0), host.usbDisk(driveSize, "PULLED")
		plugIn(d)
		file := s.spec("photos-a", "serial: PULLED")
		const pace = 128 << 10
		d.limit(limits{Write: pace})
		c := s.start("apply", "--allow-erase", "-f", file)
		Eventually(d.written).WithPolling(pollPause).Should(BeNumerically(">", 2*pace))
		d.pull()
		out, code := sane(c)
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("waiting: PlugInDrive"))

		By("plugging it in again")
		plugIn(d)
		out, code = s.run("plan", "-f", file)
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("s3export, unfinished"))
		out, code = s.run("apply", "--allow-erase", "-f", file)
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("waiting: ShipDrive"))

		By("pulling it once more, now that it is ready")
		d.pull()
		plugIn(d)
		out, code = s.run("apply", "--allow-erase", "-f", file)
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("waiting: ShipDrive"))
		Expect(d.written()).To(BeZero())
	})

	It("while it is verified is waited for, and the verification goes on", func() {
		s, d := newStation(film), host.usbDisk(1<<30, "PULLED") // so large that a look at it leaves the film out
		node := plugIn(d)[0]
		file := s.spec("photos-a", "serial: PULLED")
		out, code := s.run("apply", "--allow-erase", "-f", file)
		Expect(code).To(BeZero(), out)
		s.ship("photos-a", node)
		d.pull() // what the kernel remembers of it would be read without it
		plugIn(d)

		By("pulling it in the middle of the film")
		before := d.read()
		out, code = s.run("plan", "-f", file)
		Expect(code).To(BeZero(), out)
		look := d.read() - before
		d.limit(limits{Read: film << 20 / 2})
		c := s.start("apply", "-f", file)
		Eventually(c.said).WithPolling(pollPause).Should(ContainSubstring("verify the drive"))
		Eventually(d.read).WithPolling(pollPause).Should(BeNumerically(">", d.read()+look+film<<20/4))
		d.pull()
		out, code = sane(c)
		Expect(code).To(BeZero(), out)
		Expect(out).To(And(ContainSubstring("waiting: PlugInDrive"), Not(ContainSubstring("verification passed"))))

		By("plugging it in again")
		plugIn(d)
		out, code = s.run("apply", "-f", file)
		Expect(code).To(BeZero(), out)
		Expect(out).To(And(ContainSubstring("verification passed"), ContainSubstring("(Verified)")))
	})
})
