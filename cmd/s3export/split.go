package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/verify"
)

// split prints, for each backup, the specs that spread its load over as many drives
// of its size as it takes.
func (a *app) split(ctx context.Context, f files) error {
	if slices.Contains(f.names, "-") {
		return usage(errors.New("--split reads the spec a second time: name a file, not standard input"))
	}
	docs, err := a.load(f)
	if err != nil {
		return err
	}
	for i, d := range docs {
		text, err := a.splitOne(ctx, d)
		if err != nil {
			return a.stopped(ctx, err)
		}
		if i > 0 {
			_, _ = fmt.Fprintln(a.stdout, "---")
		}
		if _, err := a.stdout.Write(text); err != nil {
			return err
		}
	}
	return nil
}

func (a *app) splitOne(ctx context.Context, d specs.Document) ([]byte, error) {
	p, err := a.wire(ctx, d)
	if err != nil {
		return nil, err
	}
	size, err := a.driveSize(ctx, p, d)
	if err != nil {
		return nil, err
	}
	progress := a.newProgress(d.Metadata.Name)
	room := device.RoomOn(size)
	parts, err := verify.Split(ctx, bucketSource{p.s3}, evidence.Ranges(d), verify.Room{Bytes: room.Bytes, Inodes: room.Inodes}, progress)
	progress.end()
	if err != nil {
		return nil, err
	}
	a.say("backup/%s: %d %s of %s", d.Metadata.Name, len(parts), plural(len(parts), "drive"), device.FormatSize(size))
	drives := make([][]manifest.Operation, len(parts))
	for i, part := range parts {
		for _, r := range part {
			drives[i] = append(drives[i], manifest.Operation{ExportBucket: r.Bucket, Prefix: r.Prefix, BeginMarker: r.After, EndMarker: r.Through, TargetDirectory: r.Directory})
		}
	}
	data, err := os.ReadFile(d.File)
	if err != nil {
		return nil, err
	}
	return specs.Spread(d.File, data, d.Metadata.Name, drives)
}

// driveSize is the size of the drive that is here, else the one that the spec names.
func (*app) driveSize(ctx context.Context, p *parts, d specs.Document) (int64, error) {
	seen, err := p.disks.Inspect(ctx, reconciler.SelectorOf(d))
	if err != nil {
		return 0, err
	}
	if seen.Identity.Size > 0 {
		return seen.Identity.Size, nil
	}
	if size, _, err := d.Spec.Device.Size.Parse(); err == nil && size > 0 {
		return size, nil
	}
	return 0, fail(exitBlocked, "SizeUnknown", fmt.Sprintf("the size of the drive of backup %q is not known", d.Metadata.Name),
		"plug the drive in, or write spec.device.size")
}
