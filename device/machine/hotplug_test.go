package machine_test

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

// noticed is how soon a person at the desk sees that a drive was noticed.
const noticed = 2 * time.Second

var _ = Describe("watch", func() {
	It("notices drives that come and go within two seconds after the kernel", func() {
		s, d := newStation(0), host.usbDisk(driveSize, "HOTPLUG")
		kernel := host.guest.start("udevadm", "monitor", "--kernel", "--udev", "--subsystem-match=block")
		DeferCleanup(kernel.signal, int(unix.SIGTERM))
		host.guest.run("mkdir", s.dir+"/backups.d")
		s.spec("backups.d/photos-a", "serial: HOTPLUG")
		w := s.start("watch", "--allow-erase", s.dir+"/backups.d")
		DeferCleanup(w.signal, int(unix.SIGKILL))
		Eventually(w.said).Should(ContainSubstring("waiting: PlugInDrive"))

		for _, holds := range []string{"nothing", "our volume"} {
			here, away := timesSaid(w, "its drive is here"), timesSaid(w, "its drive is away")
			node := base(plugIn(d)[0])
			Eventually(timesSaid).WithArguments(w, "its drive is here").Should(Equal(here + 1))
			Eventually(saidSince).WithArguments(w, "its drive is here").Should(ContainSubstring("waiting: ShipDrive"))
			expectSoon(w.lastSaidAt("its drive is here")-toldAt(kernel, "add", node), "a drive that holds "+holds+" is plugged in")
			d.pull()
			Eventually(timesSaid).WithArguments(w, "its drive is away").Should(Equal(away + 1))
			expectSoon(w.lastSaidAt("its drive is away")-toldAt(kernel, "remove", node), "it is pulled out")
		}
		w.signal(int(unix.SIGTERM))
		out, code := sane(w)
		Expect(code).To(BeZero(), out)
	})
})

// timesSaid is how often a command has said something.
func timesSaid(c *command, what string) int { return strings.Count(c.said(), what) }

// saidSince is what a command has said after it said something for the last time.
func saidSince(c *command, what string) string {
	said := c.said()
	return said[strings.LastIndex(said, what)+len(what):]
}

func expectSoon(after time.Duration, what string) {
	GinkgoHelper()
	AddReportEntry(fmt.Sprintf("%s: noticed after %v", what, after.Round(time.Millisecond)))
	Expect(after).To(BeNumerically("<", noticed), what)
}

// toldAt is when the kernel last told that a disk was added or removed, by udevadm's
// monitor: "KERNEL[12.345678] add      /devices/…/block/sda (block)".
func toldAt(monitor *command, what, disk string) time.Duration {
	GinkgoHelper()
	line := regexp.MustCompile(`(?m)^KERNEL\[(\d+\.\d+)\] ` + what + ` .*/block/` + disk + ` `)
	var all [][]string
	Eventually(func() [][]string { all = line.FindAllStringSubmatch(monitor.said(), -1); return all }).ShouldNot(BeEmpty(), monitor.said)
	seconds, err := strconv.ParseFloat(all[len(all)-1][1], 64)
	Expect(err).NotTo(HaveOccurred())
	return time.Duration(seconds * float64(time.Second))
}
