package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
)

// daemon is a watch that runs as a child process.
type daemon struct {
	cmd   *exec.Cmd
	out   *watched
	ended chan error
}

func (s *station) startWatch(dir string) *daemon {
	GinkgoHelper()
	Expect(os.MkdirAll(filepath.Join(s.dir, dir), 0o755)).To(Succeed())
	d := &daemon{cmd: s.command("watch", dir), out: &watched{seen: make(chan struct{}), text: "watching"}, ended: make(chan error, 1)}
	d.cmd.Stdout, d.cmd.Stderr = d.out, d.out
	Expect(d.cmd.Start()).To(Succeed())
	go func() { d.ended <- d.cmd.Wait() }()
	DeferCleanup(func() {
		_ = d.cmd.Process.Kill() // by its handle; harmless when it has ended
		s.out.WriteString(d.out.String())
	})
	Eventually(d.out.seen).Should(BeClosed())
	return d
}

// stop sends SIGTERM and returns the exit code.
func (d *daemon) stop() int {
	GinkgoHelper()
	Expect(d.cmd.Process.Signal(syscall.SIGTERM)).To(Succeed())
	Eventually(d.ended).WithTimeout(5 * time.Second).Should(Receive())
	return d.cmd.ProcessState.ExitCode()
}

// drop puts a file into a directory as a whole, as puppet and git do.
func (s *station) drop(name, text string) {
	GinkgoHelper()
	path := filepath.Join(s.dir, name)
	hidden := filepath.Join(filepath.Dir(path), "."+filepath.Base(path)+".tmp")
	Expect(os.WriteFile(hidden, []byte(text), 0o600)).To(Succeed())
	Expect(os.Rename(hidden, path)).To(Succeed())
}

// spec returns the spec of a backup that was written, for a directory below.
func (s *station) spec(name string) string {
	GinkgoHelper()
	text, err := os.ReadFile(filepath.Join(s.dir, name+".yaml"))
	Expect(err).NotTo(HaveOccurred())
	return strings.ReplaceAll(string(text), "./", "../")
}

var _ = Describe("watch", func() {
	It("applies what is put into its directory, sets aside what is wrong, and ends at SIGTERM", func() {
		s := newStation(few)
		s.backup("photos-a", "all", 32<<20)
		s.backup("photos-b", "all", 32<<20)
		d := s.startWatch("backups.d")

		By("a spec that is dropped")
		s.drop("backups.d/a.yaml", s.spec("photos-a"))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Labeled, waiting: ShipDrive)"))

		By("an invalid one beside it")
		s.drop("backups.d/b.yaml", strings.Replace(s.spec("photos-b"), "phase: Verified", "phase: verified", 1))
		Eventually(d.out.String).Should(ContainSubstring("b.yaml:6:10: spec.phase: \"verified\" is no phase; did you mean Verified?"))
		Eventually(d.out.String).Should(ContainSubstring("b.yaml is set aside until it is corrected; nothing is done for it"))
		Expect(s.record("photos-b").Version).To(BeEmpty())

		By("a good one that goes bad keeps what it said")
		s.drop("backups.d/a.yaml", "kind: Nonsense\n")
		Eventually(d.out.String).Should(ContainSubstring("a.yaml is set aside until it is corrected; what it said before still holds"))

		By("the parcel's journey, and a spec that is touched")
		job := string(s.record("photos-a").Runs[0].Job.ID)
		_, err := s.control().Ship(context.Background(), job, filepath.Join(s.dir, "photos-a.img"))
		Expect(err).NotTo(HaveOccurred())
		_, err = s.control().AdvanceTo(context.Background(), job, "returned")
		Expect(err).NotTo(HaveOccurred())
		s.drop("backups.d/a.yaml", "# look again\n"+s.spec("photos-a"))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Verified)"))

		By("a second watch")
		out, code := s.finish(s.command("watch", "backups.d"))
		Expect(code).To(Equal(exitError))
		Expect(s.normal(out)).To(Equal("error: state directory DIR/state is being worked on by process PID on HOST\n" +
			"  what to do: wait until it has ended, or stop it, then run the same again\n"))

		By("the corrected spec, and then its removal")
		s.drop("backups.d/b.yaml", s.spec("photos-b"))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-b configured (Labeled, waiting: ShipDrive)"))
		before := s.snapshot()
		Expect(os.Remove(filepath.Join(s.dir, "backups.d/b.yaml"))).To(Succeed())
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-b: its spec file is gone; nothing is changed at the service or on the drive"))

		By("SIGTERM")
		Expect(d.stop()).To(BeZero())
		Expect(d.out.String()).To(HaveSuffix("stopped; everything is recorded, the next start goes on\n"))
		Expect(s.snapshot()).To(Equal(regexp.MustCompile(`(?m)^backups\.d/b\.yaml .*\n`).ReplaceAllString(before, "")), "nothing but the file is gone")
	})

	It("is stopped in the middle of a step, and the next start goes on", func() {
		s := newStation(few)
		s.backup("photos-a", "all", 32<<20)
		Expect(os.Mkdir(filepath.Join(s.dir, "backups.d"), 0o755)).To(Succeed())
		s.drop("backups.d/a.yaml", s.spec("photos-a"))
		s.faults(`{"rules": [{"kind": "latency", "service": "s3", "operation": "GET", "path": "/photos-logs", "latency": "20s"}]}`)
		d := s.startWatch("backups.d")
		Eventually(d.out.String).Should(ContainSubstring("have the shipping label"))
		Expect(d.stop()).To(BeZero())
		Expect(s.record("photos-a").Phase).To(BeEquivalentTo("Submitted"))

		s.faults(`{}`)
		d = s.startWatch("backups.d")
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Labeled, waiting: ShipDrive)"))
		Expect(d.stop()).To(BeZero())
		Expect(strings.Count(d.out.String(), "erase")).To(BeZero())
	})

	It("follows neither of two files with the same name", func() {
		s := newStation(few)
		s.backup("photos-a", "all", 32<<20)
		d := s.startWatch("backups.d")
		s.drop("backups.d/a.yaml", strings.Replace(s.spec("photos-a"), "phase: Verified", "phase: Verified\n  suspend: true", 1))
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a unchanged (New, waiting: Suspended)"))
		s.drop("backups.d/copy.yaml", s.spec("photos-a"))
		Eventually(d.out.String).Should(ContainSubstring("neither is followed; remove one"))
		Expect(os.Remove(filepath.Join(s.dir, "backups.d/a.yaml"))).To(Succeed())
		Eventually(d.out.String).Should(ContainSubstring("backup/photos-a configured (Labeled, waiting: ShipDrive)"))
		Expect(d.stop()).To(BeZero())
	})
})
