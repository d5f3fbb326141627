package evidence

import "github.com/cargomedia/s3export/device"

// solidWorkers is how many files are read at once from what need not seek: enough to keep
// several requests before the disk.
const solidWorkers = 8

// Workers is how many files are read at once from a medium, as verify.Runtime takes it: one
// from a disk that turns, which is read in its own order, and 0, which leaves it to verify,
// from one that is not known.
func Workers(m device.Medium) int {
	switch m {
	case device.Rotational:
		return 1
	case device.Solid:
		return solidWorkers
	case device.UnknownMedium:
	}
	return 0
}

// workers is how many files of a device are read at once.
func (k *Keeper) workers(s device.Selector) int {
	if k.Workers > 0 || k.Medium == nil {
		return k.Workers
	}
	return Workers(k.Medium(s))
}
