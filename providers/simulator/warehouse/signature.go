package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/cargomedia/s3export/device"
)

// signatureName is the SIGNATURE file's path on a device.
const signatureName = "SIGNATURE"

// maxSignature bounds what is read; a SIGNATURE has about a hundred bytes.
const maxSignature = 64 << 10

var (
	errNoDevice    = errors.New("the device is not where it was put")
	errNoVolume    = errors.New("no readable file system")
	errNoSignature = errors.New("no SIGNATURE file")
	errFound       = errors.New("found") // ends a walk
)

// signature reads the SIGNATURE file of a device.
func (w *Warehouse) signature(ctx context.Context, p *parcel) (text string, err error) {
	state, err := w.o.Disks.Inspect(ctx, p.selector)
	switch {
	case err != nil:
		return "", err
	case state.Presence == device.Absent:
		return "", fmt.Errorf("%q: %w", p.Away, errNoDevice)
	case state.Presence != device.Present:
		return "", fmt.Errorf("looking at %q: %s", p.Away, state.Problem)
	case state.Content.FileSystem == nil || state.Content.FileSystem.Type != device.Ext4:
		return "", errNoVolume
	}
	volume, err := w.o.Disks.Open(ctx, p.selector, device.Key{})
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, volume.Close()) }()
	var found device.Entry
	err = volume.Walk(ctx, "", func(e device.Entry) error {
		if e.Path == signatureName {
			found = e
		}
		if e.Path >= signatureName { // the walk is in byte order
			return errFound
		}
		return nil
	})
	switch {
	case err != nil && !errors.Is(err, errFound):
		return "", err
	case found.Err != nil:
		return "", found.Err
	case found.Type != device.Regular || found.Size > maxSignature:
		return "", errNoSignature
	}
	file, err := volume.Open(found)
	if err != nil {
		return "", err
	}
	content, err := io.ReadAll(io.NewSectionReader(file, 0, found.Size))
	return string(content), err
}
