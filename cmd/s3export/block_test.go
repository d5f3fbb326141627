package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/providers/simulator"
)

// loopDisk makes a block device of a file and gives it a name in /dev/disk/by-id,
// as udev would.
func loopDisk(s *station, name string, size int64) (node, id string) {
	GinkgoHelper()
	backing := filepath.Join(s.dir, name+".backing")
	Expect(os.WriteFile(backing, nil, 0o600)).To(Succeed())
	Expect(os.Truncate(backing, size)).To(Succeed())
	out, err := exec.Command("losetup", "-f", "--show", backing).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	node = strings.TrimSpace(string(out))
	DeferCleanup(func() {
		// A node that was detached before may be somebody else's by now.
		mine, _ := exec.Command("losetup", "--associated", backing, "--noheadings", "--output", "NAME").Output()
		for _, n := range strings.Fields(string(mine)) {
			_ = exec.Command("partx", "-d", n).Run() // they would stay with the node
			_ = exec.Command("losetup", "-d", n).Run()
		}
	})
	id = fmt.Sprintf("s3export-test-%d-%s", os.Getpid(), name)
	Expect(os.MkdirAll("/dev/disk/by-id", 0o755)).To(Succeed())
	Expect(os.Symlink(node, "/dev/disk/by-id/"+id)).To(Succeed())
	DeferCleanup(os.Remove, "/dev/disk/by-id/"+id)
	return node, id
}

// onBlock turns a spec for an image into one for a block device.
func (s *station) onBlock(name, id string) {
	GinkgoHelper()
	path := filepath.Join(s.dir, name+".yaml")
	text, err := os.ReadFile(path)
	Expect(err).NotTo(HaveOccurred())
	s.write(name+".yaml", strings.ReplaceAll(string(text), "image: ./"+name+".img", "byID: "+id))
}

var _ = Describe("a block device", Label("root"), func() {
	BeforeEach(func() {
		if os.Geteuid() != 0 {
			Skip("loop devices need root: sudo make test-root")
		}
	})

	It("goes from nothing to Verified as an image does", func() {
		s := newStation(few)
		node, id := loopDisk(s, "disk", 64<<20)
		s.backup("photos-a", "all", 64<<20)
		s.onBlock("photos-a", id)
		out, code := s.sh("s3export apply -f photos-a.yaml")
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("ShipDrive"))

		control, job := simulator.NewControl(s.server.Endpoint()), string(s.record("photos-a").Runs[0].Job.ID)
		_, err := control.Ship(context.Background(), job, "/dev/disk/by-id/"+id)
		Expect(err).NotTo(HaveOccurred())
		advanced, err := control.AdvanceTo(context.Background(), job, "returned")
		Expect(err).NotTo(HaveOccurred())
		Expect(advanced.Err()).NotTo(HaveOccurred())
		out, code = s.sh("s3export apply -f photos-a.yaml")
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("verification passed"))

		By("looking at it where it is mounted")
		mnt := filepath.Join(s.dir, "mnt")
		Expect(os.Mkdir(mnt, 0o755)).To(Succeed())
		mounted, err := exec.Command("mount", "-o", "ro,offset=1048576", node, mnt).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(mounted))
		DeferCleanup(func() { _ = exec.Command("umount", mnt).Run() })
		verify := "s3export verify -v --root mnt --bucket photos --prefix 2026/ --target-directory photos --s3-endpoint $ENDPOINT --region us-east-1 --sample all"
		out, code = s.sh(verify)
		Expect(code).To(BeZero(), out)
		Expect(out).To(ContainSubstring("reading the folder from its device"))

		By("looking at it as the kernel does, while it may be written to")
		remounted, err := exec.Command("sh", "-c", `umount "$1" && mount -o offset=1048576 "$0" "$1"`, node, mnt).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), string(remounted))
		out, code = s.sh(verify)
		Expect(code).To(BeZero(), out)
		Expect(out).To(And(ContainSubstring("reading the folder file by file"), ContainSubstring("mounted for writing")))
	})

	It("is not touched while it is mounted", func() {
		s := newStation(few)
		node, id := loopDisk(s, "disk", 64<<20)
		s.backup("photos-a", "all", 64<<20)
		s.onBlock("photos-a", id)
		out, code := s.sh("mkfs.ext4 -q -F " + node + " && mkdir mnt && mount " + node + " mnt && touch mnt/precious")
		Expect(code).To(BeZero(), out)
		DeferCleanup(func() { _ = exec.Command("umount", filepath.Join(s.dir, "mnt")).Run() })
		out, code = s.sh("s3export apply --allow-erase -f photos-a.yaml")
		Expect(code).To(Equal(exitBlocked), out)
		golden("block-mounted.golden", s.normal(strings.ReplaceAll(strings.ReplaceAll(out, node, "/dev/loopN"), id, "ID")))
		Expect(filepath.Join(s.dir, "mnt", "precious")).To(BeAnExistingFile())
		Expect(s.record("photos-a").Runs[0].Job).To(BeNil())
	})
})
