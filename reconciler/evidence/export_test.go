package evidence

import "github.com/cargomedia/s3export/device"

// WorkersOf is how many files of a device are read at once.
func WorkersOf(k *Keeper, s device.Selector) int { return k.workers(s) }
