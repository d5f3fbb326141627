package main

import (
	"bytes"
	"crypto/rand"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

// desk is somebody who sits at a terminal and runs a command.
type desk struct {
	command *exec.Cmd
	master  *os.File // what is typed and shown
	stdout  bytes.Buffer
	mu      sync.Mutex
	shown   bytes.Buffer
	ended   chan error
}

// sit runs a command with a pseudo-terminal for its standard input and error.
func (s *station) sit(args ...string) *desk {
	GinkgoHelper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		Skip("no pseudo-terminal can be had: " + err.Error())
	}
	DeferCleanup(master.Close)
	fd := int(master.Fd())
	Expect(unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)).To(Succeed())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	Expect(err).NotTo(HaveOccurred())
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	Expect(err).NotTo(HaveOccurred())
	d := &desk{command: s.command(args...), master: master, ended: make(chan error, 1)}
	d.command.Stdin, d.command.Stderr, d.command.Stdout = terminal, terminal, &d.stdout
	d.command.Env = append(d.command.Env, "TERM=dumb")
	d.command.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	Expect(d.command.Start()).To(Succeed())
	Expect(terminal.Close()).To(Succeed())
	go d.watch()
	go func() { d.ended <- d.command.Wait() }()
	DeferCleanup(func() { s.out.WriteString(d.screen() + d.stdout.String()) })
	return d
}

func (d *desk) watch() {
	part := make([]byte, 4096)
	for {
		n, err := d.master.Read(part)
		d.mu.Lock()
		d.shown.Write(part[:n])
		d.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// screen is all that was shown, with the line ends of a file.
func (d *desk) screen() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.ReplaceAll(d.shown.String(), "\r\n", "\n")
}

func (d *desk) types(text string) {
	GinkgoHelper()
	_, err := d.master.WriteString(text)
	Expect(err).NotTo(HaveOccurred())
}

// leaves waits for the end of the command and returns its exit code.
func (d *desk) leaves() int {
	GinkgoHelper()
	Eventually(d.ended).Should(Receive())
	return d.command.ProcessState.ExitCode()
}

var _ = Describe("somebody at a terminal", func() {
	var s *station

	BeforeEach(func() {
		s = newStation(few)
		s.configure()
		s.write("secret-manifest", oldManifest("WD-1"))
		s.write("drive.img", "")
		Expect(os.Truncate(filepath.Join(s.dir, "drive.img"), 32<<20)).To(Succeed())
	})

	It("is asked for the serial number before a drive is erased", func() {
		d := s.sit("create-job", "secret-manifest", "drive.img", "--quiet-warnings")
		Eventually(d.screen).Should(ContainSubstring("type the serial number of the drive: "))
		golden("ask.golden", s.normal(d.screen())+"\n")
		d.types("WD-1\n")
		Expect(d.leaves()).To(BeZero(), d.screen())
		Expect(d.stdout.String()).To(ContainSubstring("job: "))
		Expect(s.record("secret-manifest-wd-1").Phase).To(BeEquivalentTo("Submitted"))

		By("and not asked again when there is nothing to erase")
		d = s.sit("create-job", "secret-manifest", "drive.img")
		Expect(d.leaves()).To(BeZero(), d.screen())
		Expect(d.stdout.String()).To(ContainSubstring("unchanged"))
	})

	DescribeTable("who says something else has done nothing", func(typed string, code int, says string) {
		before := s.snapshot()
		d := s.sit("create-job", "secret-manifest", "drive.img", "--quiet-warnings")
		Eventually(d.screen).Should(ContainSubstring("type the serial number"))
		d.types(typed)
		Expect(d.leaves()).To(Equal(code))
		Eventually(d.screen).Should(ContainSubstring(says))
		Expect(s.snapshot()).To(Equal(before))
		Expect(s.hasState()).To(BeFalse())
	},
		Entry("another serial number", "WD-2\n", exitBlocked, "that is not the serial number WD-1; nothing was done"),
		Entry("yes", "yes\n", exitBlocked, "nothing was done"),
		Entry("nothing", "\n", exitBlocked, "nothing was done"),
		Entry("the end of the input", "\x04", exitBlocked, "nothing was done"),
		Entry("Ctrl-C", "\x03", exitInterrupted, "interrupted"),
	)

	It("is not asked when that is forbidden", func() {
		d := s.sit("create-job", "secret-manifest", "drive.img", "--non-interactive", "--quiet-warnings")
		Expect(d.leaves()).To(Equal(exitBlocked))
		Expect(d.screen()).NotTo(ContainSubstring("type the serial number"))
		d = s.sit("verify-backup", "drive.img", "-", "--non-interactive")
		Expect(d.leaves()).To(Equal(exitUsage))
	})

	It("types a password that nobody sees", func() {
		noise := make([]byte, 300<<10)
		_, _ = rand.Read(noise)
		s.write("crypt/EX1ID.tc", string(noise))
		d := s.sit("verify-backup", "crypt", "-")
		Eventually(d.screen).Should(ContainSubstring("Password of the TrueCrypt container: "))
		d.types(plantedPin + "\n")
		Expect(d.leaves()).To(Equal(exitBlocked))
		Expect(d.screen()).To(ContainSubstring("no TrueCrypt header opens with this password"))
		Expect(d.screen()).NotTo(ContainSubstring(plantedPin))

		By("and gets the echo back after Ctrl-C")
		d = s.sit("verify-backup", "crypt", "-")
		Eventually(d.screen).Should(ContainSubstring("Password"))
		d.types("\x03")
		Expect(d.leaves()).To(Equal(exitInterrupted))
		state, err := unix.IoctlGetTermios(int(d.master.Fd()), unix.TCGETS)
		Expect(err).NotTo(HaveOccurred())
		Expect(state.Lflag & unix.ECHO).NotTo(BeZero())
	})
})
