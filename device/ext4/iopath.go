package ext4

import (
	"context"
	"errors"
	"io/fs"
	"strings"
)

// linksMost is how many symbolic links a path may pass, as in the kernel (MAXSYMLINKS
// in include/linux/namei.h).
const linksMost = 40

// descent is on its way along a path with symbolic links.
type descent struct {
	f     *FS
	way   []*inode // from the root to where it is
	rest  []string // names to come
	links int      // passed
}

// descend goes from the root along a path; follow says whether a link at its end is
// followed.
func (f *FS) descend(path string, follow bool) (*inode, error) {
	root, err := f.lookup(context.Background(), "")
	if err != nil {
		return nil, err
	}
	d := descent{f: f, way: []*inode{root}, rest: strings.Split(path, "/")}
	for len(d.rest) > 0 {
		if err := d.step(follow); err != nil {
			return nil, err
		}
	}
	return d.way[len(d.way)-1], nil
}

// step takes the next name.
func (d *descent) step(follow bool) error {
	dir, name := d.way[len(d.way)-1], d.rest[0]
	d.rest = d.rest[1:]
	switch {
	case dir.kind() != Directory, name == ".." && len(d.way) == 1:
		return fs.ErrNotExist
	case name == "..":
		d.way = d.way[:len(d.way)-1]
		return nil
	case name == "", name == ".":
		return nil
	}
	n, err := d.f.find(context.Background(), dir, name)
	if err != nil {
		return err
	}
	in, err := d.f.inode(n)
	if err != nil {
		return err
	}
	if in.kind() == Symlink && (follow || len(d.rest) > 0) {
		return d.link(in)
	}
	d.way = append(d.way, in)
	return nil
}

// link puts the target of a symbolic link before the names to come.
func (d *descent) link(in *inode) error {
	if d.links++; d.links > linksMost {
		return errors.New("too many symbolic links")
	}
	if err := in.readable(); err != nil {
		return err
	}
	target, err := d.f.target(in)
	if err != nil {
		return err
	}
	if target[0] == '/' {
		return fs.ErrNotExist
	}
	d.rest = append(strings.Split(string(target), "/"), d.rest...)
	return nil
}
