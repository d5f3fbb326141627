package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/cargomedia/s3export/verify/bundle"
)

// baselinePath is where a drive of ours lists what it holds.
const baselinePath = bundle.Dir + "/" + bundle.BaselineName

// fromDrive takes what the drive itself says of its objects, and reports whether it says
// anything.
func (h *heldCopy) fromDrive(ctx context.Context) (bool, error) {
	files, err := newTreeFS(ctx, h.tree, bundle.Dir)
	if err != nil {
		return false, err
	}
	b, err := bundle.Open(files)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fail(exitError, "BundleUnreadable", fmt.Sprintf("what %s says of itself cannot be read: %v", h.from, err),
			"prove the drive with `s3export verify`; README.txt in /"+bundle.Dir+" says how to read it by hand")
	}
	h.bundle = &b.Description
	h.baseline = func() (io.ReadCloser, error) {
		f, err := files.Open(baselinePath)
		if err != nil {
			return nil, fmt.Errorf("reading /%s of the drive: %w", path.Clean(baselinePath), err)
		}
		return f, nil
	}
	if h.name == "" {
		h.name, h.run = b.Description.Backup, b.Description.Run
	}
	return true, nil
}
