package verify

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// anyInode opens whatever is there, anySize whatever its length.
const (
	anyInode = 0
	anySize  = -1
)

// again bounds how often a path is looked up anew that is being renamed.
const again = 16

// open opens what was looked at before, and nothing that has taken its place since.
func (t *DirTree) open(name string, flags int, inode uint64, size int64) (int, error) {
	fd, err := openBelow(t.fd, name, flags)
	if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) || errors.Is(err, unix.ENAMETOOLONG) {
		fd, err = openSteps(t.fd, name, flags)
	}
	if err != nil {
		if inode != anyInode && errors.Is(err, unix.ELOOP) {
			return -1, replaced(name)
		}
		return -1, &os.PathError{Op: "open", Path: name, Err: err}
	}
	if inode == anyInode {
		return fd, nil
	}
	var st unix.Stat_t
	err = retried(func() error { return unix.Fstat(fd, &st) })
	switch {
	case err != nil:
	case t.inodeOf(&st) != inode:
		err = replaced(name)
	case size != anySize && st.Size != size:
		err = fmt.Errorf("opening %q: it has another size than before, %d bytes", name, st.Size)
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func replaced(name string) error { return fmt.Errorf("opening %q: it was replaced meanwhile", name) }

// openBelow has the kernel walk a whole path, and refuse links and what leads outside
// (openat2(2), since Linux 5.6).
func openBelow(dir int, name string, flags int) (int, error) {
	how := unix.OpenHow{
		Flags:   uint64(openFlags | flags),
		Resolve: unix.RESOLVE_BENEATH | unix.RESOLVE_NO_SYMLINKS,
	}
	for range again {
		fd, err := unix.Openat2(dir, name, &how)
		if !errors.Is(err, unix.EINTR) && !errors.Is(err, unix.EAGAIN) {
			return fd, err
		}
	}
	return -1, unix.EAGAIN
}

// openSteps is openBelow for older kernels, and for paths that are too long for one call.
func openSteps(dir int, name string, flags int) (int, error) {
	at := dir
	for {
		step, rest, more := strings.Cut(name, "/")
		if step == ".." || step == "" {
			return -1, unix.EXDEV
		}
		how := flags
		if more {
			how = unix.O_PATH | unix.O_DIRECTORY
		}
		fd, err := openAt(at, step, how)
		if at != dir {
			_ = unix.Close(at)
		}
		if err != nil || !more {
			return fd, err
		}
		at, name = fd, rest
	}
}

// openFlags never wait for a fifo, and never follow a link.
const openFlags = unix.O_RDONLY | unix.O_CLOEXEC | unix.O_NOFOLLOW | unix.O_NONBLOCK

func openAt(dir int, name string, flags int) (fd int, err error) {
	err = retried(func() error {
		fd, err = unix.Openat(dir, name, openFlags|flags, 0)
		return err
	})
	return fd, err
}

func retried(call func() error) error {
	for {
		if err := call(); !errors.Is(err, unix.EINTR) {
			return err
		}
	}
}

// dirFile is a file of a DirTree. An os.File would ask the kernel twice more for each.
type dirFile struct {
	fd   int
	name string
	size int64
}

// ReadAt is that of io.ReaderAt.
func (f *dirFile) ReadAt(p []byte, off int64) (int, error) {
	n := 0
	for n < len(p) {
		m, err := unix.Pread(f.fd, p[n:], off+int64(n))
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return n, &os.PathError{Op: "read", Path: f.name, Err: err}
		case m == 0:
			return n, io.EOF
		default:
			n += m
		}
	}
	return n, nil
}

// Close is that of io.Closer. It must be called once.
func (f *dirFile) Close() error {
	if f.size >= forgetFrom {
		f.forget()
	}
	return unix.Close(f.fd)
}

// forgetFrom is the size, in bytes, of files that are not left in memory. Dropping what
// was read just now makes the kernel wait for all processors, which takes longer than
// reading a small file.
const forgetFrom = 1 << 20

// forget has the kernel drop what it keeps of the file, as far as it is not in use
// (posix_fadvise(2)). What it does not drop is only read faster.
func (f *dirFile) forget() { _ = unix.Fadvise(f.fd, 0, 0, unix.FADV_DONTNEED) }
