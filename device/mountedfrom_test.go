package device_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("where a drive is mounted", Label("root"), func() {
	d := device.New(device.Options{LockWait: lockWait})
	// mountedImage is an image with an ext4, and where it is mounted.
	mountedImage := func() (image, at string) {
		GinkgoHelper()
		needRoot()
		image, at = newImage(64<<20), GinkgoT().TempDir()
		oracle("mkfs.ext4", "-q", "-F", image)
		mountAt(attach(image), at, "ext4", 0, "")
		return image, at
	}
	is := func(dir, image string) bool {
		GinkgoHelper()
		yes, err := d.MountedFrom(dir, inspect(d, imageOf(image)))
		Expect(err).NotTo(HaveOccurred())
		return yes
	}

	It("is told from a folder of it, and from where another one is mounted", func() {
		image, at := mountedImage()
		other, elsewhere := mountedImage()
		Expect(os.Mkdir(filepath.Join(at, "folder"), 0o755)).To(Succeed())
		bound := GinkgoT().TempDir()
		mountAt(filepath.Join(at, "folder"), bound, "", unix.MS_BIND, "")
		Expect(is(at, image)).To(BeTrue())
		Expect(is(elsewhere, other)).To(BeTrue())
		Expect(is(elsewhere, image)).To(BeFalse())
		Expect(is(filepath.Join(at, "folder"), image)).To(BeFalse())
		Expect(is(bound, image)).To(BeFalse())
		clone := filepath.Join(GinkgoT().TempDir(), "clone.img")
		oracle("cp", "--sparse=always", image, clone)
		Expect(is(at, clone)).To(BeFalse())

		By("another file system of the same image")
		st := inspect(d, imageOf(image))
		fs := *st.Content.FileSystem
		fs.UUID = "0a4a4f0e-6fb4-4a35-9b2c-a6f7fd5a6a11"
		st.Content.FileSystem = &fs
		Expect(d.MountedFrom(at, st)).To(BeFalse())
	})

	It("cannot be told of what lies on no disk", func() {
		image, _ := mountedImage()
		dir := GinkgoT().TempDir()
		mountAt("tmpfs", dir, "tmpfs", 0, "size=1m")
		_, err := d.MountedFrom(dir, inspect(d, imageOf(image)))
		Expect(asError(err)).To(And(HaveField("Reason", device.DeviceUnsupported), HaveField("Remedy", Not(BeEmpty()))))
		_, err = d.MountedFrom(filepath.Join(dir, "none"), inspect(d, imageOf(image)))
		Expect(err).To(MatchError(os.ErrNotExist))
	})
})
