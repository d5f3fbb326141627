package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

// fileSerial is the serial number of a loop device: which file is behind it.
func fileSerial(path string) string {
	GinkgoHelper()
	named, err := device.New(device.Options{}).Resolve(context.Background(), path)
	Expect(err).NotTo(HaveOccurred())
	return named.Identity.Backing
}

var _ = Describe("the old tool's device paths", Label("root"), func() {
	var s *station
	var node, id, serial, name string

	BeforeEach(func() {
		if os.Geteuid() != 0 {
			Skip("loop devices need root: sudo make test-root")
		}
		s = newStation(few)
		s.configure()
		node, id = loopDisk(s, "disk", 64<<20)
		serial = fileSerial(filepath.Join(s.dir, "disk.backing"))
		name = backupName("secret-manifest", serial)
		s.write("secret-manifest", oldManifest(serial))
	})
	old := func(code int, line string, args ...any) string {
		GinkgoHelper()
		out, got := s.sh(fmt.Sprintf("s3export "+line, args...))
		Expect(got).To(Equal(code), out)
		return out
	}
	travel := func() {
		GinkgoHelper()
		job := string(s.record(name).Runs[0].Job.ID)
		_, err := s.control().Ship(context.Background(), job, "/dev/disk/by-id/"+id)
		Expect(err).NotTo(HaveOccurred())
		done, err := s.control().AdvanceTo(context.Background(), job, "returned")
		Expect(err).NotTo(HaveOccurred())
		Expect(done.Err()).NotTo(HaveOccurred())
	}

	It("may be a disk, a partition of it, or a link", func() {
		before := s.snapshot()
		Expect(old(0, "create-job secret-manifest %s --dry-run", node)).To(ContainSubstring("erase " + serial))
		Expect(old(exitBlocked, "create-job secret-manifest %s", node)).To(ContainSubstring("EraseNotAllowed"))
		Expect(s.snapshot()).To(Equal(before))
		old(0, "create-job secret-manifest /dev/disk/by-id/%s --allow-erase", id)
		out := old(0, "create-job secret-manifest %sp1", node)
		Expect(out).To(ContainSubstring(fmt.Sprintf("%sp1 is partition 1 of %s (%s, 64 MiB): the whole disk is prepared", node, node, serial)))
		Expect(out).To(ContainSubstring("unchanged (Submitted)"))
		old(0, "get-shipping-label secret-manifest %s", s.record(name).Runs[0].Job.ID)
		travel()
		Expect(old(0, "verify-backup %sp1", node)).To(And(ContainSubstring("verification passed"), HaveSuffix("Assertions run: 24, succeeded: 24, failed: 0\n")))
		Expect(s.record(name).Phase).To(BeEquivalentTo("Verified"))

		By("finding the bucket by the serial number where nothing is known here")
		Expect(os.Rename(filepath.Join(s.dir, "state"), filepath.Join(s.dir, "lost"))).To(Succeed())
		out = old(0, "verify-backup %s", node)
		Expect(out).To(ContainSubstring("the bucket is that of job " + string(s.jobsNow()[0]) + ", which was made for this drive"))
		Expect(out).To(HaveSuffix("Assertions run: 24, succeeded: 24, failed: 0\n"))
		Expect(old(exitFailed, "verify-backup %s --target-directory=/elsewhere/", node)).To(ContainSubstring(`there is no directory "elsewhere" at the root of the drive`))
	})

	It("may hold a container, which the password opens without a mount", func() {
		s.write("secret-manifest", strings.Replace(oldManifest(serial), "pinCode", "trueCryptPassword", 1))
		old(0, "create-job secret-manifest %s --allow-erase", node)
		travel()
		Expect(old(exitBlocked, "verify-backup %s wrong --bucket photos", node)).To(ContainSubstring("no TrueCrypt header opens with this password"))
		out := old(0, "verify-backup %s \"$(cat pin.txt)\"", node)
		Expect(out).To(And(ContainSubstring("verification passed"), HaveSuffix("Assertions run: 24, succeeded: 24, failed: 0\n")))
		mounts, err := os.ReadFile("/proc/mounts")
		Expect(err).NotTo(HaveOccurred())
		Expect(string(mounts)).NotTo(ContainSubstring(node))
	})

	It("must be that of the manifest's drive", func() {
		s.write("secret-manifest", oldManifest("WD-1"))
		before := s.snapshot()
		Expect(old(exitUsage, "create-job secret-manifest %s --allow-erase", node)).To(ContainSubstring(fmt.Sprintf(`deviceId: "WD-1" is not the serial number %q of the device`, serial)))
		Expect(s.snapshot()).To(Equal(before))
		Expect(s.hasState()).To(BeFalse())
	})

	It("is erased by whoever types the serial number", func() {
		d := s.sit("create-job", "secret-manifest", node, "--quiet-warnings")
		Eventually(d.screen).Should(ContainSubstring("type the serial number of the drive: "))
		Expect(d.screen()).To(ContainSubstring("by-id: " + id))
		d.types(serial + "\n")
		Expect(d.leaves()).To(BeZero(), d.screen())
		Expect(s.record(name).Phase).To(BeEquivalentTo("Submitted"))
	})

	It("takes over a job of another tool with the drive that is signed for it, and keeps its file system", func() {
		job := s.otherTool("secret-manifest")
		status, err := s.otherClient().Job(context.Background(), job)
		Expect(err).NotTo(HaveOccurred())
		s.write("SIGNATURE", status.Signature)
		out, code := s.sh("mkfs.ext4 -q -F -L THEIRS " + node + " && debugfs -w -R 'write SIGNATURE SIGNATURE' " + node)
		Expect(code).To(BeZero(), out)
		label := strings.TrimSpace(lastLine(old(0, "get-shipping-label secret-manifest %s", job)))
		Expect(label).To(BeAnExistingFile())
		out, _ = s.sh("blkid -p -o value -s LABEL " + node)
		Expect(out).To(Equal("THEIRS\n"))
		Expect(s.jobsNow()).To(HaveLen(1))
		travel()
		Expect(old(0, "verify-backup %s", node)).To(ContainSubstring("verification passed"))
	})
})

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
