package device_test

import (
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/crypt"
)

const password = "correct horse"

var _ = Describe("an encrypted copy", Label("slow"), func() {
	d := device.New(device.Options{LockWait: lockWait})
	ctx := context.Background()

	// inner is an ext4 with one file.
	inner := func() string {
		dir, root := GinkgoT().TempDir(), GinkgoT().TempDir()
		Expect(os.WriteFile(filepath.Join(root, "photo.jpg"), []byte("inside"), 0o644)).To(Succeed())
		path := filepath.Join(dir, "inner")
		Expect(d.BuildImage(ctx, path, 8<<20, device.BuildOptions{FromDir: root, Label: "inner"})).To(Succeed())
		return path
	}
	trueCrypt := func(plain string) string {
		src, err := os.Open(plain)
		Expect(err).NotTo(HaveOccurred())
		defer src.Close()
		info, err := src.Stat()
		Expect(err).NotTo(HaveOccurred())
		dst, err := os.Create(filepath.Join(GinkgoT().TempDir(), "volume"))
		Expect(err).NotTo(HaveOccurred())
		Expect(crypt.CreateTrueCrypt(ctx, dst, io.NewSectionReader(src, 0, info.Size()), []byte(password), rand.Reader)).To(Succeed())
		Expect(dst.Close()).To(Succeed())
		return dst.Name()
	}
	luks := func(plain string) string {
		dir := GinkgoT().TempDir()
		key, path := filepath.Join(dir, "key"), filepath.Join(dir, "volume")
		Expect(os.WriteFile(key, []byte(password), 0o600)).To(Succeed())
		Expect(os.WriteFile(path, nil, 0o600)).To(Succeed())
		Expect(os.Truncate(path, 24<<20)).To(Succeed())
		oracle("cryptsetup", "luksFormat", "--batch-mode", "--type", "luks1", "--pbkdf-force-iterations", "1000", "--key-file", key, path)
		oracle("qemu-img", "convert", "-q", "-n", "--object", "secret,id=key,file="+key, "-f", "raw", plain, "--target-image-opts", "driver=luks,key-secret=key,file.filename="+path)
		return path
	}
	// inPartition puts a volume into the only partition of a disk.
	inPartition := func(volume string) string {
		path := newImage(64 << 20)
		oracle("sgdisk", "-n", "1:2048:0", path)
		b, err := os.ReadFile(volume)
		Expect(err).NotTo(HaveOccurred())
		poke(path, 1<<20, b)
		return path
	}
	// inFile puts a volume as a file at the root of an ext4.
	inFile := func(names ...string) func(string) string {
		return func(volume string) string {
			root := GinkgoT().TempDir()
			b, err := os.ReadFile(volume)
			Expect(err).NotTo(HaveOccurred())
			for _, n := range names {
				Expect(os.WriteFile(filepath.Join(root, n), b, 0o600)).To(Succeed())
			}
			path := filepath.Join(GinkgoT().TempDir(), "outer")
			Expect(d.BuildImage(ctx, path, 128<<20, device.BuildOptions{FromDir: root})).To(Succeed())
			return path
		}
	}
	content := func(path string, k device.Key) (string, device.FileSystem, error) {
		GinkgoHelper()
		v, err := d.Open(ctx, imageOf(path), k)
		if err != nil {
			return "", device.FileSystem{}, err
		}
		defer v.Close()
		text := ""
		Expect(v.Walk(ctx, "", func(e device.Entry) error {
			if e.Path == "photo.jpg" {
				r, err := v.Open(e)
				Expect(err).NotTo(HaveOccurred())
				b, err := io.ReadAll(io.NewSectionReader(r, 0, e.Size))
				Expect(err).NotTo(HaveOccurred())
				text = string(b)
			}
			return e.Err
		})).To(Succeed())
		return text, v.Info(), nil
	}

	DescribeTable("is opened wherever it lies", func(encrypt func(string) string, lay func(string) string, k device.Key, through string) {
		path := lay(encrypt(inner()))
		before := digest(path)
		text, fs, err := content(path, k)
		Expect(err).NotTo(HaveOccurred())
		Expect(text).To(Equal("inside"))
		Expect(fs).To(And(HaveField("Label", "inner"), HaveField("Encryption", ContainSubstring(through))))
		_, _, err = content(path, device.PasswordKey("guess", k.Container))
		Expect(asError(err).Reason).To(Equal(device.PasswordWrong))
		Expect(err.Error() + asError(err).Remedy).NotTo(ContainSubstring(password))
		Expect(digest(path)).To(Equal(before))
	},
		Entry("TrueCrypt, a file of the job", trueCrypt, inFile("EX1ID.tc"), device.PasswordKey(password, "EX1ID.tc"), "TrueCrypt (AES, sha512)"),
		Entry("TrueCrypt, whatever the case of its name", trueCrypt, inFile("ex1id.TC"), device.PasswordKey(password, "EX1ID.tc"), "TrueCrypt"),
		Entry("TrueCrypt, that of the job among several", trueCrypt, inFile("EX1ID.tc", "a.tc", "z.tc"), device.PasswordKey(password, "EX1ID.tc"), "TrueCrypt"),
		Entry("TrueCrypt, the only container", trueCrypt, inFile("backup.tc", "README"), device.PasswordKey(password, ""), "TrueCrypt"),
		Entry("LUKS, the whole disk", luks, func(v string) string { return v }, device.PasswordKey(password, ""), "LUKS1 (aes-xts-plain64"),
		Entry("LUKS, in a partition", luks, inPartition, device.PasswordKey(password, ""), "LUKS1"),
		Entry("LUKS, a file that is named", luks, inFile("volume.luks"), device.PasswordKey(password, "volume.luks"), "LUKS1"),
		Entry("TrueCrypt in LUKS", func(p string) string { return luks(inFileOf(d, trueCrypt(p))) }, inPartition, device.PasswordKey(password, ""), "in it TrueCrypt"),
	)

	It("opens a TrueCrypt partition, which shows nothing but noise", func() {
		path := inPartition(trueCrypt(inner()))
		Expect(inspect(d, imageOf(path)).Content.Found).To(ContainSubstring("without a known file system"))
		k := device.PasswordKey(password, "")
		k.Format = crypt.TrueCrypt
		text, _, err := content(path, k)
		Expect(err).NotTo(HaveOccurred())
		Expect(text).To(Equal("inside"))
	})

	It("is not looked for where no password is given", func() {
		path := inFile("EX1ID.tc")(trueCrypt(inner()))
		_, fs, err := content(path, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(fs.Encryption).To(BeEmpty())
		_, _, err = content(path, device.PasswordKey("", "EX1ID.tc"))
		Expect(asError(err).Reason).To(Equal(device.PasswordNeeded))
		_, _, err = content(inFile("a.tc", "b.tc")(trueCrypt(inner())), device.PasswordKey(password, ""))
		Expect(asError(err).Reason).To(Equal(device.ContainerUnclear))
	})

	It("ends when its caller does", func() {
		path := inFile("EX1ID.tc")(trueCrypt(inner()))
		ended, cancel := context.WithCancel(ctx)
		cancel()
		_, err := d.Open(ended, imageOf(path), device.PasswordKey(password, "EX1ID.tc"))
		Expect(err).To(MatchError(context.Canceled))
	})
})

// inFileOf is a container in a small ext4, to be encrypted again.
func inFileOf(d *device.Disks, volume string) string {
	GinkgoHelper()
	root := GinkgoT().TempDir()
	Expect(os.Rename(volume, filepath.Join(root, "a.tc"))).To(Succeed())
	path := filepath.Join(GinkgoT().TempDir(), "outer")
	Expect(d.BuildImage(context.Background(), path, 19<<20, device.BuildOptions{FromDir: root})).To(Succeed())
	return path
}
