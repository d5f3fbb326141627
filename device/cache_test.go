package device_test

import (
	"bytes"
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

// needDisk skips where files are in memory only, as in tmpfs.
func needDisk(path string) {
	GinkgoHelper()
	f, err := os.Open(path)
	Expect(err).NotTo(HaveOccurred())
	defer func() { Expect(f.Close()).To(Succeed()) }()
	Expect(unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)).To(Succeed())
	if kept(path) > 0 {
		Skip("the temporary directory has no disk")
	}
}

var _ = Describe("what the kernel keeps of a drive in memory", func() {
	const size = 64 << 20
	ctx := context.Background()
	d := device.New(device.Options{LockWait: lockWait})

	It("is not what is read of an image", func() {
		path := newImage(size)
		format(d, path, device.NewVolumeID("photos-a", "1"))
		needDisk(path)
		readIn(path)
		Expect(kept(path)).To(Equal(size))
		v, err := d.Open(ctx, imageOf(path), device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(kept(path)).To(BeNumerically("<", size/2))
		Expect(v.Close()).To(Succeed())
	})

	It("is not what is read of a block device", Label("root"), func() {
		needRoot()
		path := newImage(size)
		id := device.NewVolumeID("photos-a", "1")
		format(d, path, id)
		Expect(d.WriteSignature(ctx, device.SignatureTarget{Selector: imageOf(path), FileSystemUUID: id.UUID}, []byte("signature of old"))).To(Succeed())
		s := device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}
		node := attach(path)
		f, err := os.Open(node) // with its last user all that is kept would go
		Expect(err).NotTo(HaveOccurred())
		defer func() { Expect(f.Close()).To(Succeed()) }()
		readIn(node)

		By("changing the medium behind the kernel's back")
		image, err := os.ReadFile(path)
		Expect(err).NotTo(HaveOccurred())
		poke(path, int64(bytes.Index(image, []byte("signature of old"))), []byte("signature of new"))
		v, err := d.Open(ctx, s, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		Expect(v.Info().Signature).To(Equal("signature of new"))
		Expect(v.Close()).To(Succeed())
	})
})
