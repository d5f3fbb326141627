package device_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/ext4"
)

var _ = Describe("what goes wrong", func() {
	d := device.New(device.Options{LockWait: lockWait})
	v := device.NewVolumeID("photos-a", "1")
	ctx := context.Background()
	debugfs := func(path, request string) { oracle("debugfs", "-w", "-R", request, path+"?offset=1048576") }
	open := func(path string) *device.Error {
		GinkgoHelper()
		_, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).To(HaveOccurred())
		Expect(asError(err).Remedy).NotTo(BeEmpty())
		return asError(err)
	}
	fakeTool := func(name, script string) *device.Disks {
		dir := GinkgoT().TempDir()
		for _, tool := range []string{"mkfs.ext4", "debugfs", "e2fsck"} {
			path, err := device.FindTool(tool)
			Expect(err).NotTo(HaveOccurred())
			Expect(os.Symlink(path, filepath.Join(dir, tool))).To(Succeed())
		}
		Expect(os.Remove(filepath.Join(dir, name))).To(Succeed())
		if script != "" {
			Expect(os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755)).To(Succeed())
		}
		return device.New(device.Options{ToolDirs: []string{dir}})
	}

	It("is a journal that needs a replay", func() {
		path := newImage(32 << 20)
		format(d, path, v)
		debugfs(path, "feature +needs_recovery")
		st := inspect(d, imageOf(path))
		Expect(st.Content.FileSystem.Dirty).To(BeTrue())
		Expect(st.Relation(v)).To(Equal(device.OursLoaded))
		Expect(open(path)).To(And(HaveField("Reason", device.DeviceDirty), HaveField("Remedy", ContainSubstring("e2fsck"))))
		err := d.WriteSignature(ctx, device.SignatureTarget{Selector: imageOf(path), FileSystemUUID: v.UUID}, []byte("x"))
		Expect(asError(err).Reason).To(Equal(device.DeviceDirty))
	})

	It("is a feature that we cannot read", func() {
		path := newImage(32 << 20)
		format(d, path, v)
		poke(path, 1<<20+1024+0x63, []byte{0x80}) // the highest bit of s_feature_incompat
		Expect(open(path).Reason).To(BeElementOf(device.DeviceUnsupported, device.DeviceIO))
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.Foreign))
	})

	It("is a primary table that is broken: the backup is used", func() {
		path := newImage(32 << 20)
		format(d, path, v)
		poke(path, 0, make([]byte, 4096))
		st := inspect(d, imageOf(path))
		Expect(st.Content.Found).To(ContainSubstring("backup"))
		Expect(st.Relation(v)).To(Equal(device.OursEmpty))
		vol, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(vol.Close()).To(Succeed())
	})

	It("is not a file that looks like another file system", func() {
		path := newImage(32 << 20)
		format(d, path, v)
		poke(path, 1<<20+32769, []byte("CD001"))
		Expect(inspect(d, imageOf(path)).Content.FileSystem.Type).To(Equal(device.Ext4))
	})

	It("is a volume whose bitmaps are behind, as a killed debugfs leaves it", func() {
		path := newImage(32 << 20)
		format(d, path, v)
		t := device.SignatureTarget{Selector: imageOf(path), FileSystemUUID: v.UUID}
		Expect(d.WriteSignature(ctx, t, []byte("text"))).To(Succeed())
		debugfs(path, "freei <12>")
		Expect(d.WriteSignature(ctx, t, []byte("text"))).To(Succeed())
		oracle("e2fsck", "-fn", path+"?offset=1048576")
	})

	It("is a directory by the name of SIGNATURE", func() {
		path := newImage(32 << 20)
		format(d, path, v)
		debugfs(path, "mkdir SIGNATURE")
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.OursLoaded))
		err := d.WriteSignature(ctx, device.SignatureTarget{Selector: imageOf(path), FileSystemUUID: v.UUID}, []byte("x"))
		Expect(asError(err).Reason).To(Equal(device.DeviceHasData))
	})

	It("is a tool that is not installed: nothing is begun", func() {
		path := newImage(32 << 20)
		none := device.New(device.Options{ToolDirs: []string{GinkgoT().TempDir()}})
		err := none.Format(ctx, claim(none, imageOf(path), v), v)
		Expect(asError(err)).To(And(HaveField("Reason", device.ToolMissing), HaveField("Remedy", ContainSubstring("apt-get install e2fsprogs"))))
		Expect(inspect(d, imageOf(path)).Content.Blank).To(BeTrue())
	})

	It("is a tool that fails: its words and a line to paste are kept", func() {
		path := newImage(32 << 20)
		broken := fakeTool("mkfs.ext4", `echo "cannot, $2" >&2; exit 9`)
		err := broken.Format(ctx, claim(broken, imageOf(path), v), v)
		Expect(asError(err).Reason).To(Equal(device.ToolFailed))
		var tool *device.ToolError
		Expect(asError(err).Err).To(BeAssignableToTypeOf(tool))
		Expect(err.Error()).To(And(ContainSubstring("exit code 9: cannot, -b"), ContainSubstring("-U "+v.UUID+" -L s3x-photos-a "+path+" ")))
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.HalfMade))
	})

	It("is a tool that fails on the drive of an older run: what was there is not taken for new", func() {
		path := newImage(32 << 20)
		old := device.NewVolumeID("photos-a", "0")
		format(d, path, old)
		debugfs(path, "mkdir photos")
		broken := fakeTool("mkfs.ext4", "exit 9")
		Expect(asError(broken.Format(ctx, claim(broken, imageOf(path), v, old), v)).Reason).To(Equal(device.ToolFailed))
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.HalfMade))
		format(d, path, v)
	})

	It("is a tool that does nothing: what was not written is not read back", func() {
		path := newImage(32 << 20)
		lazy := fakeTool("mkfs.ext4", "exit 0")
		Expect(asError(lazy.Format(ctx, claim(lazy, imageOf(path), v), v)).Reason).To(Equal(device.DeviceIO))
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.HalfMade))
		format(d, path, v)
		lazy = fakeTool("debugfs", "exit 0")
		err := lazy.WriteSignature(ctx, device.SignatureTarget{Selector: imageOf(path), FileSystemUUID: v.UUID}, []byte("x"))
		Expect(asError(err)).To(And(HaveField("Reason", device.DeviceIO), HaveField("Message", ContainSubstring("0 of 1 bytes"))))
	})

	It("is a caller who gives up during mkfs: it ends first", func() {
		path := newImage(32 << 20)
		mkfs, err := device.FindTool("mkfs.ext4")
		Expect(err).NotTo(HaveOccurred())
		ctx, cancel := context.WithCancel(ctx)
		defer cancel()
		marker := filepath.Join(GinkgoT().TempDir(), "begun")
		slow := fakeTool("mkfs.ext4", fmt.Sprintf(": > %s; while [ -e %s ]; do :; done; exec %s \"$@\"", marker, marker, mkfs))
		c := claim(slow, imageOf(path), v)
		done := make(chan error, 1)
		go func() { done <- slow.Format(ctx, c, v) }()
		Eventually(marker).WithTimeout(10 * 1e9).Should(BeAnExistingFile())
		cancel()
		Consistently(done).WithTimeout(1e8).ShouldNot(Receive())
		Expect(os.Remove(marker)).To(Succeed())
		Eventually(done).WithTimeout(10 * 1e9).Should(Receive(MatchError(context.Canceled)))
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.HalfMade))
	})

	It("is a full disk below the image", Label("root"), func() {
		if os.Geteuid() != 0 {
			Skip("needs root: a small tmpfs is mounted")
		}
		dir := GinkgoT().TempDir()
		Expect(unix.Mount("tmpfs", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, "size=104k")).To(Succeed())
		DeferCleanup(func() { Expect(unix.Unmount(dir, 0)).To(Succeed()) })
		path := filepath.Join(dir, "drive.img")
		Expect(os.WriteFile(path, nil, 0o644)).To(Succeed())
		Expect(os.Truncate(path, 64<<20)).To(Succeed())
		err := d.Format(ctx, claim(d, imageOf(path), v), v)
		Expect(asError(err)).To(And(HaveField("Reason", device.DeviceFull), HaveField("Remedy", ContainSubstring("make room"))))
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.HalfMade))
		Expect(unix.Mount("tmpfs", dir, "tmpfs", unix.MS_REMOUNT, "size=32m")).To(Succeed())
		format(d, path, v)
	})
})

var _ = Describe("a drive that shows less than it did", func() {
	d := device.New(device.Options{LockWait: lockWait})
	ctx := context.Background()

	It("is read where it still reaches, and each file beyond is an error with its place", func() {
		path, v := newImage(64<<20), device.NewVolumeID("photos-a", "1")
		format(d, path, v)
		source := filepath.Join(GinkgoT().TempDir(), "file")
		Expect(os.WriteFile(source, bytes.Repeat([]byte("data"), 1<<20), 0o644)).To(Succeed())
		for i := range 12 {
			oracle("debugfs", "-w", "-R", fmt.Sprintf("write %s file-%02d", source, i), path+"?offset=1048576")
		}
		Expect(os.Truncate(path, 44<<20)).To(Succeed())
		st := inspect(d, imageOf(path))
		Expect(st.Content.Missing).To(BeEquivalentTo(20 << 20))
		_, r := st.Claim(device.NewVolumeID("photos-a", "2"), v)
		Expect(r).To(HaveField("Reason", device.DeviceShrank))

		vol, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).NotTo(HaveOccurred())
		defer vol.Close()
		whole, cut := 0, 0
		Expect(vol.Walk(ctx, "", func(e device.Entry) error {
			if e.Type != device.Regular {
				return e.Err
			}
			file, err := vol.Open(e)
			Expect(err).NotTo(HaveOccurred())
			b := make([]byte, e.Size)
			n, err := file.ReadAt(b, 0)
			var bad *device.ReadError
			if errors.As(err, &bad) {
				cut++
				Expect(bad.Offset).To(BeNumerically(">=", 44<<20))
				Expect(bad.Err).To(MatchError(ext4.ErrDeviceEnds))
				Expect(string(b[:n])).To(Equal(strings.Repeat("data", n/4)), "all that is there is read")
				return nil
			}
			whole++
			Expect(n).To(Equal(len(b)))
			return nil
		})).To(Succeed())
		Expect(whole).To(BeNumerically(">", 4))
		Expect(cut).To(BeNumerically(">", 2))
		Expect(whole + cut).To(Equal(12))
	})
})
