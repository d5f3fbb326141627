package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/verify"
)

// rootTree opens a folder: what is mounted read-only is read from its device, which is
// faster, anything else file by file.
func (a *app) rootTree(ctx context.Context, root string) (verify.Tree, func(), error) {
	disks := a.disks()
	v, err := disks.OpenMounted(ctx, root)
	if err == nil {
		a.logger().Info("reading the folder from its device", "root", root)
		return evidence.Tree(v), func() { _ = v.Close() }, nil
	}
	if ctx.Err() != nil {
		return nil, nil, err
	}
	a.logger().Info("reading the folder file by file", "root", root, "because", err.Error())
	var o verify.DirOptions
	if disks.Medium(root) != device.Rotational {
		o.Order = verify.ByInode
	}
	t, err := verify.OpenDirTree(root, o)
	if p, ok := errors.AsType[*os.PathError](err); ok {
		return nil, nil, fail(exitError, "RootUnreadable", fmt.Sprintf("--root %q: %v", root, p.Err), "correct the path; mount the drive there first")
	}
	if err != nil {
		return nil, nil, err
	}
	return t, func() { _ = t.Close() }, nil
}

// workers is how many files are read at once of what a path names; 0: as many as usual.
func (a *app) workers(path string) int {
	return cmp.Or(a.old.forks, evidence.Workers(a.disks().Medium(path)))
}
