package evidence

import (
	"context"
	"path/filepath"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// drift says what has become of the objects of an older copy in the listing that was
// written to newer.
func drift(ctx context.Context, store *journal.Store, d specs.Document, before reconciler.PriorCopy, newer string) (*verify.Drift, error) {
	older := Lines(filepath.Join(store.RunDir(d.Metadata.Name, before.Run), before.Baseline.File), before.Baseline.Digest)
	found, err := verify.DriftOf(ctx, older(ctx), Lines(newer, "")(ctx), Ranges(d))
	if err != nil {
		return nil, err
	}
	return &found, nil
}
