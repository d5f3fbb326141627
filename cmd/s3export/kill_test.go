package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/providers/simulator"
)

// mkfsSpy stands before mkfs.ext4 on PATH. It notes each run, whether another one
// was under way, and whether a SIGNATURE was on the volume already.
const mkfsSpy = `#!/bin/sh
real=/usr/sbin/mkfs.ext4
[ -x "$real" ] || real=/sbin/mkfs.ext4
device=/proc/self/fd/3
image=$(readlink "$device")
[ -n "$image" ] || exec "$real" "$@" # the warehouse's: AWS may format as it likes
running="SPY_DIR/running-$(basename "$image")"
mkdir "$running" 2>/dev/null || echo "OVERLAP $image" >> SPY_DIR/log
if debugfs -R 'stat /SIGNATURE' "$device?offset=1048576" 2>/dev/null | grep -q Inode:; then echo "AFTER-SIGNATURE $image" >> SPY_DIR/log; fi
echo "format $image" >> SPY_DIR/log
"$real" "$@"
code=$?
rmdir "$running" 2>/dev/null
exit $code
`

// kills is how often apply is killed: a few here, more where KILLS says so.
func kills() int {
	if n, err := strconv.Atoi(os.Getenv("KILLS")); err == nil {
		return n
	}
	return 20
}

var _ = Describe("kill -9", Label("kill"), func() {
	It("at any moment of apply leaves one job, one SIGNATURE, one report, and ends Verified", func() {
		s := newStation(few)
		s.write("bin/mkfs.ext4", strings.ReplaceAll(mkfsSpy, "SPY_DIR", s.dir))
		Expect(os.Chmod(filepath.Join(s.dir, "bin/mkfs.ext4"), 0o700)).To(Succeed())
		k := &killer{station: s, control: simulator.NewControl(s.server.Endpoint()), random: rand.New(rand.NewPCG(1, uint64(GinkgoRandomSeed())))}
		for k.killed < kills() {
			k.backup()
		}
		log, err := os.ReadFile(filepath.Join(s.dir, "log"))
		Expect(err).NotTo(HaveOccurred())
		Expect(string(log)).NotTo(ContainSubstring("OVERLAP"))
		Expect(string(log)).NotTo(ContainSubstring("AFTER-SIGNATURE"))
		GinkgoWriter.Printf("%d kills over %d backups, %d formats\n", k.killed, k.backups, strings.Count(string(log), "format"))
	})

	It("while a tool is being started leaves a child with the lock, which the next run waits for", func() {
		s := newStation(few)
		s.backup("photos-a", "all", 16<<20)
		s.write("bin/mkfs.ext4", strings.ReplaceAll(mkfsSpy, "SPY_DIR", s.dir))
		tool := filepath.Join(s.dir, "bin/mkfs.ext4")
		Expect(os.Chmod(tool, 0o700)).To(Succeed())
		k := &killer{station: s}
		starting, start := delayExec(tool)

		first := k.spied("apply", "-f", "photos-a.yaml")
		Expect(first.Start()).To(Succeed())
		Eventually(starting).WithTimeout(20 * time.Second).Should(Receive())
		Expect(first.Process.Kill()).To(Succeed())
		Expect(first.Wait()).NotTo(Succeed())

		ended := make(chan string, 1)
		go func() {
			defer GinkgoRecover()
			out, _ := s.finish(k.spied("apply", "-f", "photos-a.yaml"))
			ended <- out
		}()
		Consistently(ended).WithTimeout(time.Second).ShouldNot(Receive(), "it waits for the orphan")
		start()
		Eventually(ended).WithTimeout(20 * time.Second).Should(Receive(Not(ContainSubstring("Locked"))))
	})
})

// delayExec keeps a program from being executed until start is called; starting tells
// that somebody tries to. A lease does it (fcntl(2), F_SETLEASE): whoever opens the file
// is held up until its holder agrees.
func delayExec(path string) (starting <-chan os.Signal, start func()) {
	GinkgoHelper()
	asked := make(chan os.Signal, 1)
	signal.Notify(asked, unix.SIGIO)
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	if _, err := unix.FcntlInt(f.Fd(), unix.F_SETLEASE, unix.F_WRLCK); err != nil {
		Skip("SKIPPED: the file system of temporary files has no leases: " + err.Error())
	}
	start = sync.OnceFunc(func() {
		Expect(f.Close()).To(Succeed())
		signal.Stop(asked)
	})
	DeferCleanup(start)
	return asked, start
}

// killer takes backups from nothing to Verified, killing apply on the way.
type killer struct {
	*station
	control *simulator.Control
	random  *rand.Rand
	backups int
	killed  int
	typical time.Duration // of an undisturbed apply

	uncounted int // copies of which the counts were lost
}

// backup takes one backup through its whole life.
func (k *killer) backup() {
	GinkgoHelper()
	k.backups++
	name := fmt.Sprintf("kill-%03d", k.backups)
	k.station.backup(name, "all", 16<<20)
	k.apply(name, 3)
	job := k.job(name)
	_, err := k.control.Ship(context.Background(), job, filepath.Join(k.dir, name+".img"))
	Expect(err).NotTo(HaveOccurred())
	k.advance(job, "loaded")
	k.apply(name, 1)
	k.advance(job, "returned")
	k.apply(name, 2)
	k.expectOneOfAll(name)
}

func (k *killer) advance(job, to string) {
	GinkgoHelper()
	a, err := k.control.AdvanceTo(context.Background(), job, to)
	Expect(err).NotTo(HaveOccurred())
	Expect(a.Err()).NotTo(HaveOccurred())
}

// apply runs apply, killing it a few times, until it has nothing left to do.
func (k *killer) apply(name string, times int) {
	GinkgoHelper()
	for range times {
		k.kill(name)
	}
	for range 60 {
		began := time.Now()
		out, code := k.finish(k.spied("apply", "-f", name+".yaml"))
		switch {
		case strings.Contains(out, "LookingForJob"):
			_, err := k.control.Advance(context.Background(), 61*time.Second)
			Expect(err).NotTo(HaveOccurred())
		case strings.Contains(out, "DeviceBusy"): // an orphaned mkfs, or the kernel, still has it
		case code == 0:
			k.typical = max(k.typical, time.Since(began))
			return
		default:
			Fail(fmt.Sprintf("apply ended with %d:\n%s", code, out))
		}
	}
	Fail("apply comes to no end")
}

// kill starts apply and kills it at a random moment.
func (k *killer) kill(name string) {
	GinkgoHelper()
	if k.typical == 0 {
		k.typical = 300 * time.Millisecond
	}
	c := k.spied("apply", "-f", name+".yaml")
	Expect(c.Start()).To(Succeed())
	ended := make(chan error, 1)
	go func() { ended <- c.Wait() }()
	select {
	case <-time.After(time.Duration(k.random.Int64N(int64(k.typical)))):
	case err := <-ended:
		Expect(err).To(Or(BeNil(), BeAssignableToTypeOf(&exec.ExitError{}))) // it was quicker
		return
	}
	if err := c.Process.Kill(); errors.Is(err, os.ErrProcessDone) {
		return
	}
	if err := <-ended; err != nil && !c.ProcessState.Exited() {
		k.killed++
	}
}

func (k *killer) spied(args ...string) *exec.Cmd {
	c := k.command(args...)
	c.Env = append(c.Env, "PATH="+k.dir+"/bin:/usr/sbin:/sbin:/usr/bin:/bin")
	return c
}

func (k *killer) job(name string) string {
	GinkgoHelper()
	r := k.record(name)
	Expect(r.Runs).To(HaveLen(1))
	Expect(r.Runs[0].Job).NotTo(BeNil())
	return string(r.Runs[0].Job.ID)
}

func (k *killer) expectOneOfAll(name string) {
	GinkgoHelper()
	r := k.record(name)
	Expect(r.Phase).To(BeEquivalentTo("Verified"))
	Expect(r.Runs[0].Intent).To(BeNil())
	Expect(r.Runs[0].Proofs).To(HaveLen(1))
	reports, err := filepath.Glob(filepath.Join(k.dir, "state/backups", name, "runs/1/reports/*.json"))
	Expect(err).NotTo(HaveOccurred())
	Expect(reports).To(HaveLen(1))
	state, err := k.control.State(context.Background())
	Expect(err).NotTo(HaveOccurred())
	Expect(state.Jobs).To(HaveLen(k.backups), "jobs at the service")
}
