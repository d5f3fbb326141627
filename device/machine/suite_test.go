package machine_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device/machine"
)

func TestMachine(t *testing.T) {
	RegisterFailHandler(Fail)
	SetDefaultEventuallyTimeout(commandTime)
	RunSpecs(t, "Machine Suite")
}

// host is the emulated machine. One boot serves all specs; each has drives of its own.
var host *emulator

var _ = BeforeSuite(func() {
	if os.Getenv("VM") == "" {
		skip("the machine is started only by: make test-vm")
	}
	qemu, err := exec.LookPath("qemu-system-x86_64")
	if err != nil {
		skip("the machine test needs QEMU: apt-get install qemu-system-x86")
	}
	kernel, system, err := fetch()
	if err != nil {
		skip("the machine test needs Debian's packages of the kernel and udev: " + err.Error())
	}
	dir := GinkgoT().TempDir()
	archive := filepath.Join(dir, "initramfs")
	Expect(build(archive, kernel, system)).To(Succeed())
	images, err := filepath.Glob(filepath.Join(kernel, "boot", "vmlinuz-*"))
	Expect(err).NotTo(HaveOccurred())
	Expect(images).To(HaveLen(1))
	host, err = boot(qemu, images[0], archive, dir)
	if host != nil {
		DeferCleanup(func() { Expect(host.off()).To(Succeed()) })
	}
	Expect(err).NotTo(HaveOccurred())
	host.startUdev()
})

// What the kernel has said goes with a failure.
var _ = JustAfterEach(func() {
	if CurrentSpecReport().Failed() {
		console, _ := os.ReadFile(host.console)
		AddReportEntry("console", string(console))
	}
})

// skip says aloud, and not only to those who ask for it, why nothing is tested.
func skip(why string) {
	_, _ = fmt.Fprintln(os.Stdout, "SKIPPED: "+why)
	Skip(why)
}

// fetch unpacks the kernel, and udev with those of its libraries that a host without
// udev may lack.
func fetch() (kernel string, system []string, err error) {
	d, err := newDebian()
	if err != nil {
		return "", nil, err
	}
	name, err := d.kernelPackage()
	if err != nil {
		return "", nil, err
	}
	if kernel, err = d.unpack(name); err != nil {
		return "", nil, err
	}
	for _, name := range []string{"udev", "libkmod2", "libsystemd-shared"} {
		root, err := d.unpack(name)
		if err != nil {
			return "", nil, err
		}
		system = append(system, root)
	}
	return kernel, system, nil
}

// build makes the first file system: init, the program under test, and what both and
// the specs run.
func build(archive, kernel string, system []string) error {
	dir := filepath.Dir(archive)
	a, err := createInitramfs(archive)
	if err != nil {
		return err
	}
	for name, pkg := range map[string]string{"/init": "device/machine/guest", "/bin/s3export": "cmd/s3export", "/bin/vault": "device/machine/vault"} {
		binary := filepath.Join(dir, filepath.Base(name))
		c := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", binary, "github.com/cargomedia/s3export/"+pkg)
		c.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := c.CombinedOutput(); err != nil {
			return fmt.Errorf("building %s: %w: %s", pkg, err, out)
		}
		a.copy(name, binary)
	}
	for _, name := range []string{
		"mkfs.ext4", "debugfs", "e2fsck", "dumpe2fs", "sgdisk", "blkid", "cryptsetup", "tcplay",
		"bash", "mount", "umount", "mkdir", "dd", "cat", "ls", "sha256sum", "rm", "readlink",
	} {
		if file, err := findProgram(name); err == nil { // a spec that needs a missing one says so
			a.program(file, system)
		}
	}
	if file, err := findLibrary("libgcc_s.so.1", system); err == nil { // what threads end with; nobody names it
		a.copy("/lib/libgcc_s.so.1", file)
	}
	a.udev(system)
	if err := a.modules(kernel); err != nil {
		return err
	}
	return a.close()
}

// udev is one program with two names, its rules, and the names of users and groups that
// they speak of.
func (a *initramfs) udev(system []string) {
	a.program(filepath.Join(system[0], "bin/udevadm"), system)
	a.link("/lib/systemd/systemd-udevd", "/bin/udevadm")
	for _, name := range []string{"ata_id", "scsi_id"} {
		file := filepath.Join(system[0], "lib/udev", name)
		a.copy("/lib/udev/"+name, file)
		a.libraries(file, system)
	}
	a.tree("/lib/udev/rules.d", filepath.Join(system[0], "lib/udev/rules.d"))
	a.copy("/etc/mke2fs.conf", "/etc/mke2fs.conf")
	a.text("/etc/passwd", "root:x:0:0::/root:\n")
	a.text("/etc/group", "root:x:0:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\ndialout:x:20:\ncdrom:x:24:\ntape:x:26:\naudio:x:29:\nvideo:x:44:\ninput:x:104:\nsgx:x:105:\nkvm:x:106:\nrender:x:107:\nkmem:x:15:\n")
}

// modules are the drivers of the machine and of the drives, ext4, and what dm-crypt and
// cryptsetup ask the kernel for by name.
func (a *initramfs) modules(kernel string) error {
	all, err := findModules(kernel)
	if err != nil {
		return err
	}
	files, err := all.inOrder("virtio_pci", "virtio_console", "virtio_scsi", "xhci_pci", "usb_storage", "sd_mod", "loop",
		"crc32c_generic", "ext4", "dm_crypt", "xts", "ecb", "essiv", "sha512_generic", "algif_skcipher", "algif_hash")
	if err != nil {
		return err
	}
	list := ""
	for _, file := range files {
		name := "/lib/modules/" + filepath.Base(file)
		a.copy(name, file)
		list += name + "\n"
	}
	a.text(machine.ModuleList, list)
	return nil
}

// startUdev has udev run to the end of the suite.
func (e *emulator) startUdev() {
	GinkgoHelper()
	e.guest.start("/lib/systemd/systemd-udevd")
	Eventually(func() int { return e.guest.start("udevadm", "control", "--ping").wait() }).Should(BeZero())
	e.guest.run("udevadm", "trigger", "--action=add")
	e.guest.run("udevadm", "settle")
}
