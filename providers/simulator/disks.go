package simulator

import (
	"context"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/simulator/warehouse"
)

// withDevices gives the warehouse the disks of this host, where o has no others.
func (o Options) withDevices() Options {
	disks := device.New(device.Options{})
	if o.Disks == nil {
		o.Disks = disks
	}
	if o.Build == nil {
		o.Build = func(ctx context.Context, file string, size int64, v warehouse.Volume) error {
			return disks.BuildImage(ctx, file, size, device.BuildOptions{UUID: v.UUID, Label: v.Label, FromDir: v.From})
		}
	}
	return o
}
