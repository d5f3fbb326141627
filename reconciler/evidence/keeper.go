package evidence

import (
	"context"
	"io"
	"path/filepath"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/verify"
)

// Objects fetches single objects, such as labels.
type Objects interface {
	// Get writes the object to w; more than limit bytes are an error.
	Get(ctx context.Context, bucket, key string, w io.Writer, limit int64) error
}

// Devices opens devices for reading.
type Devices interface {
	// Open opens the file system on the selected device, which may be encrypted; Close
	// always gives back what was mounted or locked.
	Open(ctx context.Context, s device.Selector, k device.Key) (device.Volume, error)
}

// Keeper is a reconciler.Evidence. Progress and what comes behind it may be left out. It is
// safe for concurrent use on different backups.
type Keeper struct {
	Journal  *journal.Store
	Source   verify.Source
	Objects  Objects
	Buckets  Buckets
	ReadLog  ReadLog
	Devices  Devices
	Secrets  manifest.Resolve // reads the password of an encrypted copy; errors are *secret.Error
	Clock    func() time.Time
	Subject  verify.Subject  // tool, host and user; the rest is filled in
	Progress verify.Progress // nil: nobody is told
	Workers  int             // files read at once; 0 means what suits the medium
	// Medium says of which kind a device is; nil: not known.
	Medium func(device.Selector) device.Medium
	// Download reads originals where a spec allows it; nil: nowhere.
	Download verify.Downloader
	// Pace is asked before each read of a drive; nil: full speed.
	Pace func(ctx context.Context, bytes int) error
	// Timed gives a proof a context that may end with verify.ErrTimeUp; nil: it does not.
	Timed func(context.Context) (context.Context, context.CancelFunc)
}

func (k *Keeper) path(d specs.Document, name string) string {
	return filepath.Join(k.Journal.RunDir(d.Metadata.Name, d.Spec.Run), filepath.FromSlash(name))
}

// Ranges returns what the load selects, as verify reads it.
func Ranges(d specs.Document) []verify.Range {
	var all []verify.Range
	naming := verify.AsServiceNames
	if d.Spec.Source != nil {
		naming = verify.Encoded
	}
	for _, r := range d.Ranges() {
		all = append(all, verify.Range{
			Bucket: r.Bucket, Prefix: r.Prefix, After: r.After, Through: r.Through, Directory: r.Directory, Naming: naming,
		})
	}
	return all
}
