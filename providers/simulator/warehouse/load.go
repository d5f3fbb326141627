package warehouse

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

// loaded is what a load has left.
type loaded struct {
	log     []byte
	failed  int      // lines
	spoiled []string // see Parcel
}

// load formats the device's partition and puts the manifest's objects there.
func (w *Warehouse) load(ctx context.Context, p *parcel, j jobs.Job) (l loaded, err error) {
	start, size, err := w.extent(ctx, p)
	if err != nil {
		return l, err
	}
	work, err := os.MkdirTemp(w.o.WorkDir, "s3export-load-")
	if err != nil {
		return l, fmt.Errorf("making a staging directory: %w", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	inside, err := w.roomFor(ctx, work, j, size)
	if err != nil {
		return l, err
	}
	s, err := w.stage(ctx, work, inside)
	if err != nil {
		return l, err
	}
	if err := s.export(ctx, j); err != nil && !errors.Is(err, errFull) {
		return l, err
	}
	l.log, l.failed = s.log.bytes(), s.log.failed
	if l.spoiled, err = rot(s.root, s.files, w.spoils(), w.o.Seed); err != nil {
		return l, err
	}
	full := filepath.Join(work, "full")
	v := Volume{UUID: uuid(w.o.Seed, j.ID), Label: "AWS-" + j.ID, From: s.root}
	if err := w.o.Build(ctx, full, inside, v); err != nil {
		return l, err
	}
	if full, err = w.wrap(ctx, work, j, size, full); err != nil {
		return l, err
	}
	return l, overwrite(p.Away, start, size, full)
}

func (w *Warehouse) spoils() Rot {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.rot
}

// stage prepares an empty staging directory and measures what a file system of
// size bytes holds.
func (w *Warehouse) stage(ctx context.Context, work string, size int64) (*staging, error) {
	root, empty := filepath.Join(work, "root"), filepath.Join(work, "empty")
	if err := os.Mkdir(root, 0o755); err != nil { //nolint:gosec // becomes the root of the file system
		return nil, fmt.Errorf("making a staging directory: %w", err)
	}
	if err := w.o.Build(ctx, empty, size, Volume{UUID: uuid(w.o.Seed, ""), From: root}); err != nil {
		return nil, err
	}
	r, err := measure(empty)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(empty); err != nil {
		return nil, fmt.Errorf("measuring the file system: %w", err)
	}
	return &staging{root: root, store: w.o.Store, now: w.o.Clock.Now, room: r, log: newExportLog()}, nil
}

// extent returns where the device's file system is: its only partition, or all of
// a device without a table.
func (w *Warehouse) extent(ctx context.Context, p *parcel) (start, size int64, err error) {
	state, err := w.o.Disks.Inspect(ctx, p.selector)
	switch {
	case err != nil:
		return 0, 0, err
	case state.Presence != device.Present:
		return 0, 0, fmt.Errorf("%q: %w", p.Away, errNoDevice)
	}
	switch parts := state.Content.Partitions; len(parts) {
	case 0:
		return 0, state.Identity.Size, nil
	case 1:
		return parts[0].Start, parts[0].Size, nil
	default:
		return 0, 0, fmt.Errorf("the device has %d partitions; one is wanted", len(parts))
	}
}

func (w *Warehouse) putLog(bucket, key string, text []byte) error {
	_, err := w.o.Store.Put(bucket, key, bytes.NewReader(text), store.PutOptions{
		Attributes: store.Attributes{ContentType: "text/plain"},
		Size:       int64(len(text)),
	})
	return err
}
