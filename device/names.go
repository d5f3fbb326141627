package device

import (
	"context"
	"slices"
)

// RootNames returns the names at the root of the only file system of the device, in
// byte order, at most most of them. It opens and closes the device as Open does,
// and has its errors.
func (d *Disks) RootNames(ctx context.Context, s Selector, most int) ([]string, error) {
	v, err := d.open(ctx, s)
	if err != nil {
		return nil, err
	}
	defer func() { _ = v.Close() }()
	names, err := v.fs.Names(ctx, "", most)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, unreadable(opOpen, v.h.path, err)
	}
	slices.Sort(names)
	return names, nil
}
