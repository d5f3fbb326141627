package device_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("what only the kernel reads", Label("root"), func() {
	var d *device.Disks
	var mounts string
	BeforeEach(func() {
		mounts = filepath.Join(GinkgoT().TempDir(), "run")
		d = device.New(device.Options{MountDir: mounts, LockWait: lockWait})
	})
	ctx := context.Background()

	// xfs makes a drive with one partition that holds an xfs with files.
	xfs := func() string {
		needRoot()
		path := newImage(400 << 20)
		oracle("sgdisk", "-n", "1:2048:0", path)
		node := attach(path)
		oracle("partx", "-u", node)
		DeferCleanup(func() { _ = exec.Command("partx", "-d", node).Run() })
		oracle("mkfs.xfs", "-q", "-L", "WORK", node+"p1")
		dir := GinkgoT().TempDir()
		Expect(unix.Mount(node+"p1", dir, "xfs", 0, "")).To(Succeed())
		Expect(os.MkdirAll(filepath.Join(dir, "a", "deep"), 0o755)).To(Succeed())
		for _, name := range []string{"a-b", "a/c", "a/deep/\xff", "z"} {
			Expect(os.WriteFile(filepath.Join(dir, name), []byte("content of "+name), 0o600)).To(Succeed())
		}
		Expect(os.Symlink("/etc/passwd", filepath.Join(dir, "link"))).To(Succeed())
		Expect(unix.Unmount(dir, 0)).To(Succeed())
		detach(node)
		return path
	}
	mountedBelow := func() string {
		table, err := os.ReadFile("/proc/self/mountinfo")
		Expect(err).NotTo(HaveOccurred())
		var lines []string
		for _, line := range strings.Split(string(table), "\n") {
			if strings.Contains(line, mounts) {
				lines = append(lines, line)
			}
		}
		return strings.Join(lines, "\n")
	}
	loops := func() string {
		out, err := exec.Command("losetup", "-a").Output()
		Expect(err).NotTo(HaveOccurred())
		return string(out)
	}

	It("is walked and read, and nothing stays mounted, not even while it is open", func() {
		path := xfs()
		before := digest(path)
		v, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info()).To(And(HaveField("Type", "xfs"), HaveField("Label", "WORK")))
		Expect(mountedBelow()).To(BeEmpty())
		var seen []string
		Expect(v.Walk(ctx, "", func(e device.Entry) error {
			line := string(e.Type) + " " + e.Path
			if e.Type == device.Regular {
				r, err := v.Open(e)
				Expect(err).NotTo(HaveOccurred())
				text, err := io.ReadAll(io.NewSectionReader(r, 0, e.Size))
				Expect(err).NotTo(HaveOccurred())
				Expect(r.(io.Closer).Close()).To(Succeed())
				line += ": " + string(text)
			}
			seen = append(seen, line)
			return e.Err
		})).To(Succeed())
		Expect(seen).To(Equal([]string{
			"Regular a-b: content of a-b", "Directory a", "Regular a/c: content of a/c",
			"Directory a/deep", "Regular a/deep/\xff: content of a/deep/\xff", "Symlink link", "Regular z: content of z",
		}))
		Expect(v.Walk(ctx, "no/such", func(device.Entry) error { return io.EOF })).To(Succeed())
		Expect(v.Close()).To(Succeed())
		Eventually(loops).ShouldNot(ContainSubstring(path))
		Expect(digest(path)).To(Equal(before), "not a byte was written")
	})

	It("is refused with the way out when it is mounted already", func() {
		path := xfs()
		node := attach(path)
		oracle("partx", "-u", node)
		dir := GinkgoT().TempDir()
		Expect(unix.Mount(node+"p1", dir, "xfs", unix.MS_RDONLY, "")).To(Succeed())
		DeferCleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
		_, err := d.Open(ctx, device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}, device.Key{})
		Expect(err).To(MatchError(ContainSubstring("mounted at " + dir)))
		Expect(unix.Unmount(dir, 0)).To(Succeed())
	})

	It("is mounted although an earlier run was killed between mount and unmount", func() {
		path := xfs()
		Expect(os.MkdirAll(filepath.Join(mounts, "mount"), 0o700)).To(Succeed())
		Expect(unix.Mount("tmpfs", filepath.Join(mounts, "mount"), "tmpfs", 0, "")).To(Succeed())
		v, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Close()).To(Succeed())
		Expect(mountedBelow()).To(BeEmpty())
	})

	It("is told as what it is where the kernel has no driver either", func() {
		path := newImage(64 << 20)
		poke(path, 3, []byte("NTFS    "))
		_, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).To(MatchError(ContainSubstring("it holds ntfs, which is not read here")))
	})
})
