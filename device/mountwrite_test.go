package device_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

// mountVictim writes files to the volume of an image, without an end, once it has said
// so.
func mountVictim(path string) int {
	d := device.New(device.Options{MountDir: os.Getenv("S3EXPORT_TEST_MOUNTS")})
	m, err := d.Mount(context.Background(), imageOf(path), device.NewVolumeID("photos-a", "1"), device.Key{})
	if err != nil {
		return 1
	}
	if m.Root().WriteFile("kept", []byte("before"), 0o600) != nil || m.Sync() != nil {
		return 1
	}
	fmt.Fprintln(os.Stdout, "mounted")
	for i := 0; ; i++ {
		if m.Root().WriteFile(fmt.Sprintf("file-%d", i%200), bytes.Repeat([]byte("x"), 40<<10), 0o600) != nil {
			return 1
		}
	}
}

var _ = Describe("a volume that is mounted for writing", Label("root"), func() {
	var d *device.Disks
	var mounts string
	v := device.NewVolumeID("photos-a", "1")
	ctx := context.Background()
	BeforeEach(func() {
		needRoot()
		mounts = filepath.Join(GinkgoT().TempDir(), "run")
		d = device.New(device.Options{MountDir: mounts})
	})
	open := func(s device.Selector) *device.Mounted {
		GinkgoHelper()
		m, err := d.Mount(ctx, s, v, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(func() { _ = m.Close() })
		return m
	}
	refusal := func(s device.Selector, v device.VolumeID) *device.Error {
		GinkgoHelper()
		_, err := d.Mount(ctx, s, v, device.Key{})
		Expect(err).To(HaveOccurred())
		return asError(err)
	}
	table := func() string {
		b, err := os.ReadFile("/proc/self/mountinfo")
		Expect(err).NotTo(HaveOccurred())
		return string(b)
	}

	DescribeTable("gives back what was written, through our own reader", func(selector func(path string) device.Selector) {
		path := newImage(32 << 20)
		s := selector(path)
		Expect(d.Format(ctx, claim(d, s, v), v)).To(Succeed())
		m := open(s)
		Expect(m.Info().UUID).To(Equal(v.UUID))
		Expect(table()).NotTo(ContainSubstring(mounts))
		before, err := m.Room()
		Expect(err).NotTo(HaveOccurred())
		Expect(before.Bytes).To(BeNumerically("~", device.RoomOn(32<<20).Bytes, 1<<20))
		Expect(m.Root().Mkdir("a", 0o755)).To(Succeed())
		Expect(m.Root().WriteFile("a/b", bytes.Repeat([]byte("content"), 100_000), 0o640)).To(Succeed())
		Expect(m.Sync()).To(Succeed())
		after, err := m.Room()
		Expect(err).NotTo(HaveOccurred())
		Expect(before.Bytes - after.Bytes).To(BeNumerically(">=", 700_000))
		Expect(before.Inodes - after.Inodes).To(BeNumerically("==", 2))
		Expect(m.Root().WriteFile("c", []byte("at the end"), 0o600)).To(Succeed())
		Expect(m.Close()).To(Succeed())
		Expect(m.Close()).To(Succeed())

		st := inspect(d, s)
		Expect(st.Relation(v)).To(Equal(device.OursLoaded))
		Expect(st.Use).To(Equal(device.Use{}))
		Expect(st.Content.FileSystem.Dirty).To(BeFalse())
		oracle("e2fsck", "-fn", path+"?offset=1048576")
		r, err := d.Open(ctx, s, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		defer r.Close()
		Expect(filesOf(r)).To(Equal(map[string]string{"a/b": strings.Repeat("content", 100_000), "c": "at the end"}))
	},
		Entry("from an image", imageOf),
		Entry("from a block device", func(path string) device.Selector {
			attach(path)
			return device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}
		}),
	)

	It("is nobody else's until it is closed", func() {
		path := newImage(32 << 20)
		node := attach(path)
		s := device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}
		Expect(d.Format(ctx, claim(d, s, v), v)).To(Succeed())
		m := open(s)
		hasty := device.New(device.Options{MountDir: mounts, LockWait: lockWait})
		_, err := hasty.Mount(ctx, s, v, device.Key{})
		Expect(asError(err)).To(And(HaveField("Reason", device.DeviceInUse), HaveField("Remedy", ContainSubstring("fuser"))))
		_, err = hasty.Open(ctx, s, device.Key{})
		Expect(asError(err).Reason).To(Equal(device.DeviceInUse))
		_, r := inspect(hasty, s).Claim(v)
		Expect(r).To(HaveField("Reason", device.DeviceInUse))
		dir := GinkgoT().TempDir()
		DeferCleanup(func() { _ = unix.Unmount(dir, unix.MNT_DETACH) })
		Expect(unix.Mount(node+"p1", dir, "ext4", 0, "")).To(MatchError(unix.EBUSY))
		Expect(m.Close()).To(Succeed())
		Expect(open(s).Close()).To(Succeed())
	})

	It("is told when files of it are still open at its end", func() {
		d = device.New(device.Options{MountDir: mounts, LockWait: lockWait})
		path := newImage(32 << 20)
		format(d, path, v)
		m := open(imageOf(path))
		f, err := m.Root().Create("f")
		Expect(err).NotTo(HaveOccurred())
		Expect(asError(m.Close())).To(And(HaveField("Reason", device.DeviceInUse), HaveField("Message", ContainSubstring("still open"))))
		Expect(f.Close()).To(Succeed())
		Expect(open(imageOf(path)).Close()).To(Succeed())
	})

	It("goes on after a kill in the middle of writing", func() {
		path := newImage(64 << 20)
		format(d, path, v)
		for range 5 {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "S3EXPORT_TEST_MOUNT="+path, "S3EXPORT_TEST_MOUNTS="+mounts)
			out, err := cmd.StdoutPipe()
			Expect(err).NotTo(HaveOccurred())
			Expect(cmd.Start()).To(Succeed())
			said := make([]byte, len("mounted\n"))
			_, err = out.Read(said)
			Expect(err).NotTo(HaveOccurred())
			Expect(cmd.Process.Kill()).To(Succeed())
			m := open(imageOf(path)) // while the kernel is ending the other one
			Expect(m.Root().ReadFile("kept")).To(BeEquivalentTo("before"))
			Expect(m.Root().WriteFile("mine", []byte("after"), 0o600)).To(Succeed())
			Expect(m.Close()).To(Succeed())
			_ = cmd.Wait()
			oracle("e2fsck", "-fn", path+"?offset=1048576")
		}
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.OursLoaded))
	})

	It("has its journal replayed after a cut of the power", func() {
		path, cut := newImage(device.MinSize), newImage(device.MinSize)
		format(d, path, v)
		m := open(imageOf(path))
		Expect(m.Root().WriteFile("kept", []byte("before"), 0o600)).To(Succeed())
		Expect(m.Sync()).To(Succeed())
		copySparse(path, cut)
		Expect(m.Close()).To(Succeed())
		st := inspect(d, imageOf(cut))
		Expect(st.Content.FileSystem.Dirty).To(BeTrue())
		Expect(st.Relation(v)).To(Equal(device.OursLoaded))
		m = open(imageOf(cut))
		Expect(m.Root().ReadFile("kept")).To(BeEquivalentTo("before"))
		Expect(m.Close()).To(Succeed())
		oracle("e2fsck", "-fn", cut+"?offset=1048576")
	})

	It("says that it is full", func() {
		path := newImage(16 << 20)
		format(d, path, v)
		m := open(imageOf(path))
		err := m.Root().WriteFile("big", make([]byte, 20<<20), 0o600)
		Expect(asError(m.Explain(err))).To(And(HaveField("Reason", device.DeviceFull), HaveField("Remedy", ContainSubstring("larger drive"))))
		Expect(m.Close()).To(Succeed())
		oracle("e2fsck", "-fn", path+"?offset=1048576")
	})

	DescribeTable("names a link that somebody has put on it", func(to string) {
		path := newImage(device.MinSize)
		format(d, path, v)
		m := open(imageOf(path))
		Expect(m.Root().Symlink(to, "planted")).To(Succeed())
		_, err := m.Root().Lstat("planted/2019")
		Expect(err).To(HaveOccurred())
		Expect(asError(m.Explain(err))).To(And(HaveField("Reason", device.DeviceForeign),
			MatchError(ContainSubstring("planted/2019")), HaveField("Remedy", ContainSubstring("remove the link"))))
		_, err = m.Root().Lstat("none/2019")
		Expect(m.Explain(err)).To(Equal(err))
		Expect(m.Close()).To(Succeed())
		Expect(m.Explain(os.ErrClosed)).To(Equal(os.ErrClosed))
	},
		Entry("out of it", "/etc"),
		Entry("up from it", "../.."),
		Entry("in a circle", "planted"),
	)

	It("tells at the end what the kernel could not write", func() {
		small := GinkgoT().TempDir()
		Expect(unix.Mount("tmpfs", small, "tmpfs", 0, "size=4m")).To(Succeed())
		DeferCleanup(func() { _ = unix.Unmount(small, unix.MNT_DETACH) })
		path := filepath.Join(small, "drive.img")
		Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
		Expect(os.Truncate(path, 32<<20)).To(Succeed())
		format(d, path, v)
		m := open(imageOf(path))
		Expect(m.Root().WriteFile("big", bytes.Repeat([]byte("x"), 8<<20), 0o600)).To(Succeed(), "it is only in memory")
		Expect(asError(m.Close()).Reason).To(BeElementOf(device.DeviceIO, device.DeviceFull))
	})

	It("says that it was taken away", func() {
		path := newImage(32 << 20)
		format(d, path, v)
		m := open(imageOf(path))
		Expect(os.Rename(path, path+".gone")).To(Succeed())
		Expect(m.Explain(nil)).To(Succeed())
		Expect(asError(m.Explain(unix.EIO)).Reason).To(Equal(device.DeviceVanished))
		Expect(m.Explain(os.ErrExist)).To(Equal(os.ErrExist))
	})

	DescribeTable("is refused where it is not the one that was asked for", func(prepare func(path string), of device.VolumeID, want device.Reason, words string) {
		path := newImage(32 << 20)
		prepare(path)
		before := digest(path)
		e := refusal(imageOf(path), of)
		Expect(e).To(And(HaveField("Reason", want), HaveField("Message", ContainSubstring(words))))
		Expect(e.Remedy).NotTo(BeEmpty())
		Expect(digest(path)).To(Equal(before))
	},
		Entry("blank", func(string) {}, v, device.DeviceChanged, "blank"),
		Entry("foreign", func(path string) { oracle("mkfs.ext4", "-q", "-F", path) }, v, device.DeviceForeign, "it holds ext4"),
		Entry("of another run", func(path string) { format(d, path, device.NewVolumeID("photos-a", "2")) }, v, device.DeviceForeign, "not the volume"),
		Entry("half made", func(path string) { format(d, path, v); poke(path, 1<<20, make([]byte, 1<<20)) }, v, device.DeviceChanged, "cut off"),
		Entry("another UUID", func(path string) { format(d, path, v) }, device.VolumeID{UUID: "1b0c1f6e-0f0a-4d6e-9a39-000000000000"}, device.DeviceChanged, "not 1b0c"),
		Entry("no ext4, for a UUID", func(path string) { poke(path, 3, []byte("NTFS    ")) }, device.VolumeID{UUID: v.UUID}, device.DeviceForeign, "ntfs"),
		Entry("write-protected", func(path string) { format(d, path, v); Expect(os.Chmod(path, 0o400)).To(Succeed()) }, v, device.DeviceReadOnly, "read-only"),
		Entry("not here", func(path string) {
			Expect(os.Remove(path)).To(Succeed())
			Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
		}, v, device.DeviceChanged, "blank"),
	)

	It("may be somebody's ext4, by its UUID", func() {
		path := newImage(32 << 20)
		oracle("mkfs.ext4", "-q", "-F", "-U", v.UUID, "-b", "1024", path)
		m, err := d.Mount(ctx, imageOf(path), device.VolumeID{UUID: strings.ToUpper(v.UUID)}, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(m.Root().WriteFile("f", []byte("x"), 0o600)).To(Succeed())
		Expect(m.Close()).To(Succeed())
		oracle("e2fsck", "-fn", path)
	})
})

// filesOf reads all regular files of a volume.
func filesOf(v device.Volume) map[string]string {
	GinkgoHelper()
	all := map[string]string{}
	Expect(v.Walk(context.Background(), "", func(e device.Entry) error {
		if e.Type != device.Regular || e.Err != nil {
			return e.Err
		}
		r, err := v.Open(e)
		Expect(err).NotTo(HaveOccurred())
		b := make([]byte, e.Size)
		_, err = r.ReadAt(b, 0)
		Expect(err).NotTo(HaveOccurred())
		all[e.Path] = string(b)
		return nil
	})).To(Succeed())
	return all
}
