package device_test

import (
	"context"
	"io"
	"os"
	"unsafe"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

// kept counts the bytes of a file that the kernel keeps in memory (mincore(2)).
func kept(path string) int {
	GinkgoHelper()
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	defer func() { Expect(f.Close()).To(Succeed()) }()
	size, err := f.Seek(0, io.SeekEnd)
	Expect(err).NotTo(HaveOccurred())
	data, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_SHARED)
	Expect(err).NotTo(HaveOccurred())
	defer func() { Expect(unix.Munmap(data)).To(Succeed()) }()
	page := os.Getpagesize()
	seen := make([]byte, (len(data)+page-1)/page)
	_, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)), uintptr(unsafe.Pointer(&seen[0])))
	Expect(errno).To(BeZero())
	n := 0
	for _, s := range seen {
		n += int(s&1) * page
	}
	return n
}

// readIn has the kernel keep a file in memory.
func readIn(path string) {
	GinkgoHelper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	Expect(err).NotTo(HaveOccurred())
	Expect(f.Sync()).To(Succeed())
	_, err = io.Copy(io.Discard, f)
	Expect(err).NotTo(HaveOccurred())
	Expect(f.Close()).To(Succeed())
}

var _ = Describe("what the kernel keeps of a drive in memory", func() {
	const size = 64 << 20
	ctx := context.Background()
	d := device.New(device.Options{LockWait: lockWait})

	It("is not what is read of an image", func() {
		path := newImage(size)
		format(d, path, device.NewVolumeID("photos-a", "1"))
		readIn(path)
		Expect(kept(path)).To(BeNumerically(">", size/2))
		v, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).NotTo(HaveOccurred())
		if kept(path) == size {
			Skip("the temporary directory has no disk")
		}
		Expect(kept(path)).To(BeNumerically("<", size/2))
		Expect(v.Close()).To(Succeed())
	})

	It("is not what is read of a block device", Label("root"), func() {
		needRoot()
		path := newImage(size)
		format(d, path, device.NewVolumeID("photos-a", "1"))
		node := attach(path)
		f, err := os.Open(node) // with its last user all that is kept would go
		Expect(err).NotTo(HaveOccurred())
		defer func() { Expect(f.Close()).To(Succeed()) }()
		readIn(node)
		Expect(kept(node)).To(BeNumerically(">", size/2))
		v, err := d.Open(ctx, device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(kept(node)).To(BeNumerically("<", size/2))
		Expect(v.Close()).To(Succeed())
	})
})
