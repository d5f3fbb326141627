package device_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/conformance"
)

// needRoot skips aloud what attaches loop devices.
func needRoot() {
	GinkgoHelper()
	if os.Geteuid() != 0 {
		Skip("needs root: a loop device is attached")
	}
}

// attach makes a loop device of an image and detaches it when the spec ends.
func attach(path string) string {
	GinkgoHelper()
	out, err := exec.Command("losetup", "--find", "--show", path).CombinedOutput()
	if err != nil {
		Skip("no loop device can be had: " + string(out))
	}
	DeferCleanup(detachAll, path)
	return strings.TrimSpace(string(out))
}

// detachAll detaches what is still attached of an image: a node that was detached before
// may be somebody else's by now.
func detachAll(path string) {
	out, _ := exec.Command("losetup", "--associated", path, "--noheadings", "--output", "NAME").Output()
	for _, node := range strings.Fields(string(out)) {
		detach(node)
	}
}

func detach(node string) {
	for _, part := range []string{node + "p1"} {
		if _, err := os.Stat(part); err == nil {
			_ = exec.Command("partx", "-d", node).Run()
		}
	}
	_ = exec.Command("losetup", "-d", node).Run()
}

// loopLab makes loop devices, which are selected by links as udev makes them.
type loopLab struct {
	links string
	nodes map[string]string
}

func (l *loopLab) Blank(size int64) device.Selector {
	path := newImage(size)
	node := attach(path)
	name := "usb-test-" + filepath.Base(node)
	_ = os.Remove(filepath.Join(l.links, name))
	Expect(os.Symlink(node, filepath.Join(l.links, name))).To(Succeed())
	l.nodes[name] = node
	return device.Selector{ByID: name}
}

func (l *loopLab) Scribble(s device.Selector) {
	poke(l.nodes[s.ByID], 12<<20, []byte("somebody's data"))
}

func (l *loopLab) PutFile(s device.Selector, name, content string) {
	dir := mount(l.nodes[s.ByID] + "p1")
	Expect(os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644)).To(Succeed())
	Expect(unix.Unmount(dir, 0)).To(Succeed())
}

func (l *loopLab) Remove(s device.Selector) { detach(l.nodes[s.ByID]) }

// mount has the kernel mount our partition, which proves that its node is there.
func mount(node string) string {
	GinkgoHelper()
	dir := GinkgoT().TempDir()
	Expect(unix.Mount(node, dir, "ext4", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "")).To(Succeed())
	DeferCleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
	return dir
}

var _ = Describe("disks behind loop devices", Label("root"), func() {
	conformance.Suite(func() (conformance.Disks, conformance.Lab) {
		needRoot()
		links := GinkgoT().TempDir()
		return device.New(device.Options{ByID: links, LockWait: lockWait}), &loopLab{links, map[string]string{}}
	})

	v := device.NewVolumeID("photos-a", "1")
	d := device.New(device.Options{LockWait: lockWait})
	ctx := context.Background()

	It("are what their backing file is, and keep it from being used twice", func() {
		needRoot()
		path := newImage(32 << 20)
		image := inspect(d, imageOf(path))
		c, r := image.Claim(v)
		Expect(r).NotTo(HaveOccurred())
		attach(path)
		s := device.Selector{Serial: image.Identity.Backing}
		st := inspect(d, s)
		Expect(st.Presence).To(Equal(device.Present), st.Problem)
		Expect(st.Identity.Backing).To(Equal(image.Identity.Backing))
		Expect(asError(d.Format(ctx, c, v)).Reason).To(Equal(device.DeviceInUse))

		Expect(d.Format(ctx, claim(d, s, v), v)).To(Succeed())
		Expect(d.WriteSignature(ctx, device.SignatureTarget{Selector: s, FileSystemUUID: v.UUID}, []byte("text"))).To(Succeed())
		Expect(inspect(d, imageOf(path)).Content.FileSystem.Signature).To(Equal("text"))

		By("ambiguous when attached twice")
		attach(path)
		st = inspect(d, s)
		Expect(st.Presence).To(Equal(device.Ambiguous))
		Expect(st.Matches).To(HaveLen(2))
	})

	It("are not written while they are mounted, here or out of sight", func() {
		needRoot()
		path := newImage(32 << 20)
		node := attach(path)
		st := inspect(d, imageOf(path))
		s := device.Selector{Serial: st.Identity.Backing}
		Expect(d.Format(ctx, claim(d, s, v), v)).To(Succeed())
		c := claim(d, s, v)
		dir := mount(node + "p1")

		_, r := inspect(d, s).Claim(v)
		Expect(r).To(HaveField("Reason", device.DeviceMounted))
		Expect(r.Remedy).To(ContainSubstring("umount " + dir))
		Expect(asError(d.Format(ctx, c, v)).Reason).To(Equal(device.DeviceInUse))
		_, err := d.Open(ctx, s, device.Key{})
		Expect(asError(err)).To(And(HaveField("Reason", device.DeviceMounted), HaveField("Remedy", ContainSubstring("umount "+dir))))
		err = d.WriteSignature(ctx, device.SignatureTarget{Selector: s, FileSystemUUID: v.UUID}, []byte("x"))
		Expect(asError(err).Reason).To(Equal(device.DeviceInUse))

		By("asking the kernel, not only the mount table")
		Expect(unix.Unmount(dir, 0)).To(Succeed())
		c = claim(d, s, v)
		other, err := os.OpenFile(node, os.O_RDONLY|unix.O_EXCL, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(asError(d.Format(ctx, c, v)).Reason).To(Equal(device.DeviceInUse))
		Expect(other.Close()).To(Succeed())
		Expect(d.Format(ctx, c, v)).To(Succeed())
		oracle("e2fsck", "-fn", node+"p1")
	})
})

var _ = Describe("the command that clears a disk", Label("root", "slow"), func() {
	d := device.New(device.Options{LockWait: lockWait})
	v := device.NewVolumeID("photos-a", "1")

	DescribeTable("does, when it is typed as it is told", func(spoil func(node string)) {
		needRoot()
		path := newImage(320 << 20)
		node := attach(path)
		s := device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}
		spoil(node)
		_, r := inspect(d, s).Claim(v)
		Expect(r).To(HaveField("Reason", device.DeviceForeign))
		command := strings.Split(r.Remedy, "`")[1]
		Expect(command).To(ContainSubstring(node))
		out, err := exec.Command("sh", "-c", command).CombinedOutput()
		Expect(err).NotTo(HaveOccurred(), "%s: %s", command, out)
		_, r = inspect(d, s).Claim(v)
		Expect(r).NotTo(HaveOccurred(), command)
	},
		Entry("ext4", func(node string) { oracle("mkfs.ext4", "-q", "-F", node) }),
		Entry("a table with nothing in it", func(node string) { oracle("sgdisk", "-o", node) }),
		Entry("a table with an unknown partition", func(node string) {
			oracle("sgdisk", "-n", "1:0:0", node)
			poke(node, 100<<20, []byte("somebody's data"))
		}),
		Entry("a new drive as it is sold", func(node string) {
			oracle("sgdisk", "-n", "1:2048:0", "-t", "1:0700", node)
			poke(node, 1<<20+3, []byte("NTFS    "))
			poke(node, 1<<20+510, []byte{0x55, 0xAA})
			poke(node, 320<<20-33*512-512, []byte("the backup of its boot sector"))
		}),
		Entry("unknown data", func(node string) { poke(node, 128<<20, []byte("somebody's data")) }),
		Entry("xfs", func(node string) { oracle("mkfs.xfs", "-q", "-f", node) }),
	)
})
