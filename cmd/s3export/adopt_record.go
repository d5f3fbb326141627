package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
)

// adoptedBaseline is the baseline of an adopted run, in the run's directory.
const adoptedBaseline = "baseline.jsonl.gz"

// heldBaseline reads the drive's listing to its end, and says what it is.
func heldBaseline(ctx context.Context, held *heldCopy) (reconciler.BaselineFact, error) {
	for _, err := range held.objects(ctx) {
		if err != nil {
			return reconciler.BaselineFact{}, err
		}
	}
	b := held.bundle
	return reconciler.BaselineFact{
		At: b.EndedAt, File: adoptedBaseline, Digest: b.BaselineDigest, Objects: b.Objects, Bytes: b.Bytes, Complete: held.closed,
	}, nil
}

// keepBaseline copies the drive's listing into the directory of its run.
func (a *app) keepBaseline(held *heldCopy, fact reconciler.BaselineFact) error {
	f, err := held.baseline()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	return journal.WriteFile(filepath.Join(a.journal().RunDir(held.name, held.run), fact.File), func(w io.Writer) error {
		sum := sha256.New()
		if _, err := io.Copy(io.MultiWriter(w, sum), f); err != nil {
			return err
		}
		if hex.EncodeToString(sum.Sum(nil)) != fact.Digest {
			return errors.New("the drive's listing reads differently each time")
		}
		return nil
	})
}

// adoptedRecords are the record of the backup and that of its drive.
func (a *app) adoptedRecords(ctx context.Context, f adoptFlags, held *heldCopy, d specs.Document, fact reconciler.BaselineFact) (reconciler.Record, reconciler.DriveRecord, error) {
	state, err := a.disks().Inspect(ctx, reconciler.SelectorOf(d))
	if err != nil {
		return reconciler.Record{}, reconciler.DriveRecord{}, err
	}
	if state.Presence != device.Present {
		return reconciler.Record{}, reconciler.DriveRecord{}, fail(exitBlocked, "DriveNeeded", fmt.Sprintf("the spec that was made selects no drive that is here (%s)", d.Selector()), "plug the drive in directly, or write the spec by hand")
	}
	at := a.now()
	begun, loaded := held.bundle.StartedAt, held.bundle.EndedAt
	run := reconciler.Run{
		Name: held.run, StartedAt: begun, Wanted: specs.Verified, Volume: volumeOf(state, begun), Baseline: &fact,
		Load: &reconciler.LoadFact{EndedAt: loaded, ReturnedAt: &loaded},
	}
	record := reconciler.Record{
		FormatVersion: reconciler.RecordVersion, Name: held.name, SpecDigest: d.Digest, Generation: 1, UpdatedAt: at, Phase: specs.Exported,
		Runs:   []reconciler.Run{run},
		Events: []reconciler.Event{{At: at, Run: held.run, Reason: "Adopted", Message: "taken up from what " + state.Identity.Name() + " says of itself"}},
	}
	if f.spec != "" {
		record.SpecFile = a.path(f.spec)
	}
	drive, err := a.journal().Drive(ctx, state.Identity)
	drive.Seen = &reconciler.Sighting{At: at, Path: state.Path, Host: subject().Host}
	return record, drive, err
}

// volumeOf is the volume that is on the drive. Of one that is encrypted nothing is seen
// but its partition.
func volumeOf(s device.State, at time.Time) *reconciler.VolumeFact {
	v := &reconciler.VolumeFact{At: at, Device: s.Identity}
	if fs := s.Content.FileSystem; fs != nil {
		v.UUID = fs.UUID
	}
	if len(s.Content.Partitions) == 1 {
		v.PartitionGUID = s.Content.Partitions[0].GUID
	}
	return v
}
