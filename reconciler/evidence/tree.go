package evidence

import (
	"context"
	"fmt"
	"io"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/verify"
)

// Tree shows a volume as what verification reads.
func Tree(v device.Volume) verify.Tree {
	if bulk, ok := v.(device.BulkReader); ok {
		return bulkTree{tree{v}, bulk}
	}
	return tree{v}
}

type tree struct{ volume device.Volume }

// Walk implements verify.Tree.
func (t tree) Walk(ctx context.Context, root string, yield func(verify.Entry) error) error {
	return t.volume.Walk(ctx, root, func(e device.Entry) error {
		return yield(verify.Entry{
			Path: e.Path, Regular: e.Type == device.Regular, Dir: e.Type == device.Directory, Size: e.Size,
			ModTime: e.ModTime, Inode: e.Inode, Place: e.Place, Map: e.Map, Err: e.Err,
		})
	})
}

// Open implements verify.Tree.
func (t tree) Open(e verify.Entry) (io.ReaderAt, error) {
	if !e.Regular {
		return nil, fmt.Errorf("file %q is no regular file", e.Path)
	}
	return t.volume.Open(entryOf(&e))
}

// FileSystem implements verify.Tree.
func (t tree) FileSystem() string {
	fs := t.volume.Info()
	if fs.UUID == "" {
		return ""
	}
	return fs.Type + " " + fs.UUID
}

func entryOf(e *verify.Entry) device.Entry {
	return device.Entry{Path: e.Path, Type: device.Regular, Size: e.Size, ModTime: e.ModTime, Inode: e.Inode, Place: e.Place, Map: e.Map}
}

// bulkTree is a tree of a volume that reads many files at once.
type bulkTree struct {
	tree
	bulk device.BulkReader
}

// ReadFiles implements verify.Bulk.
func (t bulkTree) ReadFiles(ctx context.Context, entries []verify.Entry, yield func(verify.Entry, io.ReaderAt, error) error) error {
	wanted := make([]device.Entry, len(entries))
	for i := range entries {
		wanted[i] = entryOf(&entries[i])
	}
	return t.bulk.ReadFiles(ctx, wanted, func(e device.Entry, file io.ReaderAt, err error) error {
		return yield(verify.Entry{
			Path: e.Path, Regular: true, Size: e.Size, ModTime: e.ModTime, Inode: e.Inode, Place: e.Place, Map: e.Map,
		}, file, err)
	})
}
