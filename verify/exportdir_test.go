package verify

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// FirstExtent is that of a path.
func FirstExtent(path string) (int64, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	return firstExtent(int(f.Fd()))
}

// OpenBelow and OpenSteps are the ways to open what lies below a directory.
func OpenBelow(dir, name string) (*os.File, error) { return openedBy(openBelow, dir, name) }

func OpenSteps(dir, name string) (*os.File, error) { return openedBy(openSteps, dir, name) }

func openedBy(way func(dir int, name string, flags int) (int, error), dir, name string) (*os.File, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer func() { _ = d.Close() }()
	fd, err := way(int(d.Fd()), name, 0)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), name), nil
}

// PagesInMemory counts the pages of a file that the kernel keeps (mincore(2)).
func PagesInMemory(path string) (int, error) {
	f, err := os.Open(path)
	if err != nil {
		return 0, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	data, err := unix.Mmap(int(f.Fd()), 0, int(info.Size()), unix.PROT_READ, unix.MAP_SHARED)
	if err != nil {
		return 0, err
	}
	defer func() { _ = unix.Munmap(data) }()
	seen := make([]byte, (len(data)+os.Getpagesize()-1)/os.Getpagesize())
	if _, _, errno := unix.Syscall(unix.SYS_MINCORE, uintptr(unsafe.Pointer(&data[0])), uintptr(len(data)), uintptr(unsafe.Pointer(&seen[0]))); errno != 0 {
		return 0, errno
	}
	n := 0
	for _, s := range seen {
		n += int(s & 1)
	}
	return n, nil
}
