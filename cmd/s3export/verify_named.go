package main

import (
	"context"
	"errors"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// verifyBackups takes a new proof of each backup.
func (a *app) verifyBackups(ctx context.Context, docs []specs.Document, f verifyFlags) error {
	if err := f.forNamed(); err != nil {
		return err
	}
	if _, err := parseSeed(f.seed); err != nil {
		return err
	}
	for i := range docs {
		if err := resample(&docs[i], f.sample, f.seed); err != nil {
			return err
		}
		v := &docs[i].Spec.Verify
		if f.against != "" {
			v.Against = specs.Against(f.against)
		}
		if f.download != "" {
			v.Download = specs.Download(f.download)
		}
	}
	pace, err := a.pace(f.bandwidth)
	if err != nil {
		return err
	}
	a.readPace, a.proofTime = pace, f.timed
	giveWay()
	return a.reconcileAll(ctx, docs, reconciler.Limits{Reverify: true, Seed: f.seed, Restart: f.restart})
}

// forNamed refuses what a backup's own record and directory decide.
func (f verifyFlags) forNamed() error {
	switch {
	case f.report != "" || f.inventory+f.checksums != "" || f.dryRun || f.lists.any():
		return usage(errors.New("--report, --inventory, --checksums, --dry-run and the lists go with --root, --image or --device; a backup's reports are kept with its run"))
	}
	return f.words()
}

// words checks the flags that take one of a few words.
func (f verifyFlags) words() error {
	switch specs.Against(f.against) {
	case "", specs.AgainstBucket, specs.AgainstBaseline, specs.AgainstBoth:
	default:
		return usage(errors.New(`--against takes "bucket", "baseline" or "both"`))
	}
	switch specs.Download(f.download) {
	case "", specs.DownloadNever, specs.DownloadIfNeeded:
	default:
		return usage(errors.New(`--download takes "Never" or "IfNeeded"`))
	}
	return nil
}
