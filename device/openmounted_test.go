package device_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

// mountAt mounts for the time of a test.
func mountAt(source, at, kind string, flags uintptr, options string) {
	GinkgoHelper()
	Expect(unix.Mount(source, at, kind, flags, options)).To(Succeed())
	DeferCleanup(func() { _ = unix.Unmount(at, unix.MNT_DETACH) })
}

// contents are the files of a volume, read one by one, and all at once.
func contents(v device.Volume, root string) (single, together map[string]string) {
	GinkgoHelper()
	single, together = map[string]string{}, map[string]string{}
	var all []device.Entry
	Expect(v.Walk(context.Background(), root, func(e device.Entry) error {
		if e.Type != device.Regular {
			single[e.Path] = string(e.Type)
			return e.Err
		}
		all = append(all, e)
		r, err := v.Open(e)
		Expect(err).NotTo(HaveOccurred())
		text, err := io.ReadAll(io.NewSectionReader(r, 0, e.Size))
		single[e.Path] = string(text)
		return err
	})).To(Succeed())
	Expect(v.(device.BulkReader).ReadFiles(context.Background(), all, func(e device.Entry, r io.ReaderAt, err error) error {
		Expect(err).NotTo(HaveOccurred())
		text, err := io.ReadAll(io.NewSectionReader(r, 0, e.Size))
		together[e.Path] = string(text)
		return err
	})).To(Succeed())
	return single, together
}

var _ = Describe("a directory that is mounted read-only", Label("root"), func() {
	ctx := context.Background()
	d := device.New(device.Options{LockWait: lockWait})
	var image, node, at string

	// made makes a mounted file system that is written by fill.
	made := func(format func(path string) (part string)) {
		GinkgoHelper()
		needRoot()
		image, at = newImage(64<<20), GinkgoT().TempDir()
		part := format(image)
		node = attach(image)
		if part != "" {
			oracle("partx", "-u", node)
			DeferCleanup(func() { _ = exec.Command("partx", "-d", node).Run() })
		}
		node += part
		if part != "" {
			oracle("mkfs.ext4", "-q", "-F", node)
		}
		mountAt(node, at, "ext4", 0, "")
		for _, name := range []string{"top", "copy/a", "copy/b/c", "copyright/x"} {
			full := filepath.Join(at, name)
			Expect(os.MkdirAll(filepath.Dir(full), 0o755)).To(Succeed())
			Expect(os.WriteFile(full, []byte("content of "+name), 0o600)).To(Succeed())
		}
		Expect(os.Symlink("a", filepath.Join(at, "copy/link"))).To(Succeed())
	}
	whole := func(path string) string { oracle("mkfs.ext4", "-q", "-F", path); return "" }
	partition := func(path string) string { oracle("sgdisk", "-n", "1:2048:0", path); return "p1" }
	readOnly := func() {
		GinkgoHelper()
		Expect(unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_RDONLY, "")).To(Succeed())
	}
	opened := func(dir string) device.Volume {
		GinkgoHelper()
		v, err := d.OpenMounted(ctx, dir)
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(v.Close)
		return v
	}
	refusal := func(dir string) *device.Error {
		GinkgoHelper()
		_, err := d.OpenMounted(ctx, dir)
		Expect(err).To(HaveOccurred())
		Expect(asError(err).Remedy).NotTo(BeEmpty())
		return asError(err)
	}
	copied := map[string]string{
		"a": "content of copy/a", "b": string(device.Directory), "b/c": "content of copy/b/c", "link": string(device.Symlink),
	}
	files := map[string]string{"a": "content of copy/a", "b/c": "content of copy/b/c"}

	DescribeTable("is read from its device", func(format func(string) string) {
		made(format)
		readOnly()
		single, together := contents(opened(filepath.Join(at, "copy")), "")
		Expect(single).To(Equal(copied))
		Expect(together).To(Equal(files))
		single, _ = contents(opened(filepath.Join(at, "copy")), "b")
		Expect(single).To(Equal(map[string]string{"b/c": "content of copy/b/c"}))
		single, _ = contents(opened(at), "")
		Expect(single).To(And(HaveKeyWithValue("top", "content of top"), HaveKeyWithValue("copyright/x", "content of copyright/x"), HaveKey("lost+found")))
		Expect(opened(at).Walk(ctx, "no/such", func(device.Entry) error { return io.EOF })).To(Succeed())
	}, Entry("a whole disk", whole), Entry("a partition", partition))

	It("is read through a link to it, and through a bind mount of a part of it", func() {
		made(whole)
		readOnly()
		link, bound := filepath.Join(GinkgoT().TempDir(), "link"), GinkgoT().TempDir()
		Expect(os.Symlink(filepath.Join(at, "copy"), link)).To(Succeed())
		single, _ := contents(opened(link), "")
		Expect(single).To(Equal(copied))

		mountAt(filepath.Join(at, "copy"), bound, "", unix.MS_BIND, "")
		Expect(unix.Mount("", bound, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, "")).To(Succeed())
		single, together := contents(opened(bound), "")
		Expect(single).To(Equal(copied))
		Expect(together).To(Equal(files))
		single, _ = contents(opened(filepath.Join(bound, "b")), "")
		Expect(single).To(Equal(map[string]string{"c": "content of copy/b/c"}))
	})

	It("is what the medium holds, not what the kernel keeps of it", func() {
		made(whole)
		readOnly()
		readIn(node)
		held, err := os.ReadFile(image)
		Expect(err).NotTo(HaveOccurred())
		poke(image, int64(bytes.Index(held, []byte("content of copy/a"))), []byte("CONTENT"))
		_, together := contents(opened(at), "copy")
		Expect(together).To(HaveKeyWithValue("copy/a", "CONTENT of copy/a"))
	})

	It("is refused while it may be written to, wherever", func() {
		made(whole)
		Expect(refusal(at)).To(MatchError(ContainSubstring("mounted for writing")))
		bound := GinkgoT().TempDir()
		mountAt(at, bound, "", unix.MS_BIND, "")
		Expect(unix.Mount("", bound, "", unix.MS_REMOUNT|unix.MS_BIND|unix.MS_RDONLY, "")).To(Succeed())
		Expect(refusal(bound)).To(MatchError(ContainSubstring("mounted for writing")))
		Expect(unix.Unmount(bound, 0)).To(Succeed())

		By("where the mount alone is writable")
		readOnly()
		Expect(unix.Mount("", at, "", unix.MS_REMOUNT|unix.MS_BIND, "")).To(Succeed())
		Expect(refusal(at)).To(MatchError(ContainSubstring("mounted for writing")))
	})

	It("is refused when something else is mounted below it, and only then", func() {
		made(whole)
		mountAt("tmpfs", filepath.Join(at, "copy/b"), "tmpfs", 0, "size=1m")
		readOnly()
		Expect(refusal(at)).To(MatchError(ContainSubstring("tmpfs is mounted below it")))
		Expect(refusal(filepath.Join(at, "copy"))).To(MatchError(ContainSubstring("mounted below it")))
		Expect(refusal(filepath.Join(at, "copy/b"))).To(MatchError(ContainSubstring("lies on tmpfs, not ext4")))
		single, _ := contents(opened(filepath.Join(at, "copyright")), "")
		Expect(single).To(Equal(map[string]string{"x": "content of copyright/x"}))
	})

	It("is refused when its journal needs a replay that was not done", func() {
		made(whole)
		copied := newImage(64 << 20)
		unix.Sync()
		oracle("cp", image, copied)
		Expect(unix.Unmount(at, 0)).To(Succeed())
		mountAt(attach(copied), at, "ext4", unix.MS_RDONLY, "noload")
		Expect(refusal(at)).To(HaveField("Reason", device.DeviceDirty))
	})

	It("is refused where its device cannot be known or read", func() {
		made(whole)
		readOnly()
		nowhere := device.New(device.Options{LockWait: lockWait, SysFS: os.DirFS(GinkgoT().TempDir())})
		_, err := nowhere.OpenMounted(ctx, at)
		Expect(err).To(MatchError(ContainSubstring("not in sysfs")))
		dev := GinkgoT().TempDir()
		Expect(os.WriteFile(filepath.Join(dev, filepath.Base(node)), nil, 0o600)).To(Succeed())
		_, err = device.New(device.Options{LockWait: lockWait, DevDir: dev}).OpenMounted(ctx, at)
		Expect(err).To(MatchError(ContainSubstring("has become something else")))
	})

	DescribeTable("is read from the image behind a loop device by its owner", func(format func(string) string) {
		made(format)
		readOnly()
		v, err := device.OpenMountedBacking(ctx, d, filepath.Join(at, "copy"))
		Expect(err).NotTo(HaveOccurred())
		single, together := contents(v, "")
		Expect(single).To(Equal(copied))
		Expect(together).To(Equal(files))
		Expect(v.Close()).To(Succeed())
	}, Entry("a whole disk", whole), Entry("a partition", partition))

	It("fails once it becomes writable, because it may change", func() {
		made(whole)
		readOnly()
		v := opened(at)
		single, _ := contents(v, "copy")
		Expect(single).NotTo(BeEmpty())
		Expect(unix.Mount("", at, "", unix.MS_REMOUNT, "")).To(Succeed())
		Expect(v.Walk(ctx, "", func(device.Entry) error { return nil })).To(MatchError(ContainSubstring("become writable")))
		_, err := v.Open(device.Entry{Path: "top", Type: device.Regular})
		Expect(asError(err).Reason).To(Equal(device.DeviceMounted))
	})

	It("stays mounted until it is closed", func() {
		made(whole)
		readOnly()
		v, err := d.OpenMounted(ctx, at)
		Expect(err).NotTo(HaveOccurred())
		Expect(unix.Unmount(at, 0)).To(MatchError(unix.EBUSY))
		Expect(v.Close()).To(Succeed())
		Expect(unix.Unmount(at, 0)).To(Succeed())
	})
})

var _ = Describe("a directory of no use to be read from its device", func() {
	It("is refused with the reason", func() {
		d := device.New(device.Options{LockWait: lockWait})
		_, err := d.OpenMounted(context.Background(), "/proc/self")
		Expect(err).To(MatchError(ContainSubstring("not ext4")))
		_, err = d.OpenMounted(context.Background(), filepath.Join(GinkgoT().TempDir(), "none"))
		Expect(err).To(MatchError(os.ErrNotExist))
		ctx, cancel := context.WithCancel(context.Background())
		cancel()
		_, err = d.OpenMounted(ctx, GinkgoT().TempDir())
		Expect(err).To(MatchError(context.Canceled))
	})
})
