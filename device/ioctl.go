package device

import (
	"errors"
	"os"
	"runtime"
	"unsafe"

	"golang.org/x/sys/unix"
)

// blockSize returns the size of a block device in bytes (BLKGETSIZE64) and its
// logical sector size (BLKSSZGET), linux/fs.h.
func blockSize(f *os.File) (size, sector int64, err error) {
	var bytes uint64
	if err := ioctl(f, unix.BLKGETSIZE64, unsafe.Pointer(&bytes)); err != nil {
		return 0, 0, err
	}
	var ssz int32
	if err := ioctl(f, unix.BLKSSZGET, unsafe.Pointer(&ssz)); err != nil {
		return 0, 0, err
	}
	return int64(bytes), int64(ssz), nil
}

// dropCaches makes the next read come from the medium: BLKFLSBUF for a block
// device, posix_fadvise(DONTNEED) for an image. Dirty pages are written first.
func dropCaches(f *os.File, k Kind) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if k == Block {
		return ioctl(f, unix.BLKFLSBUF, nil)
	}
	return unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED)
}

// forget has the kernel drop what it keeps of a file or block device and nobody uses, so
// that it is read from the medium (posix_fadvise(2)). It changes nothing, and needs no
// rights; what is not dropped is only read faster.
func forget(f *os.File) { _ = unix.Fadvise(int(f.Fd()), 0, 0, unix.FADV_DONTNEED) }

// announce has the kernel make the partition's node: by reading the table itself
// (BLKRRPART), or, for a kernel without a parser for GPT, by being told (BLKPG).
// It is a courtesy to other programs: we ourselves only use the whole device.
func announce(f *os.File, p Partition) {
	if ioctl(f, unix.BLKRRPART, nil) == nil {
		return
	}
	// ENXIO: there was none.
	if err := blkpg(f, unix.BLKPG_DEL_PARTITION, Partition{Number: p.Number}); err != nil && !errors.Is(err, unix.ENXIO) {
		return
	}
	_ = blkpg(f, unix.BLKPG_ADD_PARTITION, p)
}

// blkpg is the ioctl of linux/blkpg.h.
func blkpg(f *os.File, op int32, p Partition) error {
	part := unix.BlkpgPartition{Start: p.Start, Length: p.Size, Pno: int32(p.Number)}
	arg := unix.BlkpgIoctlArg{Op: op, Datalen: int32(unsafe.Sizeof(part)), Data: (*byte)(unsafe.Pointer(&part))}
	err := ioctl(f, unix.BLKPG, unsafe.Pointer(&arg))
	runtime.KeepAlive(&part)
	return err
}

func ioctl(f *os.File, request uintptr, arg unsafe.Pointer) error {
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, f.Fd(), request, uintptr(arg)); errno != 0 {
		return os.NewSyscallError("ioctl", errno)
	}
	return nil
}

// dmTarget asks the device mapper for a target, of which the kernel loads the module
// (linux/dm-ioctl.h, DM_GET_TARGET_VERSION, Linux 5.4).
func dmTarget(control *os.File, target string) error {
	var q struct {
		unix.DmIoctl
		_ [256]byte // the answer
	}
	q.Version[0] = unix.DM_VERSION_MAJOR
	q.Data_size, q.Data_start = uint32(unsafe.Sizeof(q)), uint32(unsafe.Sizeof(q.DmIoctl))
	copy(q.Name[:], target)
	return ioctl(control, unix.DM_GET_TARGET_VERSION, unsafe.Pointer(&q))
}

// vanished reports whether an error says that the device is not there any more.
func vanished(err error) bool {
	return errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ENODEV) || errors.Is(err, unix.ENOMEDIUM)
}

// reasonOf tells a full file system and a file that may not grow from a device
// that does not answer.
func reasonOf(err error) Reason {
	switch {
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT), errors.Is(err, unix.EFBIG):
		return DeviceFull
	case errors.Is(err, unix.EROFS), errors.Is(err, os.ErrPermission):
		return DeviceReadOnly
	case errors.Is(err, unix.EBUSY), errors.Is(err, unix.EWOULDBLOCK):
		return DeviceInUse
	}
	return DeviceIO
}

func remedyOf(r Reason) string {
	if r == DeviceFull {
		return "make room where the image file lies, then try again"
	}
	if r == DeviceReadOnly {
		return "run as a user who may write to the device (root, or the group \"disk\"), and check its write protection"
	}
	if r == DeviceInUse {
		return "end what uses the device, then try again"
	}
	return "check the cable and the drive (`dmesg`, `smartctl -a`), then try again"
}
