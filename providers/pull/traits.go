package pull

import "github.com/cargomedia/s3export/providers"

// Traits returns how copying over the network differs: no job, no parcel, and a drive that
// a later run brings up to date.
func Traits() providers.Traits { return providers.Traits{Fill: providers.ByUs, Refreshes: true} }
