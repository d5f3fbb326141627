package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/providers/simulator/store"
	"github.com/cargomedia/s3export/reconciler"
)

// noticed is how soon a person at the desk sees that a drive was noticed.
const noticed = 2 * time.Second

// fewAndLarge is few with an object in parts of an unusual size, for which the source
// has to be asked.
func fewAndLarge(st *store.Store) error {
	if err := few(st); err != nil {
		return err
	}
	return putDemoParts(st, "2026/party.mov", 2*demoPart+123_456, demoPart+1)
}

// loadAndReturn has the service load and send back the drive of a backup, while d
// watches.
func (s *station) loadAndReturn(d *daemon, name string) {
	GinkgoHelper()
	job := string(s.record(name).Runs[0].Job.ID)
	_, err := s.control().Ship(context.Background(), job, filepath.Join(s.dir, name+".img"))
	Expect(err).NotTo(HaveOccurred())
	Eventually(d.out.String).WithTimeout(noticed).Should(ContainSubstring("backup/" + name + ": its drive is away\n"))
	_, err = s.control().AdvanceTo(context.Background(), job, "returned")
	Expect(err).NotTo(HaveOccurred())
}

// isHeld reports whether a process has the image open and locked.
func (s *station) isHeld(name string) bool {
	GinkgoHelper()
	f, err := os.Open(filepath.Join(s.dir, name))
	Expect(err).NotTo(HaveOccurred())
	defer f.Close()
	return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) != nil
}

func (s *station) move(from, to string) {
	GinkgoHelper()
	Expect(os.Rename(filepath.Join(s.dir, from), filepath.Join(s.dir, to))).To(Succeed())
}

var _ = Describe("hot-plug", func() {
	It("goes on with a backup, and with no other, when its drive is there", func() {
		s := newStation(few)
		for _, name := range []string{"photos-a", "photos-b"} {
			s.backup(name, "all", 32<<20)
			s.move(name+".img", name+".away")
		}
		d := s.startWatch("backups.d")
		for _, name := range []string{"photos-a", "photos-b"} {
			s.drop("backups.d/"+name+".yaml", s.spec(name))
			Eventually(d.out.String).Should(ContainSubstring("backup/" + name + " unchanged (New, waiting: PlugInDrive)"))
		}

		By("plugging it in")
		s.move("photos-a.away", "photos-a.img")
		Eventually(d.out.String).WithTimeout(noticed).Should(ContainSubstring("backup/photos-a: its drive is here\n"))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Labeled, waiting: ShipDrive)"))

		By("its coming back from the service")
		s.loadAndReturn(d, "photos-a")
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Verified)"))

		By("unplugging it, which is nothing bad")
		s.move("photos-a.img", "photos-a.away")
		Eventually(d.out.String).WithTimeout(noticed).Should(HaveSuffix("backup/photos-a: its drive is away\n"))
		Expect(d.stop()).To(BeZero())
		Expect(s.record("photos-a").Phase).To(BeEquivalentTo("Verified"))
		Expect(s.record("photos-a").Hold).To(BeNil())
		Expect(d.out.String()).NotTo(ContainSubstring("backup/photos-b: its drive"))
	})

	It("waits for a drive that is pulled while it is verified, and goes on when it is back", func() {
		s := newStation(fewAndLarge)
		s.backup("photos-a", "all", 64<<20)
		d := s.startWatch("backups.d")
		s.drop("backups.d/a.yaml", s.spec("photos-a"))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Labeled, waiting: ShipDrive)"))

		By("pulling it in the middle")
		s.faults(`{"rules": [{"kind": "latency", "service": "s3", "operation": "HEAD", "path": "/photos/2026/party.mov", "latency": "5s"}]}`)
		s.loadAndReturn(d, "photos-a")
		var begun *reconciler.Intent
		Eventually(func() string {
			begun = s.record("photos-a").Runs[0].Intent
			if begun == nil {
				return ""
			}
			return begun.Action
		}).Should(Equal("Verify"))
		Eventually(s.isHeld).WithArguments("photos-a.img").Should(BeTrue())
		Consistently(s.isHeld).WithArguments("photos-a.img").WithTimeout(time.Second).Should(BeTrue(), "open, and waiting for the source")
		Expect(exec.Command("cp", "--sparse=always", filepath.Join(s.dir, "photos-a.img"), filepath.Join(s.dir, "kept.img")).Run()).To(Succeed())
		Expect(os.Truncate(filepath.Join(s.dir, "photos-a.img"), 1<<20)).To(Succeed())
		s.move("photos-a.img", "photos-a.pulled")
		Eventually(d.out.String).Should(ContainSubstring("waiting: PlugInDrive"))
		run := s.record("photos-a").Runs[0]
		Expect(run.Proofs).To(BeEmpty())
		Expect(run.Intent.Proof).To(Equal(begun.Proof), "the same draw is still to be read")

		By("plugging it in again")
		s.faults(`{}`)
		s.move("kept.img", "photos-a.img")
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Verified)"))
		Expect(d.stop()).To(BeZero())
		proofs := s.record("photos-a").Runs[0].Proofs
		Expect(proofs).To(HaveLen(1))
		Expect(proofs[0].ProofPlan).To(Equal(*begun.Proof))
		Expect(strings.Count(d.out.String(), "  verification ")).To(Equal(1), "no verdict but that of the end")
	})

	It("notices a block device by the kernel's word", Label("root"), func() {
		if os.Geteuid() != 0 {
			Skip("loop devices need root: sudo make test-root")
		}
		s := newStation(few)
		s.backup("photos-a", "all", 64<<20)
		s.onBlock("photos-a", fmt.Sprintf("s3export-test-%d-hotplug", os.Getpid()))
		d := s.startWatch("backups.d")
		s.drop("backups.d/a.yaml", s.spec("photos-a"))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a unchanged (New, waiting: PlugInDrive)"))

		node, _ := loopDisk(s, "hotplug", 64<<20)
		Eventually(d.out.String).WithTimeout(noticed).Should(ContainSubstring("backup/photos-a: its drive is here\n"))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Labeled, waiting: ShipDrive)"))
		Expect(exec.Command("losetup", "-d", node).Run()).To(Succeed())
		Eventually(d.out.String).WithTimeout(noticed).Should(ContainSubstring("backup/photos-a: its drive is away\n"))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a unchanged (Labeled, waiting: InTransitToAWS)"))
		Expect(d.stop()).To(BeZero())
	})
})
