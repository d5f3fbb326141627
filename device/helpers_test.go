package device_test

import (
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"

	"github.com/cargomedia/s3export/device"
)

// lockWait is short, because nothing that a test locks is free soon.
const lockWait = 60 * time.Millisecond

// newImage makes a sparse file of the given size.
func newImage(size int64) string {
	GinkgoHelper()
	path := filepath.Join(GinkgoT().TempDir(), "drive.img")
	Expect(os.WriteFile(path, nil, 0o644)).To(Succeed())
	Expect(os.Truncate(path, size)).To(Succeed())
	return path
}

func imageOf(path string) device.Selector { return device.Selector{Image: path, Serial: "IMG-test"} }

func inspect(d *device.Disks, s device.Selector) device.State {
	GinkgoHelper()
	st, err := d.Inspect(GinkgoT().Context(), s)
	Expect(err).NotTo(HaveOccurred())
	return st
}

func claim(d *device.Disks, s device.Selector, v device.VolumeID, replaces ...device.VolumeID) device.Claim {
	GinkgoHelper()
	c, r := inspect(d, s).Claim(v, replaces...)
	Expect(r).NotTo(HaveOccurred())
	return c
}

// format formats an image for v.
func format(d *device.Disks, path string, v device.VolumeID) {
	GinkgoHelper()
	Expect(d.Format(GinkgoT().Context(), claim(d, imageOf(path), v), v)).To(Succeed())
}

func poke(path string, at int64, b []byte) {
	GinkgoHelper()
	f, err := os.OpenFile(path, os.O_WRONLY, 0)
	Expect(err).NotTo(HaveOccurred())
	_, err = f.WriteAt(b, at)
	Expect(err).NotTo(HaveOccurred())
	Expect(f.Close()).To(Succeed())
}

// digest sums up a file, or the medium of a block device. It must be fast, not safe.
func digest(path string) string {
	GinkgoHelper()
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	defer f.Close()
	h := crc32.New(crc32.MakeTable(crc32.Castagnoli))
	_, err = io.Copy(h, f)
	Expect(err).NotTo(HaveOccurred())
	return fmt.Sprintf("%x", h.Sum(nil))
}

// digestOf sums up bytes as digest does.
func digestOf(b []byte) string {
	return fmt.Sprintf("%x", crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)))
}

// sectionOf is what a file system fills of a device.
func sectionOf(r io.ReaderAt, fs *device.FileSystem) io.ReaderAt {
	return io.NewSectionReader(r, fs.Offset, fs.Length)
}

// oracle runs a tool of the system that judges our work; it skips aloud when the
// tool is not there.
func oracle(name string, args ...string) string {
	GinkgoHelper()
	path, err := device.FindTool(name)
	if err != nil {
		Skip(name + " is not installed")
	}
	out, err := exec.Command(path, args...).CombinedOutput()
	Expect(err).NotTo(HaveOccurred(), "%s %v: %s", name, args, out)
	return string(out)
}

func asError(err error) *device.Error {
	GinkgoHelper()
	var e *device.Error
	Expect(err).To(BeAssignableToTypeOf(e))
	return err.(*device.Error) //nolint:errorlint // checked above
}
