package device

import (
	"fmt"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// eagerFrom is the size of a read, in bytes, that is asked for as a whole.
const eagerFrom = 256 << 10

// directBlock is what O_DIRECT wants addresses, offsets and lengths to be multiples of,
// in bytes: the largest logical block of disks, and the block of most file systems that
// an image lies on (open(2), NOTES).
const directBlock = 4096

// eager reads a device. A large read goes past the kernel's memory, straight from the
// device, where that can be had and the bytes are aligned (O_DIRECT). Of others the kernel
// would ask the device for one piece after the other, as it reads ahead, and wait for
// each; it is told to ask for all of them at once (posix_fadvise(2), WILLNEED).
type eager struct{ f, direct *os.File }

// eager returns a reader of what h holds.
func (h *held) eager() eager { return eager{h.f, h.direct} }

// openDirect opens the file once more for reads past the kernel's memory; nil where that
// cannot be had.
func openDirect(f *os.File) *os.File {
	direct, err := os.OpenFile(fmt.Sprintf("/proc/self/fd/%d", f.Fd()), os.O_RDONLY|unix.O_DIRECT, 0)
	if err != nil {
		return nil
	}
	return direct
}

// ReadAt is that of io.ReaderAt.
func (e eager) ReadAt(p []byte, off int64) (int, error) {
	if len(p) < eagerFrom {
		return e.f.ReadAt(p, off)
	}
	n := 0
	if e.direct != nil && off%directBlock == 0 && uintptr(unsafe.Pointer(unsafe.SliceData(p)))%directBlock == 0 { //nolint:gosec // only its address is looked at
		n, _ = e.direct.ReadAt(p[:len(p)&^(directBlock-1)], off) // what is left is read again as any other
	}
	if n == len(p) {
		return n, nil
	}
	_ = unix.Fadvise(int(e.f.Fd()), off+int64(n), int64(len(p)-n), unix.FADV_WILLNEED)
	rest, err := e.f.ReadAt(p[n:], off+int64(n))
	return n + rest, err
}
