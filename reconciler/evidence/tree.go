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
			Path: e.Path, Regular: e.Type == device.Regular, Dir: e.Type == device.Directory, Size: e.Size, Err: e.Err, Ref: e,
		})
	})
}

// Open implements verify.Tree.
func (t tree) Open(e verify.Entry) (io.ReaderAt, error) {
	entry, ok := e.Ref.(device.Entry)
	if !ok {
		return nil, fmt.Errorf("file %q is not of this volume", e.Path)
	}
	return t.volume.Open(entry)
}
