package device

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
)

// Named is what a path names: a whole disk, a partition of one, or an image file.
// The path may be another disk after the next boot; Identity is what stays.
type Named struct {
	Path string // as given, absolute
	Disk string // today's path of the whole disk, or of the image
	// Identity of the whole disk. The Serial of an image is empty: it answers to
	// whatever its selector says.
	Identity Identity
	// Partition is the number of the partition that the path names; 0: none.
	Partition int
	// ByID are the names of the disk in /dev/disk/by-id, sorted.
	ByID []string
}

// Selector selects the disk that was named, by its serial number and its exact
// size, or the image.
func (n Named) Selector() Selector {
	size := SizeCheck{Bytes: n.Identity.Size}
	if n.Identity.Kind == Image {
		return Selector{Image: n.Disk, Size: size}
	}
	return Selector{Serial: n.Identity.Serial, Size: size}
}

// Resolve says what a path names today: a disk (/dev/sdb, /dev/nvme0n1), a
// partition (/dev/sdb12, /dev/nvme0n1p1, /dev/mmcblk0p2), a link to one of these
// (/dev/disk/by-id/…), or an image file. Nothing is opened. Its errors are *Error,
// or that of ctx: DeviceAbsent for a path that is not there, DeviceUnreadable for
// one that is no disk, or a disk that tells no serial number.
func (d *Disks) Resolve(ctx context.Context, given string) (Named, error) {
	if err := ctx.Err(); err != nil {
		return Named{}, err
	}
	given, err := filepath.Abs(given)
	if err != nil {
		return Named{}, unresolved(given, err)
	}
	target, err := filepath.EvalSymlinks(given)
	if err != nil {
		return Named{}, unresolved(given, err)
	}
	n := Named{Path: given, Disk: target}
	name, partition := d.kernelName(target)
	if name == "" {
		return n.asImage()
	}
	if !d.isDrive(name) {
		return n, noDisk(given, "it is no disk", "name the disk itself; `s3export get devices` shows what is plugged in")
	}
	if !d.hasMedium(name) {
		return n, refused(opResolve, given, d.locateDisk(Selector{}, name).Missing())
	}
	n.Disk, n.Partition, n.Identity, n.ByID = d.node(name), partition, d.identity(name), d.links(d.byID, name)
	if n.Identity.Serial == "" {
		return n, noDisk(given, "the drive tells no serial number, by which it would be known again",
			"connect it another way (some USB bridges keep the number to themselves), or select it by spec.device.wwn or byID in a spec file and apply that")
	}
	return n, nil
}

// Select returns a selector of the disk or image that a path names, and of no other, with
// its size. It has the errors of Resolve, but for a disk without a serial number that
// has another name of its own.
func (d *Disks) Select(ctx context.Context, given string) (Selector, error) {
	n, err := d.Resolve(ctx, given)
	if n.Identity.Kind != Block {
		return n.Selector(), err
	}
	name, _ := d.kernelName(n.Disk)
	if s := d.unique(name); s != (Selector{}) {
		return s, nil
	}
	if err == nil {
		err = refused(opResolve, given, nameless(n.Disk))
	}
	return Selector{}, err
}

// kernelName returns the kernel's name of the whole disk, and the number of the
// partition where the path names one. It is empty for what is no block device.
func (d *Disks) kernelName(target string) (disk string, partition int) {
	rel, err := filepath.Rel(d.dev, target)
	if err != nil || strings.HasPrefix(rel, "..") {
		return "", 0
	}
	name := strings.ReplaceAll(rel, "/", "!")
	if _, err := fs.Stat(d.sys, path.Join("block", name)); err == nil {
		return name, 0
	}
	disks, err := fs.ReadDir(d.sys, "block")
	if err != nil {
		return "", 0
	}
	for _, e := range disks {
		if !strings.HasPrefix(name, e.Name()) {
			continue
		}
		text, err := fs.ReadFile(d.sys, path.Join("block", e.Name(), name, "partition"))
		if n, err2 := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && err2 == nil {
			return e.Name(), n
		}
	}
	return "", 0
}

func (n Named) asImage() (Named, error) {
	info, err := os.Stat(n.Disk)
	switch {
	case err != nil:
		return n, unresolved(n.Path, err)
	case !info.Mode().IsRegular():
		return n, noDisk(n.Path, "it is neither a disk nor an image file", "name a disk as `lsblk -p` shows it, a link in /dev/disk/by-id, or an image file")
	}
	n.Identity = Identity{Kind: Image, Size: info.Size(), Backing: fileID(n.Disk)}
	return n, nil
}

func unresolved(given string, err error) *Error {
	e := &Error{Reason: DeviceUnreadable, Op: opResolve, Device: given, Message: "it cannot be looked up", Err: err, Remedy: "correct the path; `lsblk -p` shows what is plugged in"}
	if errors.Is(err, os.ErrNotExist) {
		e.Reason, e.Message, e.Err = DeviceAbsent, "there is no such device or file", nil
		e.Remedy = "plug the drive in, or correct the path; `lsblk -p` shows what is plugged in"
	}
	if os.IsPermission(err) {
		e.Remedy = fmt.Sprintf("let this user look at %s, or run as root", ShellQuote(filepath.Dir(given)))
	}
	return e
}

func noDisk(given, message, remedy string) *Error {
	return &Error{Reason: DeviceUnreadable, Op: opResolve, Device: given, Message: message, Remedy: remedy}
}
