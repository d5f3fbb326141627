package spill

import (
	"errors"
	"io"
	"os"

	"golang.org/x/sys/unix"
)

// file is the temporary file: written from begin to end, read anywhere.
type file struct {
	*os.File
	dir  string
	size int64
}

// create makes a file without a name, which takes no more than open(2) where the file
// system has O_TMPFILE.
func create(dir string) (*file, error) {
	f, err := os.OpenFile(dir, os.O_RDWR|unix.O_TMPFILE, 0o600)
	if err != nil {
		f, err = unlinked(dir)
	}
	if err != nil {
		return nil, fault(dir, err)
	}
	return &file{File: f, dir: dir}, nil
}

// unlinked makes a file that has a name for a moment.
func unlinked(dir string) (*os.File, error) {
	f, err := os.CreateTemp(dir, "s3export-")
	if err != nil {
		return nil, err
	}
	if err := os.Remove(f.Name()); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

func (f *file) append(p []byte) error {
	n, err := f.WriteAt(p, f.size)
	f.size += int64(n)
	if err != nil {
		return fault(f.dir, err)
	}
	return nil
}

// read fills p. The file was longer once, so an end of it is damage.
func (f *file) read(p []byte, at int64) error {
	_, err := f.ReadAt(p, at)
	if errors.Is(err, io.EOF) {
		err = errors.Join(ErrDamaged, err)
	}
	if err != nil {
		return fault(f.dir, err)
	}
	return nil
}

// release gives the room of a run back to the disk, where the file system can. Else
// it comes back with the file.
func (f *file) release(r run) {
	_ = unix.Fallocate(int(f.Fd()), unix.FALLOC_FL_PUNCH_HOLE|unix.FALLOC_FL_KEEP_SIZE, r.start, r.end-r.start)
}
