package evidence

import (
	"context"
	"fmt"
	"io"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/verify"
)

// Tree shows a volume as what verification reads.
func Tree(v device.Volume) verify.Tree { return tree{v} }

type tree struct{ volume device.Volume }

// Walk implements verify.Tree.
func (t tree) Walk(ctx context.Context, root string, yield func(verify.Entry) error) error {
	return t.volume.Walk(ctx, root, func(e device.Entry) error {
		return yield(verify.Entry{
			Path: e.Path, Regular: e.Type == device.Regular, Dir: e.Type == device.Directory, Size: e.Size,
			ModTime: e.ModTime, Inode: e.Inode, Place: -1, Err: e.Err,
		})
	})
}

// Open implements verify.Tree.
func (t tree) Open(e verify.Entry) (io.ReaderAt, error) {
	if !e.Regular {
		return nil, fmt.Errorf("file %q is no regular file", e.Path)
	}
	return t.volume.Open(device.Entry{Path: e.Path, Type: device.Regular, Size: e.Size, ModTime: e.ModTime, Inode: e.Inode})
}
