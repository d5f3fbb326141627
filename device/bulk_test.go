package device_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

var _ = Describe("the files of a volume, many at once", func() {
	It("are found by the places and maps of their entries, without their inodes", func() {
		ctx, d := context.Background(), device.New(device.Options{LockWait: lockWait})
		path := newImage(64 << 20)
		format(d, path, device.NewVolumeID("photos-a", "1"))
		want := map[string][]byte{"empty": {}, "small": []byte("small"), "large": bytes.Repeat([]byte("large"), 200_000)}
		for i := range 20 {
			want[fmt.Sprintf("file-%02d", i)] = bytes.Repeat([]byte{byte(i + 1)}, 100+i*1000)
		}
		for name, content := range want {
			from := filepath.Join(GinkgoT().TempDir(), name)
			Expect(os.WriteFile(from, content, 0o600)).To(Succeed())
			oracle("debugfs", "-w", "-R", "write "+from+" "+name, path+"?offset=1048576")
		}
		v, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(v.Close)

		image, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		given := map[string]device.Entry{}
		var entries []device.Entry
		Expect(v.Walk(ctx, "", func(e device.Entry) error {
			content, ok := want[e.Path]
			switch {
			case !ok || len(content) == 0:
				Expect(e.Place).To(BeEquivalentTo(-1), e.Path)
			default:
				Expect(bytes.Equal(image[e.Place:][:len(content)], content)).To(BeTrue(), "%q lies there on the device", e.Path)
			}
			if ok {
				Expect(e.Map).NotTo(BeEmpty())
				e.Inode = 0 // of no file
				given[e.Path] = e
				entries = append(entries, e)
			}
			return e.Err
		})).To(Succeed())

		last := int64(-1)
		Expect(v.(device.BulkReader).ReadFiles(ctx, entries, func(e device.Entry, file io.ReaderAt, err error) error {
			Expect(err).NotTo(HaveOccurred())
			Expect(e).To(Equal(given[e.Path]))
			Expect(e.Place).To(BeNumerically(">=", last))
			last = e.Place
			content, err := io.ReadAll(io.NewSectionReader(file, 0, e.Size))
			Expect(bytes.Equal(content, want[e.Path])).To(BeTrue(), e.Path)
			delete(given, e.Path)
			return err
		})).To(Succeed())
		Expect(given).To(BeEmpty())
		Expect(entries).To(HaveLen(len(want)))

		By("saying which has no inode, where that is needed")
		Expect(v.(device.BulkReader).ReadFiles(ctx, []device.Entry{{Path: "x", Type: device.Regular, Size: 1}}, func(e device.Entry, file io.ReaderAt, err error) error {
			Expect(err).To(HaveOccurred())
			Expect(file).To(BeNil())
			Expect(e.Path).To(Equal("x"))
			return nil
		})).To(Succeed())
	})
})
