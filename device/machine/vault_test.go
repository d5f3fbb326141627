package machine_test

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("an encrypted drive that the host fills", func() {
	It("is made, survives a kill, and is read by us with each key", func() {
		needs("cryptsetup", "cryptsetup-bin")
		d := host.usbDisk(64<<20, "VAULT")
		plugIn(d)
		host.guest.run("vault", "format", "VAULT", password, "second")

		By("killing it in the middle")
		c := host.guest.start("vault", "hold", "VAULT", password, "first")
		Eventually(c.stdout).Should(ContainSubstring("written"))
		out, code := host.guest.start("vault", "add", "VAULT", password, "meanwhile").finish()
		Expect(code).NotTo(BeZero())
		Expect(out).To(ContainSubstring("another process has it locked"))
		c.signal(int(unix.SIGKILL))
		Expect(c.wait()).NotTo(BeZero())
		out, code = host.guest.start("vault", "add", "VAULT", "wrong", "never").finish()
		Expect(code).NotTo(BeZero())
		Expect(out).To(ContainSubstring("no key slot opens with this password"))
		host.guest.run("vault", "add", "VAULT", "second", "after")
		Expect(strings.Join(disks(), " ")).NotTo(ContainSubstring("dm-"), "nothing is left behind")
		d.pull()

		for _, p := range []string{password, "second"} {
			disks := device.New(device.Options{})
			v, err := disks.Open(context.Background(), device.Selector{Image: d.path}, device.PasswordKey(p, ""))
			Expect(err).NotTo(HaveOccurred())
			var names []string
			Expect(v.Walk(context.Background(), "", func(e device.Entry) error {
				if e.Type == device.Regular {
					names = append(names, e.Path)
				}
				return e.Err
			})).To(Succeed())
			Expect(names).To(Equal([]string{"after", "first"}))
			Expect(v.Close()).To(Succeed())
		}

		By("pulling it in the middle")
		plugIn(d)
		c = host.guest.start("vault", "hold", "VAULT", password, "third")
		Eventually(c.stdout).Should(ContainSubstring("written"))
		d.pull()
		out, code = c.finish()
		Expect(code).NotTo(BeZero())
		Expect(out).To(ContainSubstring("it was taken away or replaced in the middle"))
		Expect(strings.Join(disks(), " ")).NotTo(ContainSubstring("dm-"), "nothing is left behind")
	})
})
