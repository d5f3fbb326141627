package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// closedFile is the closed baseline in the run's directory.
const closedFile = "baseline.jsonl.gz"

// startFile names the listing that a job begins with, by what it selects: that of an
// edited spec does not overwrite the one that the record names.
func startFile(d specs.Document) string {
	sum := sha256.New()
	for _, r := range Ranges(d) {
		fmt.Fprintf(sum, "%q\n", []string{r.Bucket, r.Prefix, r.After, r.Through, r.Directory})
	}
	return "baseline.start-" + hex.EncodeToString(sum.Sum(nil))[:8] + ".jsonl.gz"
}

// CloseBaseline implements reconciler.Evidence.
func (k *Keeper) CloseBaseline(ctx context.Context, d specs.Document, start reconciler.BaselineFact) (reconciler.BaselineFact, error) {
	if start.File == "" {
		start.File = startFile(d)
	}
	var summary verify.Summary
	err := journal.WriteFile(k.path(d, closedFile), func(w io.Writer) (err error) {
		summary, err = k.closeBaseline(ctx, d, start, w)
		return err
	})
	if err != nil {
		return reconciler.BaselineFact{}, err
	}
	return reconciler.BaselineFact{
		At: k.Clock(), File: closedFile, Digest: summary.Digest, Objects: summary.Objects, Bytes: summary.Bytes, Complete: true,
	}, nil
}

func (k *Keeper) closeBaseline(ctx context.Context, d specs.Document, start reconciler.BaselineFact, w io.Writer) (verify.Summary, error) {
	f, err := os.Open(k.path(d, start.File))
	if err != nil {
		return verify.Summary{}, k.noBaseline(d, start.File, err)
	}
	defer func() { _ = f.Close() }()
	now, err := verify.Live(k.Source, Ranges(d))
	if err != nil {
		return verify.Summary{}, err
	}
	return verify.CloseBaseline(ctx, f, now, w, k.Progress)
}

// openBaseline opens the baseline of the record, and no other: a report names the
// digest that it was made against.
func (k *Keeper) openBaseline(d specs.Document, fact reconciler.BaselineFact) (*os.File, error) {
	return openBaseline(k.path(d, fact.File), fact.Digest)
}

func openBaseline(path, digest string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, noBaseline(path, err)
	}
	sum := sha256.New()
	_, err = io.Copy(sum, f)
	if err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err == nil && digest != "" && hex.EncodeToString(sum.Sum(nil)) != digest {
		err = errors.New("it is not the one that the record names")
	}
	if err != nil {
		_ = f.Close()
		return nil, noBaseline(path, err)
	}
	return f, nil
}

// walk gives the objects of a baseline, as often as it is asked to.
func (k *Keeper) walk(d specs.Document, fact reconciler.BaselineFact) func(context.Context) iter.Seq2[verify.Expected, error] {
	return Lines(k.path(d, fact.File), fact.Digest)
}

// Lines gives the lines of a baseline with that digest, as often as it is asked to. An
// empty digest is not compared.
func Lines(path, digest string) func(context.Context) iter.Seq2[verify.Expected, error] {
	return verify.Reread(func() (io.ReadCloser, error) {
		f, err := openBaseline(path, digest)
		if err != nil {
			return nil, err
		}
		return f, nil
	})
}

func (k *Keeper) noBaseline(d specs.Document, file string, err error) error {
	return noBaseline(k.path(d, file), err)
}

func noBaseline(path string, err error) error {
	return &reconciler.FileError{
		Op: "reading", Path: path, Err: err,
		Remedy: "restore the file from a copy of the state directory; without one, compare the drive with the bucket as it is now: `s3export verify --root DIR --bucket NAME`",
	}
}
