package device_test

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
)

// soon is what a person at the desk calls at once.
const soon = 2 * time.Second

// seen is what a watcher tells.
type seen struct {
	name     string
	presence device.Presence
}

// watch follows one device of this host until the spec ends.
func watch(s device.Selector) <-chan seen {
	GinkgoHelper()
	return watchOn(device.New(device.Options{}), s)
}

func watchOn(d *device.Disks, s device.Selector) <-chan seen {
	GinkgoHelper()
	w := device.NewWatcher(d)
	w.Follow(map[string]device.Selector{"photos-a": s})
	ctx, stop := context.WithCancel(context.Background())
	told, ended := make(chan seen, 100), make(chan struct{})
	go func() {
		defer close(ended)
		w.Run(ctx, func(name string, p device.Presence) { told <- seen{name, p} })
	}()
	DeferCleanup(func() {
		stop()
		Eventually(ended).Should(BeClosed())
	})
	return told
}

var _ = Describe("hot-plug", func() {
	It("tells of an image that comes and goes", func() {
		path := filepath.Join(GinkgoT().TempDir(), "drive.img")
		told := watch(device.Selector{Image: path, Serial: "IMG-a"})
		Expect(os.Rename(newImage(1<<20), path)).To(Succeed())
		Eventually(told).WithTimeout(soon).Should(Receive(Equal(seen{"photos-a", device.Present})))
		Expect(os.Remove(path)).To(Succeed())
		Eventually(told).WithTimeout(soon).Should(Receive(Equal(seen{"photos-a", device.Absent})))
	})

	It("tells of a drive that is unlocked, and locked again", func() {
		h := newHost()
		h.disk("pci0000:00/usb/block/sdb", "size=0", "serial=PIN-1", "device/model=Padlock")
		told := watchOn(h.disks(), device.Selector{Serial: "PIN-1"})
		size := filepath.Join(h.dir, "sys/block/sdb/size")
		Expect(os.WriteFile(size, []byte("4096\n"), 0o644)).To(Succeed())
		Eventually(told).WithTimeout(soon).Should(Receive(Equal(seen{"photos-a", device.Present})))
		Expect(os.WriteFile(size, []byte("0\n"), 0o644)).To(Succeed())
		Eventually(told).WithTimeout(soon).Should(Receive(Equal(seen{"photos-a", device.Unknown})))
	})

	Describe("of block devices", Label("root"), func() {
		BeforeEach(needRoot)

		It("tells of a disk that comes and goes", func() {
			path := newImage(1 << 20)
			told := watch(device.Selector{Serial: inspect(device.New(device.Options{}), imageOf(path)).Identity.Backing})
			node := attach(path)
			Eventually(told).WithTimeout(soon).Should(Receive(Equal(seen{"photos-a", device.Present})))
			detach(node)
			Eventually(told).WithTimeout(soon).Should(Receive(Equal(seen{"photos-a", device.Absent})))
		})

		It("hears the kernel", func() {
			ctx, stop := context.WithCancel(context.Background())
			defer stop()
			hints := device.KernelHints(ctx)
			Consistently(hints).WithTimeout(100 * time.Millisecond).ShouldNot(BeClosed())
			node := attach(newImage(1 << 20))
			Eventually(hints).WithTimeout(soon).Should(Receive())
			detach(node)
			Eventually(hints).WithTimeout(soon).Should(Receive())
			stop()
			Eventually(hints).Should(BeClosed())
		})

		It("goes on when the kernel has said more than it could take in", func() {
			node := attach(newImage(1 << 20))
			next, end, err := device.ListenUevents(1) // the kernel makes it 2 KiB or so
			Expect(err).NotTo(HaveOccurred())
			say := func() {
				Expect(os.WriteFile(filepath.Join("/sys/block", filepath.Base(node), "uevent"), []byte("change"), 0o200)).To(Succeed())
			}
			for range 100 {
				say()
			}
			heard := make(chan error, 1000)
			go func() {
				defer close(heard)
				for {
					err := next()
					heard <- err
					if err != nil {
						return
					}
				}
			}()
			Eventually(heard).Should(Receive(Not(HaveOccurred())))
			Consistently(heard).WithTimeout(200 * time.Millisecond).ShouldNot(Receive(HaveOccurred()))
			say()
			Eventually(heard).Should(Receive(Not(HaveOccurred())))
			Expect(end()).To(Succeed())
			Eventually(heard).Should(Receive(HaveOccurred()))
		})
	})
})

var _ = Describe("a device that is taken away while it is read", func() {
	v := device.NewVolumeID("photos-a", "1")
	d := device.New(device.Options{LockWait: lockWait})
	ctx := context.Background()

	// open opens a device with one file on it, and returns what reading that file gives:
	// the end of the file, if all is well.
	open := func(s device.Selector) (read func() error) {
		GinkgoHelper()
		Expect(d.Format(ctx, claim(d, s, v), v)).To(Succeed())
		Expect(d.WriteSignature(ctx, device.SignatureTarget{Selector: s, FileSystemUUID: v.UUID}, []byte("text"))).To(Succeed())
		volume, err := d.Open(ctx, s, device.Key{})
		Expect(err).NotTo(HaveOccurred())
		DeferCleanup(volume.Close)
		var file io.ReaderAt
		Expect(volume.Walk(ctx, "", func(e device.Entry) error {
			if e.Type == device.Regular {
				file, err = volume.Open(e)
			}
			return err
		})).To(Succeed())
		return func() error {
			_, err := file.ReadAt(make([]byte, 8), 0)
			return err
		}
	}

	It("is not taken for a bad one", func() {
		path := newImage(64 << 20)
		read := open(imageOf(path))
		Expect(read()).To(Equal(io.EOF))
		Expect(os.Truncate(path, 1<<20)).To(Succeed())
		Expect(os.Rename(path, path+".away")).To(Succeed())
		Expect(asError(read())).To(And(HaveField("Reason", device.DeviceVanished), HaveField("Remedy", ContainSubstring("plug it in"))))
	})

	It("can be read to the end of its files where an image was only renamed", func() {
		path := newImage(64 << 20)
		read := open(imageOf(path))
		Expect(os.Rename(path, path+".away")).To(Succeed())
		Expect(read()).To(Equal(io.EOF))
	})

	It("is a bad one where it cannot be read and is still here", Label("root"), func() {
		needRoot()
		path := newImage(64 << 20)
		s := device.Selector{Serial: inspect(d, imageOf(path)).Identity.Backing}
		node := attach(path)
		read := open(s)
		Expect(os.Truncate(path, 1<<20)).To(Succeed())
		Expect(exec.Command("blockdev", "--flushbufs", node).Run()).To(Succeed())
		Expect(read()).To(MatchError(unix.EIO))
	})

	It("is absent for whoever looks at it", Label("root"), func() {
		needRoot()
		path := newImage(64 << 20)
		node := attach(path)
		s := device.Selector{Serial: inspect(device.New(device.Options{}), imageOf(path)).Identity.Backing}
		Expect(inspect(d, s).Presence).To(Equal(device.Present))
		detach(node)
		Expect(inspect(d, s).Presence).To(Equal(device.Absent))
	})
})
