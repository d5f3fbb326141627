package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
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

// CloseBaseline implements reconciler.Evidence.
func (k *Keeper) CloseBaseline(ctx context.Context, d specs.Document) (reconciler.BaselineFact, error) {
	var summary verify.Summary
	err := journal.WriteFile(k.path(d, closedFile), func(w io.Writer) (err error) {
		summary, err = k.closeBaseline(ctx, d, w)
		return err
	})
	if err != nil {
		return reconciler.BaselineFact{}, err
	}
	return reconciler.BaselineFact{
		At: k.Clock(), File: closedFile, Digest: summary.Digest, Objects: summary.Objects, Bytes: summary.Bytes, Complete: true,
	}, nil
}

func (k *Keeper) closeBaseline(ctx context.Context, d specs.Document, w io.Writer) (verify.Summary, error) {
	start, err := os.Open(k.path(d, startFile))
	if err != nil {
		return verify.Summary{}, k.noBaseline(d, startFile, err)
	}
	defer func() { _ = start.Close() }()
	return verify.CloseBaseline(ctx, start, k.Source, ranges(d), w, k.Progress)
}

// openBaseline opens the baseline of the record, and no other: a report names the
// digest that it was made against.
func (k *Keeper) openBaseline(d specs.Document, fact reconciler.BaselineFact) (*os.File, error) {
	f, err := os.Open(k.path(d, fact.File))
	if err != nil {
		return nil, k.noBaseline(d, fact.File, err)
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err == nil && hex.EncodeToString(sum.Sum(nil)) != fact.Digest {
		err = errors.New("it is not the one that the record names")
	}
	if err != nil {
		_ = f.Close()
		return nil, k.noBaseline(d, fact.File, err)
	}
	return f, nil
}

func (k *Keeper) noBaseline(d specs.Document, file string, err error) error {
	return &reconciler.FileError{
		Op: "reading", Path: k.path(d, file), Err: err,
		Remedy: "restore the file from a copy of the state directory; without one, compare the drive with the bucket as it is now: `s3export verify --root DIR --bucket NAME`",
	}
}
