package device_test

import (
	"context"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/crypt"
)

// The mapping itself is tested on the machine of device/machine, because many hosts lack
// dm-crypt.
var _ = Describe("an encrypted volume", Label("root"), func() {
	d := device.New(device.Options{LockWait: lockWait, WeakKeys: true})
	v := device.NewVolumeID("photos-a", "1")
	ctx := context.Background()
	keys := []device.Key{device.PasswordKey("correct horse", ""), {Secret: crypt.Secret{Keyfiles: [][]byte{{0, 1, '\n', 2}}}}}
	BeforeEach(needRoot)

	// encrypted is the drive as FormatEncrypted leaves it, but for what is in it.
	encrypted := func() string {
		GinkgoHelper()
		_ = oracle("cryptsetup", "--version")
		path := newImage(64 << 20)
		format(d, path, v)
		Expect(d.LUKSFormat(ctx, path, v, keys)).To(Succeed())
		return path
	}

	It("opens with each of its keys, and no other", func() {
		path := encrypted()
		f, err := os.Open(path)
		Expect(err).NotTo(HaveOccurred())
		defer f.Close()
		at := inspect(d, imageOf(path)).Content.FileSystem
		for _, k := range keys {
			opened, err := crypt.Open(ctx, sectionOf(f, at), at.Length, k.Secret)
			Expect(err).NotTo(HaveOccurred())
			Expect(opened.Info()).To(And(HaveField("Cipher", "aes-xts-plain64"), HaveField("Hash", "argon2id"),
				HaveField("SectorSize", 4096), HaveField("Label", v.Label)))
			Expect(opened.Size()).To(Equal(at.Length - 16<<20))
		}
		_, err = crypt.Open(ctx, sectionOf(f, at), at.Length, crypt.Secret{Password: []byte("wrong")})
		Expect(err).To(HaveOccurred())
	})

	It("is ours, is never erased without a word, and is known as unfinished", func() {
		path := encrypted()
		st := inspect(d, imageOf(path))
		Expect(st.Relation(v)).To(Equal(device.OursLoaded))
		Expect(st.Relation(device.NewVolumeID("photos-a", "2"))).To(Equal(device.Foreign))
		_, r := st.Claim(v)
		Expect(r).To(HaveField("Reason", device.DeviceHasData))
		claim(d, imageOf(path), device.NewVolumeID("photos-a", "2"), v)
		st.Content.Partitions[0].Name = device.UnfinishedName
		Expect(st.Relation(v)).To(Equal(device.HalfMade))
		st.Content.FileSystem.UUID = "1b0c1f6e-0f0a-4d6e-9a39-000000000000"
		Expect(st.Relation(v)).To(Equal(device.Foreign))
	})

	It("is replaced by a plain one without a trace", func() {
		path := encrypted()
		other := device.NewVolumeID("photos-a", "2")
		Expect(d.Format(ctx, claim(d, imageOf(path), other, v), other)).To(Succeed())
		Expect(inspect(d, imageOf(path)).Relation(other)).To(Equal(device.OursEmpty))
	})

	It("gives away its header as cryptsetup does", func() {
		path := encrypted()
		header, err := d.LUKSHeader(ctx, imageOf(path), v)
		Expect(err).NotTo(HaveOccurred())
		loop, backup := attach(path), filepath.Join(GinkgoT().TempDir(), "header")
		oracle("partx", "-u", loop)
		oracle("cryptsetup", "luksHeaderBackup", "--header-backup-file", backup, loop+"p1")
		Expect(digestOf(header)).To(Equal(digest(backup)))
		_, err = d.LUKSHeader(ctx, imageOf(path), device.NewVolumeID("photos-a", "2"))
		Expect(asError(err).Reason).To(Equal(device.DeviceChanged))
	})

	It("is not mounted without a key, nor by a host that cannot", func() {
		path := encrypted()
		_, err := d.Mount(ctx, imageOf(path), v, device.Key{})
		Expect(asError(err).Reason).To(Equal(device.PasswordNeeded))
		_, err = d.Mount(ctx, imageOf(path), device.NewVolumeID("photos-a", "2"), keys[0])
		Expect(asError(err).Reason).To(Equal(device.DeviceForeign))
		without := device.New(device.Options{DevDir: GinkgoT().TempDir(), LockWait: lockWait})
		_, err = without.Mount(ctx, imageOf(path), v, keys[0])
		Expect(asError(err)).To(And(HaveField("Reason", device.DeviceUnsupported), HaveField("Remedy", ContainSubstring("modprobe dm-crypt"))))
		Eventually(func() device.Use { return inspect(d, imageOf(path)).Use }).Should(Equal(device.Use{}))
	})

	DescribeTable("is not begun where it cannot be made", func(size int64, o device.Options, keys []device.Key, want device.Reason) {
		if want == device.DeviceUnsupported {
			_ = oracle("cryptsetup", "--version")
		}
		path := newImage(size)
		d := device.New(o)
		err := d.FormatEncrypted(ctx, claim(d, imageOf(path), v), v, keys)
		Expect(asError(err).Reason).To(Equal(want))
		Expect(asError(err).Remedy).NotTo(BeEmpty())
		Expect(inspect(d, imageOf(path)).Content.Blank).To(BeTrue())
	},
		Entry("with no key", int64(64<<20), device.Options{}, nil, device.PasswordNeeded),
		Entry("with an empty key", int64(64<<20), device.Options{}, []device.Key{keys[0], {}}, device.PasswordNeeded),
		Entry("with a key of two parts", int64(64<<20), device.Options{}, []device.Key{{Secret: crypt.Secret{Password: []byte("a"), Keyfiles: [][]byte{{1}}}}}, device.PasswordNeeded),
		Entry("without the kernel's part", int64(64<<20), device.Options{DevDir: "/nowhere"}, keys, device.DeviceUnsupported),
		Entry("without the tools", int64(64<<20), device.Options{ToolDirs: []string{"/nowhere"}}, keys, device.ToolMissing),
	)
})
