package ext4

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
)

var errEnough = errors.New("enough") // ends a scan

// Names returns the names in a directory ("" is the root), without "." and "..", in
// no order, at most most of them. It fails with fs.ErrNotExist when the path is no
// directory, and with an *Error for damage: a part of the names is not returned as
// if it were all.
func (f *FS) Names(ctx context.Context, dir string, most int) ([]string, error) {
	in, err := f.lookup(ctx, dir)
	if err != nil {
		return nil, err
	}
	if in.kind() != Directory {
		return nil, fmt.Errorf("%q: %w", dir, fs.ErrNotExist)
	}
	var names []string
	damage, err := f.eachDirent(ctx, in, func(d dirent) error {
		switch name := string(d.name); {
		case name == "." || name == "..":
		case len(names) == most:
			return errEnough
		default:
			names = append(names, name)
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		return names, nil
	}
	return names, errors.Join(err, damage)
}
