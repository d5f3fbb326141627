package device

import (
	"os"

	"golang.org/x/sys/unix"
)

// eagerFrom is the size of a read, in bytes, that is asked for as a whole.
const eagerFrom = 256 << 10

// eager reads a device. Of a large read the kernel would ask the device for one piece
// after the other, as it reads ahead, and wait for each; it is told to ask for all of
// them at once (posix_fadvise(2), WILLNEED).
type eager struct{ f *os.File }

// ReadAt is that of io.ReaderAt.
func (e eager) ReadAt(p []byte, off int64) (int, error) {
	if len(p) >= eagerFrom {
		_ = unix.Fadvise(int(e.f.Fd()), off, int64(len(p)), unix.FADV_WILLNEED)
	}
	return e.f.ReadAt(p, off)
}
