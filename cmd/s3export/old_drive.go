package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/verify"
)

// driveCopy is what verify-backup is given, and whose it is.
type driveCopy struct {
	root string        // a mounted directory, or
	disk *device.Named // a disk or an image
	// names are those at its root.
	names []string
	// Of a drive that the journal knows: its record, the newest run that it was in,
	// and the spec, nil where that cannot be had.
	record *reconciler.Record
	run    reconciler.Run
	doc    *specs.Document
}

// copyAt says what a path of verify-backup is.
func (a *app) copyAt(ctx context.Context, path string) (driveCopy, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return driveCopy{root: path}, nil
	}
	disk, err := device.New(device.Options{}).Resolve(ctx, path)
	if err != nil {
		return driveCopy{}, err
	}
	c := driveCopy{disk: &disk}
	records, damaged := a.journal().List(ctx)
	if damaged != nil {
		a.warning("%v", damaged)
	}
	for i, r := range records {
		for _, run := range r.Runs {
			if a.isOn(ctx, disk, r, run) && (c.record == nil || run.StartedAt.After(c.run.StartedAt)) {
				c.record, c.run = &records[i], run
			}
		}
	}
	if c.record == nil {
		return c, nil
	}
	d, err := a.remembered(ctx, c.record.Name)
	if err != nil {
		a.warning("the spec of backup %q, whose drive this is, cannot be read: %s", c.record.Name, problemOf(err).Message)
		return c, nil
	}
	d.Spec.Run = c.run.Name
	c.doc = &d
	return c, nil
}

// isOn reports whether a run was on a disk: by its serial number, whatever size a
// bridge shows, or by the file that an image is.
func (a *app) isOn(ctx context.Context, disk device.Named, r reconciler.Record, run reconciler.Run) bool {
	if disk.Identity.Kind == device.Block {
		serial := disk.Identity.Serial
		return run.Volume != nil && run.Volume.Device.Serial == serial || run.Job != nil && run.Job.DeviceID == serial
	}
	if run.Volume == nil || run.Volume.Device.Kind != device.Image {
		return false
	}
	if run.Volume.Device.Backing == disk.Identity.Backing {
		return true
	}
	d, err := a.remembered(ctx, r.Name)
	return err == nil && d.Spec.Device.Image == disk.Disk
}

// rootNames bounds what is looked at for a container: a drive with one has little
// else at its root.
const rootNames = 10_000

// noContainer refuses a drive whose data are in a TrueCrypt container. A file that is
// called like one may be an object, but comparing the drive then would call a good
// copy bad.
func (a *app) noContainer(c driveCopy, password bool) error {
	job := providers.JobID("")
	if c.run.Job != nil {
		job = c.run.Job.ID
	}
	files := containers(c.names, job)
	if len(files) == 0 {
		if password {
			a.say("there is no TrueCrypt container at the root of the drive: the password is not needed")
		}
		return nil
	}
	mount, at := "", c.root
	switch {
	case c.disk == nil:
	case c.disk.Identity.Kind == device.Image:
		mount, at = fmt.Sprintf("`losetup -P -r -f --show %s`, mount what that has made read-only on /mnt, ", device.ShellQuote(c.disk.Disk)), "/mnt"
	case c.disk.Partition > 0:
		mount, at = fmt.Sprintf("`mount -o ro %s /mnt`, ", device.ShellQuote(c.disk.Path)), "/mnt"
	default:
		mount, at = fmt.Sprintf("mount the file system of %s read-only on /mnt, ", c.disk.Disk), "/mnt"
	}
	which, file := "the TrueCrypt container "+strconv.Quote(files[0]), filepath.Join(at, files[0])
	if len(files) > 1 {
		which = "a TrueCrypt container, one of " + quotedNames(files)
	}
	if len(files) > 1 || !typeable(files[0]) {
		file = filepath.Join(at, "CONTAINER")
	}
	return fail(exitBlocked, "TrueCryptContainer", fmt.Sprintf("the copy is in %s, which this version cannot open yet", which),
		fmt.Sprintf("open it by hand: %s`cryptsetup open --type tcrypt --readonly %s backup` (it asks for the password), `mkdir /tmp/backup && mount -o ro /dev/mapper/backup /tmp/backup`, then `s3export verify --root /tmp/backup --bucket BUCKET`",
			mount, device.ShellQuote(file)))
}

// typeable reports whether a name from a drive can stand in a command that is shown: a
// terminal obeys control characters, quoted or not.
func typeable(name string) bool {
	return utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool { return !unicode.IsPrint(r) })
}

// hintDirectory says where else a copy may be whose directory is not there.
func (a *app) hintDirectory(c driveCopy, ranges []verify.Range) {
	for _, r := range ranges {
		top, _, _ := strings.Cut(r.Directory, "/")
		if top != "" && len(c.names) < rootNames && !slices.Contains(c.names, top) {
			a.say("there is no directory %q at the root of the drive; what is there: %s; --target-directory names another", top, quotedNames(c.names))
		}
	}
}

// quotedNames lists a few names.
func quotedNames(names []string) string {
	const most = 10
	var quoted []string
	for i, n := range slices.Sorted(slices.Values(names)) {
		if i == most {
			quoted = append(quoted, "…")
			break
		}
		quoted = append(quoted, strconv.Quote(n))
	}
	if len(quoted) == 0 {
		return "nothing"
	}
	return strings.Join(quoted, ", ")
}

// namesAt lists the root of a copy.
func (a *app) namesAt(ctx context.Context, c driveCopy) ([]string, error) {
	if c.disk != nil {
		return device.New(device.Options{}).RootNames(ctx, c.disk.Selector(), rootNames)
	}
	dir, err := os.Open(c.root)
	if err != nil {
		return nil, fail(exitError, "RootUnreadable", fmt.Sprintf("directory %q: %s", c.root, bare(err)), "let this user read it, or run as root")
	}
	defer func() { _ = dir.Close() }()
	names, _ := dir.Readdirnames(rootNames) // what cannot be listed the verification will say
	return names, nil
}

// containers returns the names of TrueCrypt containers among the names at the root of
// a drive: only the one that is called after the job where there is one, else all.
func containers(names []string, job providers.JobID) []string {
	found := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !strings.HasSuffix(strings.ToLower(n), ".tc") })
	for _, n := range found {
		if job != "" && strings.EqualFold(n, string(job)+".tc") {
			return []string{n}
		}
	}
	return found
}

// asksFor reports whether the flags ask for nothing else than what a document
// exports: then its run can be proven.
func (f oldVerify) asksFor(d specs.Document) bool {
	return f.prefix == "" && slices.ContainsFunc(d.Operations(), func(o manifest.Operation) bool {
		return (f.bucket == "" || f.bucket == o.ExportBucket) && (f.target == nil || *f.target == strings.Trim(o.TargetDirectory, "/"))
	})
}
