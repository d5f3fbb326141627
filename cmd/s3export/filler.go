package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/providers/pull"
	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/fill"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
)

// filler copies onto attached drives.
func (a *app) filler(p *parts, progress *progress) *fill.Filler {
	return &fill.Filler{
		Journal: a.journal(), Clock: a.now, Tool: userAgent(), Progress: progress, Restorer: p.s3,
		Mount: func(ctx context.Context, d specs.Document, run reconciler.Run, on device.Selector, v device.VolumeID) (fill.Drive, error) {
			key, err := evidence.KeyOf(ctx, d, run, a.typed(p.read))
			if err != nil {
				return nil, err
			}
			if err := a.keepHeader(ctx, p, d, on, v); err != nil {
				return nil, err
			}
			return p.disks.Mount(ctx, on, v, key)
		},
		Copier: func(d specs.Document, h fill.Hooks) fill.Copier { return a.copier(p, d, h) },
		Lacks:  lacks,
		IsFull: func(err error) bool {
			_, full := errors.AsType[*pull.FullError](err)
			return full
		},
	}
}

// luksHeader is the copy of an encrypted drive's header, with which the drive can be opened
// when its own is lost.
const luksHeader = "luks-header.img"

// keepHeader keeps the header of an encrypted drive with the run.
func (a *app) keepHeader(ctx context.Context, p *parts, d specs.Document, on device.Selector, v device.VolumeID) error {
	if len(d.Keys()) == 0 {
		return nil
	}
	header, err := p.disks.LUKSHeader(ctx, on, v)
	if err != nil {
		return err
	}
	// That of a drive that was made anew would open nothing, and the old one would spoil it.
	file := filepath.Join(a.journal().RunDir(d.Metadata.Name, d.Spec.Run), luksHeader)
	if old, err := os.ReadFile(file); err == nil && bytes.Equal(old, header) {
		return nil
	}
	return journal.WriteFile(file, func(w io.Writer) error {
		_, err := w.Write(header)
		return err
	})
}

// copier shows an engine as what fills a drive.
type copier struct{ engine *pull.Engine }

func (a *app) copier(p *parts, d specs.Document, h fill.Hooks) copier {
	settings := d.Spec.Provider.Pull
	pace, err := a.pace(string(settings.Bandwidth))
	if err != nil {
		pace = nil // cannot happen: checked with the spec
	}
	return copier{pull.New(pull.Options{
		Client: p.s3, Concurrency: settings.Concurrency, Pace: pace, Replace: h.Aside, Pinned: h.Pinned,
		Skip:     func(item providers.Item, reason error) error { return h.Skip(item, told(reason)) },
		Progress: func(now pull.Progress) { h.Done(now.Objects, now.Bytes) },
	})}
}

// Copy implements fill.Copier.
func (c copier) Copy(ctx context.Context, root *os.Root, items iter.Seq2[providers.Item, error], keep func([]providers.Copied) error) error {
	_, err := c.engine.Copy(ctx, root, items, keep)
	return told(err)
}

// lacks says how a spec accepts that an object is not on the drive.
func lacks(err error) string {
	e, ok := errors.AsType[*pull.Error](err)
	switch {
	case ok && e.Kind == pull.Archived:
		return string(verify.IssueArchived)
	case ok && e.Kind == pull.SSEC:
		return string(verify.IssueCustomerKey)
	case ok && e.Kind == pull.Unreadable, errors.Is(err, s3.ErrDenied):
		return specs.UnreadableObjects
	}
	return ""
}

// told has an error about one object read as those of the service do.
func told(err error) error {
	if e, ok := errors.AsType[*pull.Error](err); ok {
		return &providers.Error{Kind: providers.Unexpected, Op: "GetObject", Code: string(e.Kind), Message: e.Error(), Remedy: e.Remedy, Err: err}
	}
	return err
}
