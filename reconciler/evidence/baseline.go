package evidence

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// The baseline's files in the run's directory.
const (
	startFile  = "baseline.start.jsonl.gz"
	closedFile = "baseline.jsonl.gz"
)

// Baseline implements reconciler.Evidence.
func (k *Keeper) Baseline(ctx context.Context, d specs.Document, atEnd bool) (reconciler.BaselineFact, error) {
	file := startFile
	write := func(w io.Writer) (verify.Summary, error) {
		return verify.TakeBaseline(ctx, k.Source, ranges(d), w, k.Progress)
	}
	if atEnd {
		file = closedFile
		write = func(w io.Writer) (verify.Summary, error) { return k.closeBaseline(ctx, d, w) }
	}
	var summary verify.Summary
	err := journal.WriteFile(k.path(d, file), func(w io.Writer) (err error) {
		summary, err = write(w)
		return err
	})
	if err != nil {
		return reconciler.BaselineFact{}, err
	}
	return reconciler.BaselineFact{
		At: k.Clock(), File: file, Digest: summary.Digest, Objects: summary.Objects, Bytes: summary.Bytes, Complete: atEnd,
	}, nil
}

func (k *Keeper) closeBaseline(ctx context.Context, d specs.Document, w io.Writer) (verify.Summary, error) {
	start, err := os.Open(k.path(d, startFile))
	if err != nil {
		return verify.Summary{}, fmt.Errorf("reading the baseline: %w", err)
	}
	defer func() { _ = start.Close() }()
	return verify.CloseBaseline(ctx, start, k.Source, ranges(d), w)
}
