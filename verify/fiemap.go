package verify

import (
	"errors"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Of linux/fiemap.h and linux/fs.h.
const (
	fsIocFiemap = 0xC020660B // _IOWR('f', 11, struct fiemap)

	extentUnknown  = 0x1 << 1
	extentDelalloc = 0x1 << 2
	extentInline   = 0x1 << 9
)

// fiemap is struct fiemap with room for one struct fiemap_extent.
type fiemap struct {
	start, length        uint64
	flags, mapped, count uint32
	_                    uint32
	extent               struct {
		logical, physical, length uint64
		_                         [2]uint64
		flags                     uint32
		_                         [3]uint32
	}
}

// firstExtent is where the data of a file begin on its device, in bytes; -1 where they
// have no place of their own, or none yet. It fails where the file system does not tell.
func firstExtent(fd int) (int64, error) {
	m := fiemap{length: ^uint64(0), count: 1}
	for {
		_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), fsIocFiemap, uintptr(unsafe.Pointer(&m))) //nolint:gosec // the kernel fills it, and keeps no pointer
		switch {
		case errors.Is(errno, unix.EINTR):
			continue
		case errno != 0:
			return 0, errno
		}
		if m.mapped == 0 || m.extent.flags&(extentUnknown|extentDelalloc|extentInline) != 0 || int64(m.extent.physical) < 0 {
			return -1, nil
		}
		return int64(m.extent.physical), nil
	}
}
