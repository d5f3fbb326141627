package main

import (
	"fmt"

	"github.com/cargomedia/s3export/device"
)

// checkRoot refuses a folder that is not where the drive is mounted: the record would tell of
// one drive what another one holds.
func (a *app) checkRoot(f adoptFlags, s device.State) error {
	if f.root == "" {
		return nil
	}
	const remedy = "leave --root out: the copy is then read from the drive or image itself; or name the folder where that is mounted"
	switch is, err := a.disks().MountedFrom(a.path(f.root), s); {
	case err != nil:
		return fail(exitBlocked, "RootUnclear", fmt.Sprintf("--root %q: that %s is mounted there cannot be told: %v", f.root, f.image+f.device, err), remedy)
	case !is:
		return fail(exitBlocked, "OtherRoot", fmt.Sprintf("--root %q is not where %s is mounted", f.root, f.image+f.device), remedy)
	}
	return nil
}
