package device_test

import (
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("the names at the root of a device", func() {
	d := device.New(device.Options{LockWait: lockWait})

	It("are those of its file system", func() {
		source := GinkgoT().TempDir()
		for _, name := range []string{"b.tc", "a"} {
			Expect(os.WriteFile(filepath.Join(source, name), nil, 0o644)).To(Succeed())
		}
		path := newImage(device.MinSize)
		oracle("mkfs.ext4", "-q", "-F", "-d", source, path)
		Expect(d.RootNames(GinkgoT().Context(), imageOf(path), device.Key{}, 10)).To(Equal([]string{"a", "b.tc", "lost+found"}))
	})

	It("are refused as the file system is", func() {
		_, err := d.RootNames(GinkgoT().Context(), imageOf(newImage(device.MinSize)), device.Key{}, 10)
		Expect(asError(err).Reason).To(Equal(device.DeviceForeign))
	})
})
