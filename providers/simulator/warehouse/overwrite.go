package warehouse

import (
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// overwrite puts the bytes of the file from over size bytes of the device at
// start. Holes of the file become holes of an image, and zeros on a block device.
// A block device that is in use is refused by the kernel (O_EXCL).
func overwrite(device string, start, size int64, from string) (err error) {
	src, err := os.Open(from)
	if err != nil {
		return fmt.Errorf("copying the file system: %w", err)
	}
	defer src.Close() //nolint:errcheck // only read
	info, err := os.Stat(device)
	if err != nil {
		return fmt.Errorf("copying the file system: %w", err)
	}
	flags := os.O_RDWR
	if !info.Mode().IsRegular() {
		flags |= unix.O_EXCL
	}
	dst, err := os.OpenFile(device, flags, 0)
	if err != nil {
		return fmt.Errorf("copying the file system: %w", err)
	}
	defer func() { err = errors.Join(err, dst.Close()) }()
	for at := int64(0); at < size; {
		data, end, err := segment(src, at, size)
		if err == nil {
			err = zero(dst, start+at, data-at)
		}
		if err == nil {
			_, err = io.Copy(io.NewOffsetWriter(dst, start+data), io.NewSectionReader(src, data, end-data))
		}
		if err != nil {
			return fmt.Errorf("copying the file system: %w", err)
		}
		at = end
	}
	if err := dst.Sync(); err != nil {
		return fmt.Errorf("copying the file system: %w", err)
	}
	return nil
}

// segment finds the next run of data of a sparse file from at: it begins at data
// and ends before end.
func segment(f *os.File, at, size int64) (data, end int64, err error) {
	data, err = f.Seek(at, unix.SEEK_DATA)
	if errors.Is(err, unix.ENXIO) || (err == nil && data >= size) {
		return size, size, nil
	}
	if err != nil {
		return 0, 0, err
	}
	end, err = f.Seek(data, unix.SEEK_HOLE)
	return data, min(end, size), err
}

// zero makes a range read as zeros: by a hole where the file system or the
// device can do that, else by writing.
func zero(f *os.File, at, n int64) error {
	if n == 0 {
		return nil
	}
	err := unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, at, n)
	if !errors.Is(err, unix.EOPNOTSUPP) && !errors.Is(err, unix.ENOSYS) {
		return err
	}
	return writeZeros(f, at, n)
}

func writeZeros(f *os.File, at, n int64) error {
	_, err := io.CopyN(io.NewOffsetWriter(f, at), zeros{}, n)
	return err
}

type zeros struct{}

// Read fills p with zeros.
func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}
