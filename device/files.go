package device

import (
	"context"
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

// extFiles is an ext2, ext3 or ext4 that our own reader reads.
type extFiles struct{ fs *ext4.FS }

func (x extFiles) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	return x.fs.Walk(ctx, root, func(e ext4.Entry) error {
		return yield(Entry{
			Path: e.Path, Type: EntryType(e.Type), Size: e.Size, ModTime: e.ModTime, Err: e.Err, Inode: e.Inode,
		})
	})
}

func (x extFiles) Open(e Entry) (io.ReaderAt, error) {
	f, err := x.fs.OpenFile(ext4.Entry{Path: e.Path, Inode: e.Inode})
	if err != nil {
		return nil, err
	}
	return f, nil
}

func (x extFiles) Names(ctx context.Context, dir string, most int) ([]string, error) {
	return x.fs.Names(ctx, dir, most)
}
