package device

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/cargomedia/s3export/device/ext4"
)

// files is a file system that is open for reading, of whatever kind. It is safe for
// concurrent use.
type files interface {
	// Walk is that of Volume.
	Walk(ctx context.Context, root string, yield func(Entry) error) error
	// Open is that of Volume.
	Open(e Entry) (io.ReaderAt, error)
	// Names returns the names in a directory ("" is the root), in no order, at most most
	// of them.
	Names(ctx context.Context, dir string, most int) ([]string, error)
}

// ReadError is a part of a device that could not be read, found with errors.As in the
// errors of a Volume that is not encrypted.
type ReadError struct {
	Offset int64 // of the first byte, from the beginning of the device
	Length int64 // at least 1; the bytes behind may be bad too
	Err    error // what the kernel said, or ext4.ErrDeviceEnds
}

// Error names the bytes and the reason.
func (e *ReadError) Error() string {
	return fmt.Sprintf("bytes %d to %d of the device cannot be read: %v", e.Offset, e.Offset+e.Length-1, e.Err)
}

// Unwrap returns Err.
func (e *ReadError) Unwrap() error { return e.Err }

// extFiles is an ext2, ext3 or ext4 that our own reader reads.
type extFiles struct {
	fs *ext4.FS
	// at is where it begins on the device; -1 in an encrypted volume.
	at int64
}

func (x extFiles) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	return x.fs.Walk(ctx, root, func(e ext4.Entry) error {
		return yield(x.entry(e))
	})
}

// entry is an entry as a Volume has it.
func (x extFiles) entry(e ext4.Entry) Entry {
	return Entry{
		Path: e.Path, Type: EntryType(e.Type), Size: e.Size, ModTime: e.ModTime, Place: x.place(e.Place), Map: e.Map, Err: x.onDevice(e.Err), Inode: e.Inode,
	}
}

func (x extFiles) Open(e Entry) (io.ReaderAt, error) {
	f, err := x.fs.OpenFile(ext4.Entry{Path: e.Path, Inode: e.Inode})
	if err != nil {
		return nil, x.onDevice(err)
	}
	return extFile{f, x}, nil
}

// extFile is a file whose errors tell places on the device.
type extFile struct {
	file *ext4.File
	of   extFiles
}

// ReadAt is that of io.ReaderAt.
func (f extFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.file.ReadAt(p, off)
	return n, f.of.onDevice(err)
}

// place translates one to the device, where that is possible.
func (x extFiles) place(at int64) int64 {
	if at < 0 || x.at < 0 {
		return at
	}
	return x.at + at
}

// onDevice translates the place of a read error.
func (x extFiles) onDevice(err error) error {
	e, ok := errors.AsType[*ext4.ReadError](err)
	if !ok || x.at < 0 {
		return err
	}
	return &ReadError{Offset: x.at + e.Offset, Length: e.Length, Err: e.Err}
}

func (x extFiles) Names(ctx context.Context, dir string, most int) ([]string, error) {
	return x.fs.Names(ctx, dir, most)
}
