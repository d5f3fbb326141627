package device

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	g "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

// leavingHost is a host with one disk, which a test takes away.
func leavingHost() (d *Disks, leave func()) {
	dir := g.GinkgoT().TempDir()
	disk := filepath.Join(dir, "sys/block/sdb")
	Expect(os.MkdirAll(disk, 0o755)).To(Succeed())
	for name, text := range map[string]string{"size": "2048", "serial": "WD-1", "diskseq": "7"} {
		Expect(os.WriteFile(filepath.Join(disk, name), []byte(text), 0o600)).To(Succeed())
	}
	return New(Options{SysFS: os.DirFS(filepath.Join(dir, "sys")), DevDir: dir}), func() { Expect(os.RemoveAll(disk)).To(Succeed()) }
}

var _ = g.Describe("an error of a device", func() {
	wd := Selector{Serial: "WD-1"}
	broken := &Error{Reason: DeviceIO, Op: opRead, Device: "/dev/sdb", Message: "reading", Remedy: "check it", Err: unix.EIO}

	g.DescribeTable("that has left says so, with the cause", func(cause error, says string) {
		d, leave := leavingHost()
		s := d.stay(wd)
		leave()
		e, ok := errors.AsType[*Error](s.explain(opRead, "/dev/sdb", cause))
		Expect(ok).To(BeTrue())
		Expect(e.Reason).To(Equal(DeviceVanished))
		Expect(e.Gone()).To(BeTrue())
		Expect(e.Remedy).NotTo(BeEmpty())
		Expect(e.Error()).To(HavePrefix(`read "/dev/sdb": it was taken away or replaced in the middle: `))
		Expect(e.Error()).To(HaveSuffix(says))
	},
		g.Entry("a read error", broken, "input/output error"),
		g.Entry("a drive that the kernel has forgotten", unix.ENODEV, "no such device"),
		g.Entry("a drive that ends before its end", io.EOF, "EOF"),
		g.Entry("a drive without a medium", unix.ENOMEDIUM, "no medium found"),
		g.Entry("a tool that failed", &Error{Reason: ToolFailed, Message: "making the file system", Remedy: "see what it said"}, "making the file system"),
	)

	g.It("that leaves a moment after its first error says so too", func() {
		d, leave := leavingHost()
		s := d.stay(wd)
		said := make(chan error)
		go func() { said <- s.explain(opRead, "/dev/sdb", unix.EIO) }()
		Consistently(said).WithTimeout(5 * leavingPause).ShouldNot(Receive())
		leave()
		Eventually(said).Should(Receive(HaveField("Reason", DeviceVanished)))
	})

	g.It("that is still here is left as it is, and only the first one waits", func() {
		d, leave := leavingHost()
		s := d.stay(wd)
		Expect(s.explain(opRead, "/dev/sdb", unix.EIO)).To(Equal(unix.EIO))
		said := make(chan error, 1)
		go func() { said <- s.explain(opRead, "/dev/sdb", broken) }()
		Eventually(said).WithTimeout(leaving / 2).Should(Receive(Equal(broken)))
		leave()
		Expect(s.explain(opRead, "/dev/sdb", broken)).To(HaveField("Reason", DeviceVanished))
	})

	g.It("is left as it is where the device was never here, or nothing went wrong, or the caller has ended it", func() {
		d, leave := leavingHost()
		Expect(d.stay(Selector{Serial: "WD-2"}).explain(opRead, "/dev/sdc", unix.EIO)).To(Equal(unix.EIO))
		s := d.stay(wd)
		leave()
		Expect(s.explain(opRead, "/dev/sdb", nil)).To(Succeed())
		Expect(s.explain(opRead, "/dev/sdb", context.Canceled)).To(Equal(context.Canceled))
	})
})
