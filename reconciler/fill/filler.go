package fill

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// Drive is a volume that is mounted for writing.
type Drive interface {
	Root() *os.Root
	// Sync makes all that was written durable.
	Sync() error
	// Explain says what an error of a file means for the device.
	Explain(err error) error
	// Close makes it durable and gives the drive back.
	Close() error
}

// Copier fetches objects.
type Copier interface {
	// Copy brings items, which come in the order of paths, below root. What keep is given
	// is on the medium, in their order. It goes on where it was interrupted.
	Copy(ctx context.Context, root *os.Root, items iter.Seq2[providers.Item, error], keep func([]providers.Copied) error) error
}

// Hooks are what a Copier asks on the way. It may do so from several goroutines.
type Hooks struct {
	// Aside takes a file away whose path an object is about to take.
	Aside func(path string) error
	// Pinned: only the listed states of objects are wanted.
	Pinned bool
	// Skip is told of an object that this host cannot read. Nil from it leaves it out.
	Skip func(item providers.Item, reason error) error
	// Done is told how far the copy is.
	Done func(objects, bytes int64)
}

// Restorer makes archived objects readable.
type Restorer interface {
	// Restore asks for an object to be readable for some days, and reports whether it is. A
	// repeat is safe.
	Restore(ctx context.Context, bucket, key, tier string, days int) (ready bool, err error)
}

// Filler implements reconciler.Filler.
type Filler struct {
	Journal *journal.Store
	Clock   func() time.Time
	// Mount mounts the volume for writing; it needs root.
	Mount  func(ctx context.Context, d specs.Document, run reconciler.Run, on device.Selector, v device.VolumeID) (Drive, error)
	Copier func(d specs.Document, h Hooks) Copier
	// Restorer is needed where a spec has archived objects restored.
	Restorer Restorer
	Progress verify.Progress // nil: nobody is told
	// Lacks says which name in spec.preflight.accept lets an object be left out; empty: none.
	Lacks func(error) string
	// IsFull reports whether an error of Copier says that the drive is full.
	IsFull func(error) bool
	// Tool is the name and version of this program, for who finds the drive.
	Tool string
}

// copying is one copy under way.
type copying struct {
	*Filler
	doc    specs.Document
	order  reconciler.FillOrder
	drive  Drive
	root   *os.Root
	before baseline // what the drive says of itself; nil: nothing
	again  bool     // what it says is of this very run
	ledger *ledger
	bad    map[string]verify.Outcome // paths to be fetched again whatever is known of them
	asleep map[string]bool           // paths of objects that are being restored
	total  verify.Step               // what is copied in this session

	mu     sync.Mutex
	failed map[string]error // of objects that could not be copied, by path
	first  error            // of them
	left   map[string]bool  // paths of objects that cannot be read, as the spec accepts
	fact   reconciler.CopyFact
	since  time.Time
}

// Fill implements reconciler.Filler.
func (f *Filler) Fill(ctx context.Context, d specs.Document, o reconciler.FillOrder) (filled reconciler.Filled, err error) {
	c := &copying{
		Filler: f, doc: d, order: o, since: f.Clock(), asleep: map[string]bool{}, failed: map[string]error{}, left: map[string]bool{},
	}
	if c.bad, err = f.badFiles(d, o); err != nil {
		return filled, err
	}
	if c.drive, err = f.Mount(ctx, d, o.Run, reconciler.SelectorOf(d), o.Volume); err != nil {
		return filled, err
	}
	c.root = c.drive.Root()
	defer func() { err = errors.Join(err, c.drive.Close()) }()
	if err := c.open(ctx); err != nil {
		return filled, err
	}
	defer func() { err = errors.Join(err, c.ledger.close()) }()
	if err := c.prune(ctx); err != nil {
		return filled, err
	}
	if err := c.foresee(ctx); err != nil {
		return filled, err
	}
	if err := c.copyAll(ctx); err != nil {
		return filled, err
	}
	if err := c.uncopied(); err != nil {
		return filled, err
	}
	if n := len(c.asleep); n > 0 {
		return filled, &reconciler.RestoringError{Objects: n, Tier: c.doc.Spec.Provider.Pull.Restore.Tier}
	}
	return c.finish(ctx)
}

// open reads what the drive says of itself.
func (c *copying) open(ctx context.Context) (err error) {
	if err := c.root.MkdirAll(bundle.Dir, 0o755); err != nil {
		return c.trouble(bundle.Dir, err)
	}
	if c.before, err = c.said(ctx); err != nil {
		return err
	}
	if c.ledger, err = openLedger(c.root, c.order.Run.Baseline.Digest+c.order.Repair); err != nil {
		return c.trouble("of the ledger", err)
	}
	return c.reserve()
}

// path returns the path of a file of the run at the station.
func (f *Filler) path(d specs.Document, name string) string {
	return filepath.Join(f.Journal.RunDir(d.Metadata.Name, d.Spec.Run), filepath.FromSlash(name))
}

// baseline gives what is to be on the drive, in the order of paths.
func (c *copying) baseline(ctx context.Context) iter.Seq2[verify.Expected, error] {
	return evidence.Lines(c.path(c.doc, c.order.Run.Baseline.File), c.order.Run.Baseline.Digest)(ctx)
}

// trouble is an error of a file on the drive.
func (c *copying) trouble(path string, err error) error {
	if err == nil {
		return nil
	}
	return c.drive.Explain(fmt.Errorf("file %q: %w", path, err))
}
