package device_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("an image file as a disk", func() {
	v := device.NewVolumeID("photos-a", "1")
	d := device.New(device.Options{LockWait: lockWait})
	signature := []byte("version:2.0\nsigningMethod:HmacSHA1\njobId:EX1ID\nsignature:ktKDXpdbEXAMPLEyGFJmQO744UHw=\n")

	It("goes from blank to signed and read", func() {
		path := newImage(64 << 20)
		st := inspect(d, imageOf(path))
		Expect(st.Presence).To(Equal(device.Present))
		Expect(st.Identity).To(And(HaveField("Kind", device.Image), HaveField("Serial", "IMG-test"), HaveField("Size", int64(64<<20))))
		Expect(st.Relation(v)).To(Equal(device.Blank))

		format(d, path, v)
		st = inspect(d, imageOf(path))
		Expect(st.Relation(v)).To(Equal(device.OursEmpty))
		Expect(st.Content.Partitions).To(ConsistOf(device.Partition{
			Number: 1, GUID: v.PartitionGUID, Type: device.LinuxData, Name: "s3x-photos-a", Start: 1 << 20, Size: 62 << 20,
		}))
		Expect(oracle("sgdisk", "-v", path)).To(ContainSubstring("No problems found"))
		oracle("e2fsck", "-fn", path+"?offset=1048576")

		t := device.SignatureTarget{Selector: imageOf(path), FileSystemUUID: v.UUID}
		Expect(d.WriteSignature(context.Background(), t, signature)).To(Succeed())
		st = inspect(d, imageOf(path))
		Expect(st.Content.FileSystem.Signature).To(Equal(string(signature)))
		Expect(st.Relation(v)).To(Equal(device.OursEmpty))
		oracle("e2fsck", "-fn", path+"?offset=1048576")

		By("leaving an equal one alone")
		before := digest(path)
		Expect(d.WriteSignature(context.Background(), t, signature)).To(Succeed())
		Expect(digest(path)).To(Equal(before))

		By("replacing another one")
		Expect(d.WriteSignature(context.Background(), t, []byte("another, which has no final newline"))).To(Succeed())
		Expect(inspect(d, imageOf(path)).Content.FileSystem.Signature).To(Equal("another, which has no final newline"))
		oracle("e2fsck", "-fn", path+"?offset=1048576")
	})

	It("is not called in use because somebody has it locked for a moment, as udev does", func() {
		path := newImage(64 << 20)
		other, err := os.Open(path)
		Expect(err).NotTo(HaveOccurred())
		defer other.Close()
		fd := int(other.Fd())
		Expect(unix.Flock(fd, unix.LOCK_EX)).To(Succeed())
		Expect(inspect(d, imageOf(path)).Use.Holders).To(ConsistOf("another process has it locked"))

		released := make(chan struct{})
		defer func() { <-released }()
		time.AfterFunc(lockWait, func() {
			defer close(released)
			_ = unix.Flock(fd, unix.LOCK_UN)
		})
		patient := device.New(device.Options{LockWait: time.Minute})
		Expect(inspect(patient, imageOf(path)).Use.Holders).To(BeEmpty())
	})

	DescribeTable("makes volumes of every size that tools accept", func(size int64) {
		path := newImage(size)
		format(d, path, v)
		Expect(inspect(d, imageOf(path)).Relation(v)).To(Equal(device.OursEmpty))
		oracle("e2fsck", "-fn", path+"?offset=1048576")
		Expect(oracle("sgdisk", "-v", path)).To(ContainSubstring("No problems found"))
	},
		Entry("the smallest", int64(device.MinSize)),
		Entry("one sector more", int64(device.MinSize+512)),
		Entry("the largest whose bytes are all read", int64(device.ScanAll)),
		Entry("odd", int64(100<<20+3584)),
		Entry("1 GiB", int64(1<<30)),
	)

	It("refuses one that is too small", func() {
		path := newImage(device.MinSize - 512)
		_, r := inspect(d, imageOf(path)).Claim(v)
		Expect(r).To(HaveField("Reason", device.DeviceTooSmall))
	})

	It("takes the volume of an older run only when it is told so", func() {
		path := newImage(32 << 20)
		old := device.NewVolumeID("photos-a", "0")
		format(d, path, old)
		Expect(d.WriteSignature(context.Background(), device.SignatureTarget{imageOf(path), old.UUID}, signature)).To(Succeed())
		_, r := inspect(d, imageOf(path)).Claim(v)
		Expect(r).To(HaveField("Reason", device.DeviceForeign))
		c := claim(d, imageOf(path), v, old)
		Expect(d.Format(context.Background(), c, v)).To(Succeed())
		st := inspect(d, imageOf(path))
		Expect(st.Relation(v)).To(Equal(device.OursEmpty))
		Expect(st.Content.FileSystem.Signature).To(BeEmpty())
	})

	It("reads a volume that a directory was copied into", func() {
		from := GinkgoT().TempDir()
		Expect(os.MkdirAll(filepath.Join(from, "photos", "2026"), 0o755)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(from, "photos", "2026", "a.jpg"), []byte(strings.Repeat("jpeg", 5000)), 0o644)).To(Succeed())
		Expect(os.WriteFile(filepath.Join(from, "photos", "2026-x"), nil, 0o644)).To(Succeed())
		path := filepath.Join(GinkgoT().TempDir(), "new.img")
		o := device.BuildOptions{UUID: "0a4a4f0e-6fb4-4a35-9b2c-a6f7fd5a6a11", Label: "AWS", FromDir: from}
		Expect(d.BuildImage(context.Background(), path, 32<<20, o)).To(Succeed())
		oracle("e2fsck", "-fn", path)

		vol, err := d.Open(context.Background(), imageOf(path), device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(vol.Info()).To(And(HaveField("UUID", o.UUID), HaveField("Label", "AWS"), HaveField("HasFiles", true)))
		var seen []string
		var file device.Entry
		Expect(vol.Walk(context.Background(), "photos", func(e device.Entry) error {
			seen = append(seen, e.Path)
			if e.Type == device.Regular && e.Size > 0 {
				file = e
			}
			return e.Err
		})).To(Succeed())
		Expect(seen).To(Equal([]string{"photos/2026-x", "photos/2026", "photos/2026/a.jpg"}))
		r, err := vol.Open(file)
		Expect(err).NotTo(HaveOccurred())
		b := make([]byte, file.Size)
		_, err = r.ReadAt(b, 0)
		Expect(err).NotTo(HaveOccurred())
		Expect(string(b)).To(Equal(strings.Repeat("jpeg", 5000)))

		By("refusing writers while it is read")
		err = d.WriteSignature(context.Background(), device.SignatureTarget{imageOf(path), o.UUID}, []byte("x"))
		Expect(asError(err).Reason).To(Equal(device.DeviceInUse))
		Expect(vol.Close()).To(Succeed())
		Expect(vol.Close()).To(Succeed())
		Expect(d.WriteSignature(context.Background(), device.SignatureTarget{imageOf(path), o.UUID}, []byte("x"))).To(Succeed())

		By("refusing a path that exists")
		before := digest(path)
		Expect(asError(d.BuildImage(context.Background(), path, 32<<20, o)).Remedy).NotTo(BeEmpty())
		Expect(digest(path)).To(Equal(before))
	})
})
