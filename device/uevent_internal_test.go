package device

import (
	"strings"
	"testing"

	g "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"golang.org/x/sys/unix"
)

// As the kernel sent them when a loop device was attached, and a disk pulled.
const (
	attached = "change@/devices/virtual/block/loop0\x00ACTION=change\x00DEVPATH=/devices/virtual/block/loop0\x00SUBSYSTEM=block\x00" +
		"MAJOR=7\x00MINOR=0\x00DEVNAME=loop0\x00DEVTYPE=disk\x00DISKSEQ=125\x00SEQNUM=1075\x00"
	pulled = "remove@/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb\x00ACTION=remove\x00" +
		"DEVPATH=/devices/pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0/host6/target6:0:0/6:0:0:0/block/sdb\x00SUBSYSTEM=block\x00DEVNAME=sdb\x00"
)

var _ = g.DescribeTable("a message of the kernel is about a block device",
	func(msg string, is bool) { Expect(tellsOfBlock([]byte(msg))).To(Equal(is)) },
	g.Entry("that changed", attached, true),
	g.Entry("that is gone", pulled, true),
	g.Entry("without its last zero byte", "add@/block/sdb\x00SUBSYSTEM=block", true),
	g.Entry("or of another kind", strings.Replace(pulled, "SUBSYSTEM=block", "SUBSYSTEM=usb", 1), false),
	g.Entry("or of a kind that begins so", "add@/x\x00SUBSYSTEM=blocks\x00", false),
	g.Entry("or of a kind that a later variable claims", "add@/x\x00SUBSYSTEM=net\x00SUBSYSTEM=block\x00", false),
	g.Entry("or names one in another variable", "add@/x\x00DEVNAME=SUBSYSTEM=block\x00", false),
	g.Entry("or is cut off in its head", "add@/devices/virtual/block/loop0", false),
	g.Entry("or has no action", "@/x\x00SUBSYSTEM=block\x00", false),
	g.Entry("or has no path", "add@\x00SUBSYSTEM=block\x00", false),
	g.Entry("or is udev's", "libudev\x00\xfe\xed\xca\xfe\x00SUBSYSTEM=block\x00", false),
	g.Entry("or is empty", "", false),
)

// signed is the control message that says who has sent a message.
func signed(c unix.Ucred) []byte { return unix.UnixCredentials(&c) }

var _ = g.DescribeTable("a message is the kernel's",
	func(m message, is bool) { Expect(m.fromKernel()).To(Equal(is)) },
	g.Entry("when port 0 sent it and root signed it", message{from: &unix.SockaddrNetlink{Groups: 1}, control: signed(unix.Ucred{})}, true),
	g.Entry("not when a program sent it", message{from: &unix.SockaddrNetlink{Groups: 1, Pid: 4711}, control: signed(unix.Ucred{Pid: 4711})}, false),
	g.Entry("not when somebody else signed it", message{from: &unix.SockaddrNetlink{Groups: 1}, control: signed(unix.Ucred{Uid: 1000})}, false),
	g.Entry("not when it went to udev's group", message{from: &unix.SockaddrNetlink{Groups: 2}, control: signed(unix.Ucred{})}, false),
	g.Entry("not when nobody signed it", message{from: &unix.SockaddrNetlink{Groups: 1}}, false),
	g.Entry("not when the signature is cut off", message{from: &unix.SockaddrNetlink{Groups: 1}, control: signed(unix.Ucred{})[:20]}, false),
	g.Entry("not when it came another way", message{from: &unix.SockaddrUnix{}, control: signed(unix.Ucred{})}, false),
)

func FuzzUevent(f *testing.F) {
	for _, seed := range []string{attached, pulled, "", "@", "a@/\x00", "libudev\x00"} {
		f.Add([]byte(seed), signed(unix.Ucred{}))
	}
	f.Fuzz(func(t *testing.T, data, control []byte) {
		is := tellsOfBlock(data)
		if is && !strings.Contains(string(data), "\x00SUBSYSTEM=block") {
			t.Errorf("%q was taken for a word of a block device", data)
		}
		_ = message{data: data, control: control, from: &unix.SockaddrNetlink{Groups: 1}}.fromKernel() // must not panic
	})
}
