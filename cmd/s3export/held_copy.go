package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/evidence"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/verify"
	"github.com/cargomedia/s3export/verify/bundle"
)

// copyFlags say which copy is read.
type copyFlags struct {
	files
	root, image, device     string
	passwordFrom, container string
}

func (f *copyFlags) declare(c *cobra.Command) {
	f.flags(c)
	c.Flags().StringVar(&f.root, "root", "", "folder that holds the copy")
	c.Flags().StringVar(&f.image, "image", "", "image file that holds the copy")
	c.Flags().StringVar(&f.device, "device", "", "disk that holds the copy, such as /dev/sdb or a link in /dev/disk/by-id")
	c.Flags().StringVar(&f.passwordFrom, "password-from", "", "where the password of an encrypted copy is: env:NAME, file:PATH, credential:NAME, or - to be asked (default: as the spec of NAME says)")
	c.Flags().StringVar(&f.container, "container", "", "name of the file at the root that holds the copy, where several may be it")
}

// place is the copy as verify's flags name it.
func (f *copyFlags) place() verifyFlags {
	return verifyFlags{root: f.root, image: f.image, device: f.device, passwordFrom: f.passwordFrom, container: f.container}
}

func (f *copyFlags) check(args []string) error {
	switch n := f.place().copies(); {
	case n > 1:
		return usage(errors.New("name one of --root, --image and --device"))
	case n == 0 && len(args) == 0 && len(f.names) == 0:
		return usage(errors.New("name a backup, or the copy with --root, --image or --device"))
	case f.root != "" && f.passwordFrom+f.container != "":
		return usage(errors.New("--password-from and --container go with --image and --device: what is mounted is decrypted already"))
	}
	return nil
}

// heldCopy is a copy that is open, with what is known of its objects.
type heldCopy struct {
	tree   verify.Tree
	from   string // for people
	path   string // of the device, image or folder
	name   string // of the backup; empty: not known
	run    string
	ranges []verify.Range
	closed bool                // the listing was taken again when the copy had been made
	bundle *bundle.Description // what the drive says of itself; nil: nothing
	// baseline opens the listing of its objects.
	baseline func() (io.ReadCloser, error)
	end      []func()
}

func (h *heldCopy) close() {
	for _, end := range slices.Backward(h.end) {
		end()
	}
}

// buckets are those of which something is in the copy.
func (h *heldCopy) buckets() []string {
	var all []string
	for _, r := range h.ranges {
		all = append(all, r.Bucket)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// objects are those of the baseline.
func (h *heldCopy) objects(ctx context.Context) iter.Seq2[verify.Expected, error] {
	return verify.Reread(h.baseline)(ctx)
}

// holdCopy opens the drive of a backup, or what is named, and what tells of its objects:
// the drive itself, else the record.
func (a *app) holdCopy(ctx context.Context, f copyFlags, args []string) (h *heldCopy, err error) {
	h = &heldCopy{}
	defer func() {
		if err != nil {
			h.close()
		}
	}()
	var run *reconciler.Run
	if len(args)+len(f.names) > 0 {
		if run, err = a.openNamed(ctx, f, args, h); err != nil {
			return h, err
		}
	}
	if h.tree == nil {
		var request verify.Request
		end, err := a.openCopy(ctx, f.place(), &request)
		if err != nil {
			return h, err
		}
		h.tree, h.from, h.path, h.end = request.Tree, f.root+f.image+f.device, a.path(f.root+f.image+f.device), append(h.end, end)
	}
	found, err := h.fromDrive(ctx)
	switch {
	case err != nil:
		return h, err
	case !found && run == nil:
		return h, fail(exitUsage, "NotOurs", fmt.Sprintf("%s does not say what it holds: there is no /%s on it", h.from, bundle.Dir),
			"name the backup that it was made for (`s3export get` lists those of this host)")
	case found && run != nil && h.bundle.Backup != h.name && h.bundle.BaselineDigest != run.Baseline.Digest:
		return h, fail(exitBlocked, "OtherCopy", fmt.Sprintf("%s holds run %s/%s, and not a copy of backup %q", h.from, h.bundle.Backup, h.bundle.Run, h.name),
			"plug in the drive of this backup; or leave the NAME out, to restore what the drive says of itself")
	case found:
		h.run = h.bundle.Run
	default:
		h.baseline = func() (io.ReadCloser, error) { return a.recordedBaseline(h.name, *run) }
	}
	return h, h.learnRanges()
}

// openNamed finds the run of a backup that is on a drive, and opens the drive unless
// another place is named.
func (a *app) openNamed(ctx context.Context, f copyFlags, args []string, h *heldCopy) (*reconciler.Run, error) {
	docs, err := a.named(ctx, args, f.files)
	if err != nil {
		return nil, err
	}
	if len(docs) != 1 {
		return nil, usage(errors.New("name one backup"))
	}
	d := docs[0]
	record, err := a.known(ctx, d.Metadata.Name)
	if err != nil {
		return nil, err
	}
	i := len(record.Runs) - 1
	for i >= 0 && (record.Runs[i].Load == nil || record.Runs[i].Baseline == nil) {
		i--
	}
	if i < 0 {
		return nil, fail(exitBlocked, "NothingLoaded", fmt.Sprintf("no run of backup %q has come to a copy yet", record.Name), "see `s3export describe "+record.Name+"`")
	}
	run := record.Runs[i]
	h.name, h.run = record.Name, run.Name
	if f.place().copies() > 0 {
		return &run, nil
	}
	return &run, a.openDrive(ctx, f, d, run, h)
}

// openDrive opens the drive that the spec selects.
func (a *app) openDrive(ctx context.Context, f copyFlags, d specs.Document, run reconciler.Run, h *heldCopy) error {
	selector := reconciler.SelectorOf(d)
	which := "the drive that its spec selects (" + d.Selector() + ")"
	if run.Volume != nil {
		which = run.Volume.Device.Name()
	}
	if a.disks().Locate(selector).Presence == device.Absent {
		return fail(exitBlocked, "DriveNeeded", fmt.Sprintf("the copy of backup %q is on %s, which is not here", d.Metadata.Name, which),
			"plug it in; or say where it is mounted with --root")
	}
	key, err := a.keyOf(ctx, f, d, run)
	if err != nil {
		return err
	}
	v, err := a.disks().Open(ctx, selector, key)
	if err != nil {
		return err
	}
	h.tree, h.from, h.path, h.end = evidence.Tree(v), which, a.disks().Locate(selector).Path, append(h.end, func() { _ = v.Close() })
	return nil
}

// recordedBaseline opens the baseline that the record names, and no other.
func (a *app) recordedBaseline(name string, run reconciler.Run) (io.ReadCloser, error) {
	path := filepath.Join(a.journal().RunDir(name, run.Name), run.Baseline.File)
	return openDigested(path, run.Baseline.Digest)
}

// learnRanges reads what the baseline is a listing of.
func (h *heldCopy) learnRanges() error {
	f, err := h.baseline()
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	b, err := verify.OpenBaseline(f)
	if err != nil {
		return err
	}
	h.ranges, h.closed = b.Ranges(), b.Closed()
	return nil
}

// openDigested opens a file that has that SHA-256, in hex.
func openDigested(path, digest string) (io.ReadCloser, error) {
	f, err := os.Open(path)
	if err == nil {
		err = digested(f, digest)
	}
	if err != nil {
		if f != nil {
			_ = f.Close()
		}
		return nil, &reconciler.FileError{Op: "reading", Path: path, Err: err, Remedy: "restore the file from a copy of the state directory"}
	}
	return f, nil
}
