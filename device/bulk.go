package device

import (
	"context"
	"errors"
	"io"

	"github.com/cargomedia/s3export/device/ext4"
)

// BulkReader is a Volume that reads many files at a lower cost than one by one.
type BulkReader interface {
	// ReadFiles calls yield for each of the entries once, in the order in which they lie
	// on the device; small neighbors are read together. A file is to be read before yield
	// returns; one that is kept reads from the device again. It ends with the first error
	// of yield or ctx. Several calls may run at the same time.
	ReadFiles(ctx context.Context, entries []Entry, yield func(e Entry, file io.ReaderAt, err error) error) error
}

// ReadFiles is that of BulkReader.
func (x extFiles) ReadFiles(ctx context.Context, entries []Entry, yield func(Entry, io.ReaderAt, error) error) error {
	wanted := make([]ext4.Entry, len(entries))
	for i := range entries {
		e := &entries[i]
		wanted[i] = ext4.Entry{
			Path: e.Path, Inode: e.Inode, Type: ext4.EntryType(e.Type), Size: e.Size, ModTime: e.ModTime, Place: x.within(e.Place), Map: e.Map,
		}
	}
	return x.fs.ReadFiles(ctx, wanted, func(e ext4.Entry, file *ext4.File) error {
		err := x.onDevice(e.Err)
		e.Err = nil
		if err != nil {
			return yield(x.entry(e), nil, err)
		}
		return yield(x.entry(e), extFile{file, x}, nil)
	})
}

// within is the place of a file in its file system.
func (x extFiles) within(place int64) int64 {
	if x.at < 0 || place < 0 {
		return place
	}
	return place - x.at
}

// attendedBulk is an attended Volume that is a BulkReader.
type attendedBulk struct {
	*attended
	bulk BulkReader
}

// ReadFiles is that of BulkReader.
func (v attendedBulk) ReadFiles(ctx context.Context, entries []Entry, yield func(Entry, io.ReaderAt, error) error) error {
	var own error // the caller's, not the device's
	err := v.bulk.ReadFiles(ctx, entries, func(e Entry, file io.ReaderAt, err error) error {
		if err != nil {
			own = yield(e, nil, v.explain(err))
		} else {
			own = yield(e, &attendedFile{file, v.attended, e.Size}, nil)
		}
		return own
	})
	if own != nil || errors.Is(err, context.Canceled) {
		return err
	}
	return v.explain(err)
}

// attend returns a volume whose errors say when its device has left.
func attend(v *volume, s *stay, path string) Volume {
	a := &attended{v, s, path}
	if bulk, ok := v.files.(BulkReader); ok {
		return attendedBulk{a, bulk}
	}
	return a
}
