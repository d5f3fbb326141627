package device

import (
	"context"
	"slices"
)

// RootNames returns the names at the root of the file system that Open opens, in byte
// order, at most most of them. It opens and closes the device as Open does, and has
// its errors.
func (d *Disks) RootNames(ctx context.Context, s Selector, k Key, most int) ([]string, error) {
	v, err := d.open(ctx, s, k)
	if err != nil {
		return nil, err
	}
	defer func() { _ = v.Close() }()
	names, err := v.Names(ctx, "", most)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, unreadable(opOpen, s.name(), err)
	}
	slices.Sort(names)
	return names, nil
}
