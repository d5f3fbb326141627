package evidence

import (
	"context"
	"os"
	"path/filepath"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// drift says what has become of the objects of older copies, the newest first, in the
// listing that was written to newer.
func drift(ctx context.Context, store *journal.Store, d specs.Document, before []reconciler.PriorCopy, newer string) (*verify.Drift, error) {
	var older []verify.Layer
	for _, b := range before {
		path := filepath.Join(store.RunDir(d.Metadata.Name, b.Run), b.Baseline.File)
		ranges, err := rangesIn(path)
		if err != nil {
			return nil, err
		}
		older = append(older, verify.Layer{Ranges: ranges, Lines: Lines(path, b.Baseline.Digest)(ctx)})
	}
	found, err := verify.DriftOf(ctx, verify.Overlaid(older...), Lines(newer, "")(ctx), Ranges(d))
	if err != nil {
		return nil, err
	}
	return &found, nil
}

// rangesIn returns what a baseline is a listing of.
func rangesIn(path string) ([]verify.Range, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, noBaseline(path, err)
	}
	defer func() { _ = f.Close() }()
	b, err := verify.OpenBaseline(f)
	if err != nil {
		return nil, noBaseline(path, err)
	}
	return b.Ranges(), nil
}
