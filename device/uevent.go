package device

import (
	"bytes"
	"context"
	"errors"
	"os"

	"golang.org/x/sys/unix"
)

// The kernel tells of devices by netlink: lib/kobject_uevent.c in its source, and
// linux/netlink.h for the protocol.
const (
	// ueventGroup is the multicast group of the kernel; group 2 is udev's.
	ueventGroup = 1
	// ueventMax is more than the kernel sends: a path, and UEVENT_BUFFER_SIZE (2048)
	// bytes of variables.
	ueventMax = 8 << 10
)

// uevents is a socket that hears the kernel tell of devices.
type uevents struct{ f *os.File }

// listenUevents opens the socket. It needs no root, but containers may lack it, and
// in some it stays silent.
func listenUevents() (*uevents, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.NETLINK_KOBJECT_UEVENT)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	s := &uevents{os.NewFile(uintptr(fd), "uevents")}
	// The kernel then says who has sent a message.
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_PASSCRED, 1); err != nil {
		_ = s.close()
		return nil, os.NewSyscallError("setsockopt", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: ueventGroup}); err != nil {
		_ = s.close()
		return nil, os.NewSyscallError("bind", err)
	}
	return s, nil
}

// close makes next return.
func (s *uevents) close() error { return s.f.Close() }

// next waits until the kernel has told of a block device, or has told so much that
// some of it was lost. An error means that nothing more is heard.
func (s *uevents) next() error {
	raw, err := s.f.SyscallConn()
	if err != nil {
		return err
	}
	buf, control := make([]byte, ueventMax), make([]byte, unix.CmsgSpace(unix.SizeofUcred))
	for {
		var m message
		if err := raw.Read(func(fd uintptr) bool {
			m = receive(int(fd), buf, control)
			return !errors.Is(m.err, unix.EAGAIN)
		}); err != nil {
			return err
		}
		switch {
		case errors.Is(m.err, unix.EINTR):
		case errors.Is(m.err, unix.ENOBUFS):
			return nil
		case m.err != nil:
			return os.NewSyscallError("recvmsg", m.err)
		case m.fromKernel() && (m.cut || tellsOfBlock(m.data)):
			return nil
		}
	}
}

// message is what was received.
type message struct {
	data    []byte
	control []byte
	from    unix.Sockaddr
	cut     bool // longer than the buffer
	err     error
}

func receive(fd int, buf, control []byte) message {
	n, controls, flags, from, err := unix.Recvmsg(fd, buf, control, 0)
	if err != nil {
		return message{err: err}
	}
	return message{data: buf[:n], control: control[:controls], from: from, cut: flags&unix.MSG_TRUNC != 0}
}

// fromKernel reports whether the kernel has sent the message: port 0 is the
// kernel's own, and it signs as root.
func (m message) fromKernel() bool {
	from, ok := m.from.(*unix.SockaddrNetlink)
	if !ok || from.Pid != 0 || from.Groups != ueventGroup {
		return false
	}
	parts, err := unix.ParseSocketControlMessage(m.control)
	if err != nil || len(parts) != 1 || len(parts[0].Data) < unix.SizeofUcred { // ParseUnixCredentials panics on fewer
		return false
	}
	sender, err := unix.ParseUnixCredentials(&parts[0])
	return err == nil && sender.Uid == 0 && sender.Pid == 0
}

// tellsOfBlock reports whether a message of the kernel is about a block device. It
// is "action@path", then variables, each ended by a zero byte. What else it says is
// not read: it is a reason to look, and no more.
func tellsOfBlock(msg []byte) bool {
	head, variables, ended := bytes.Cut(msg, []byte{0})
	action, path, is := bytes.Cut(head, []byte{'@'})
	if !ended || !is || len(action) == 0 || !bytes.HasPrefix(path, []byte{'/'}) {
		return false
	}
	for v := range bytes.SplitSeq(variables, []byte{0}) {
		if value, is := bytes.CutPrefix(v, []byte("SUBSYSTEM=")); is {
			return string(value) == "block"
		}
	}
	return false
}

// kernelHints sends whenever the kernel has told of block devices; hints that are
// not received in time become one. The channel is closed when nothing can be heard,
// and when ctx has ended and nothing is left behind.
func kernelHints(ctx context.Context) <-chan struct{} {
	hints := make(chan struct{}, 1)
	s, err := listenUevents()
	if err != nil {
		close(hints)
		return hints
	}
	stop := context.AfterFunc(ctx, func() { _ = s.close() })
	go func() {
		defer close(hints)
		defer func() {
			stop()
			_ = s.close()
		}()
		for s.next() == nil {
			select {
			case hints <- struct{}{}:
			default: // one is waiting already
			}
		}
	}()
	return hints
}
