package crypt_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device/crypt"
)

// tcplay works on block devices only, and asks for passwords on a terminal.
var _ = Describe("tcplay", Label("root", "slow"), func() {
	const password = "correct horse"
	var dir string
	BeforeEach(func() {
		if os.Geteuid() != 0 {
			Skip("loop devices for tcplay: needs root; run: sudo make test-root")
		}
		program("tcplay")
		dir = GinkgoT().TempDir()
	})

	It("accepts our volume by its header, and by the copy of it", func() {
		path := filepath.Join(dir, "ours.tc")
		Expect(os.WriteFile(path, create(random(1<<20), []byte(password)), 0o600)).To(Succeed())
		for _, more := range [][]string{nil, {"--use-backup"}} {
			said := tcplay(append([]string{"-i", "-d", attach(path)}, more...), "Passphrase:", password)
			Expect(said).To(And(ContainSubstring("SHA512"), ContainSubstring("AES-256-XTS"), ContainSubstring("2048 sectors")))
		}
	})

	It("does not accept our volume with another password", func() {
		path := filepath.Join(dir, "ours.tc")
		Expect(os.WriteFile(path, create(random(1<<20), []byte(password)), 0o600)).To(Succeed())
		thrice := []string{"Passphrase:", "wrong", "Passphrase:", "wrong", "Passphrase:", "wrong"}
		Expect(tcplay([]string{"-i", "-d", attach(path)}, thrice...)).To(ContainSubstring("Incorrect password"))
	})

	It("makes a hidden volume that opens, and the one around it", func() {
		path := filepath.Join(dir, "theirs.tc")
		Expect(os.WriteFile(path, make([]byte, 4<<20), 0o600)).To(Succeed())
		tcplay([]string{"-c", "-g", "-d", attach(path), "-a", "SHA512", "-b", "AES-256-XTS", "-z", "-w"},
			"Passphrase:", "outer", "Repeat passphrase:", "outer", "Passphrase for hidden", "inner", "Repeat passphrase:", "inner",
			"Size of hidden", "1M", "(y/n)", "y")
		image, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		for _, header := range []string{"the first", "its copy"} {
			By(header)
			v, err := open(image, crypt.Secret{Password: []byte("inner"), Format: crypt.TrueCrypt})
			Expect(err).NotTo(HaveOccurred())
			Expect(v.Info().Hidden).To(BeTrue())
			Expect(v.Size()).To(Equal(int64(1 << 20)))
			v, err = open(image, crypt.Secret{Password: []byte("outer"), Format: crypt.TrueCrypt})
			Expect(err).NotTo(HaveOccurred())
			Expect(v.Info().Hidden).To(BeFalse())
			clear(image[:128<<10])
		}
	})

	DescribeTable("makes volumes that open", func(hash, cipher, chain string) {
		path, keyfile := filepath.Join(dir, "theirs.tc"), filepath.Join(dir, "key")
		Expect(os.WriteFile(path, make([]byte, 1<<20), 0o600)).To(Succeed())
		Expect(os.WriteFile(keyfile, random(1000), 0o600)).To(Succeed())
		loop := attach(path)
		tcplay([]string{"-c", "-d", loop, "-a", hash, "-b", cipher, "-k", keyfile, "-z", "-w"},
			"Passphrase:", password, "Repeat passphrase:", password, "(y/n)", "y")
		image, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		v, err := open(image, crypt.Secret{Password: []byte(password), Keyfiles: [][]byte{random(1000)}, Format: crypt.TrueCrypt})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info()).To(Equal(crypt.Info{Format: crypt.TrueCrypt, Cipher: chain, Hash: strings.ToLower(hash), SectorSize: 512}))
		Expect(v.Size()).To(Equal(int64(1<<20 - 256<<10)))
		By("the copy of the header")
		clear(image[:128<<10])
		v, err = open(image, crypt.Secret{Password: []byte(password), Keyfiles: [][]byte{random(1000)}, Format: crypt.TrueCrypt})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().FromBackup).To(BeTrue())
	},
		Entry(nil, "SHA512", "AES-256-XTS", "AES"),
		Entry(nil, "whirlpool", "TWOFISH-256-XTS", "Twofish"),
		Entry(nil, "RIPEMD160", "SERPENT-256-XTS", "Serpent"),
		Entry(nil, "SHA512", "TWOFISH-256-XTS,AES-256-XTS", "AES-Twofish"),
		Entry(nil, "SHA512", "AES-256-XTS,SERPENT-256-XTS", "Serpent-AES"),
		Entry(nil, "SHA512", "SERPENT-256-XTS,TWOFISH-256-XTS", "Twofish-Serpent"),
		Entry(nil, "RIPEMD160", "SERPENT-256-XTS,TWOFISH-256-XTS,AES-256-XTS", "AES-Twofish-Serpent"),
		Entry(nil, "whirlpool", "AES-256-XTS,TWOFISH-256-XTS,SERPENT-256-XTS", "Serpent-Twofish-AES"),
	)
})

// attach makes a block device of a file.
func attach(path string) string {
	GinkgoHelper()
	out, err := exec.Command(program("losetup"), "--find", "--show", path).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), string(out))
	loop := strings.TrimSpace(string(out))
	DeferCleanup(func() { Expect(exec.Command(program("losetup"), "-d", loop).Run()).To(Succeed()) })
	return loop
}

// tcplay answers what it is asked and gives all that it said. The dialog is what to wait
// for and what to answer, in turn. What is typed before it stops the echo is thrown away.
func tcplay(args []string, dialog ...string) string {
	GinkgoHelper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	master, slave := terminal()
	defer master.Close()
	cmd := exec.CommandContext(ctx, program("tcplay"), args...)
	cmd.Stdin, cmd.Stdout, cmd.Stderr = slave, slave, slave
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	Expect(cmd.Start()).To(Succeed())
	slave.Close()
	var said, rest bytes.Buffer
	p := make([]byte, 4096)
	for {
		n, err := master.Read(p) // an input/output error once all have closed the other side
		said.Write(p[:n])
		rest.Write(p[:n])
		if len(dialog) > 0 && bytes.Contains(rest.Bytes(), []byte(dialog[0])) {
			if strings.Contains(strings.ToLower(dialog[0]), "passphrase") {
				Eventually(isEchoing).WithArguments(master).Should(BeFalse())
			}
			_, _ = master.WriteString(dialog[1] + "\n")
			rest.Reset()
			dialog = dialog[2:]
		}
		if err != nil {
			break
		}
	}
	_ = cmd.Wait() // a wrong password is a failure, and expected
	Expect(ctx.Err()).NotTo(HaveOccurred(), said.String())
	return said.String()
}

func isEchoing(master *os.File) bool {
	t, err := unix.IoctlGetTermios(int(master.Fd()), unix.TCGETS)
	return err == nil && t.Lflag&unix.ECHO != 0
}

func terminal() (master, slave *os.File) {
	GinkgoHelper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	Expect(err).NotTo(HaveOccurred())
	Expect(unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0)).To(Succeed())
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	Expect(err).NotTo(HaveOccurred())
	slave, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	Expect(err).NotTo(HaveOccurred())
	return master, slave
}
