package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/cargomedia/s3export/verify/bundle"
)

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
		return false, fmt.Errorf("what %s says of itself: %w", h.from, err)
	}
	h.bundle, h.baseline = &b.Description, b.Baseline
	if h.name == "" {
		h.name = b.Description.Backup
	}
	return true, nil
}
