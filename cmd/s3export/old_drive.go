package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/verify"
)

// driveCopy is what verify-backup is given, and whose it is.
type driveCopy struct {
	root string        // a mounted directory, or
	disk *device.Named // a disk or an image
	key  device.Key
	// names are those at its root.
	names []string
	// Of a drive that the journal knows: its record, the newest run that it was in,
	// and the spec, nil where that cannot be had.
	record *reconciler.Record
	run    reconciler.Run
	doc    *specs.Document
}

// path is today's path of the copy.
func (c driveCopy) path() string {
	if c.disk != nil {
		return c.disk.Disk
	}
	return c.root
}

// copyAt says what a path of verify-backup is.
func (a *app) copyAt(ctx context.Context, path string) (driveCopy, error) {
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return driveCopy{root: path}, nil
	}
	disk, err := a.disks().Resolve(ctx, path)
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

// job is the one that the drive was loaded for; empty where nobody here knows.
func (c driveCopy) job() providers.JobID {
	if c.run.Job == nil {
		return ""
	}
	return c.run.Job.ID
}

// withKey says how the copy is opened. A container in a mounted directory is opened as
// the image that it is.
func (a *app) withKey(ctx context.Context, c driveCopy, password *secret.Value) (driveCopy, error) {
	container := ""
	if c.job() != "" {
		container = string(c.job()) + ".tc"
	}
	if password == nil {
		c.key = device.PasswordKey("", container)
		return a.plain(ctx, c)
	}
	c.key = device.PasswordKey(password.Reveal(), container)
	if c.disk != nil {
		return c, nil
	}
	files, err := a.containersAt(ctx, c)
	switch {
	case err != nil:
		return c, err
	case len(files) == 0:
		a.say("there is no TrueCrypt container at the root of the drive: the password is not needed")
		return c, nil
	case len(files) > 1:
		return c, fail(exitBlocked, string(device.ContainerUnclear), "the copy is in a TrueCrypt container, one of "+quotedNames(files),
			"name the right one instead of the directory that it is in")
	}
	disk, err := a.disks().Resolve(ctx, filepath.Join(c.root, files[0]))
	if err != nil {
		return c, err
	}
	c.disk, c.root = &disk, ""
	return c, nil
}

// plain refuses a copy that needs a password. A file that is called like a container
// may be an object, but comparing the drive then would call a good copy bad.
func (a *app) plain(ctx context.Context, c driveCopy) (driveCopy, error) {
	files, err := a.containersAt(ctx, c)
	if err != nil || len(files) == 0 {
		return c, err
	}
	which := "the TrueCrypt container " + strconv.Quote(files[0])
	if len(files) > 1 {
		which = "a TrueCrypt container, one of " + quotedNames(files)
	}
	return c, fail(exitBlocked, string(device.PasswordNeeded), "the copy is in "+which, "give its password: write - for it after the path, and it is asked for")
}

// containersAt returns the names of the containers at the root of the copy.
func (a *app) containersAt(ctx context.Context, c driveCopy) ([]string, error) {
	if c.disk == nil && c.root == "" {
		return nil, nil
	}
	c.key = device.Key{}
	names, err := a.namesAt(ctx, c)
	return containers(names, c.job()), err
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
		return a.disks().RootNames(ctx, c.disk.Selector(), c.key, rootNames)
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
