package device

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// locate finds the device and says what it is and who uses it, without opening it.
func (d *Disks) locate(s Selector) State {
	if s.Image != "" {
		return d.locateImage(s)
	}
	names, state := d.matching(s)
	switch {
	case state != nil:
		return *state
	case len(names) == 0:
		return State{Selector: s, Presence: Absent}
	case len(names) > 1:
		st := State{Selector: s, Presence: Ambiguous}
		for _, n := range names {
			st.Matches = append(st.Matches, d.words(n))
		}
		return st
	}
	return d.locateDisk(s, names[0])
}

// locateDisk says what the disk with a kernel name is and who uses it.
func (d *Disks) locateDisk(s Selector, name string) State {
	if !d.hasMedium(name) {
		return State{Selector: s, Presence: Unknown, Path: d.node(name), Reason: DeviceLocked,
			Problem: d.words(name) + " has no medium: a drive with a PIN shows none until it is unlocked, a card reader none without a card",
			Remedy:  "enter the PIN on the drive, or put the card in, then run the same again"}
	}
	st := State{Selector: s, Presence: Present, Path: d.node(name), Identity: d.identity(name)}
	use, err := d.blockUse(name)
	if err != nil {
		return State{Selector: s, Presence: Unknown, Path: st.Path,
			Problem: fmt.Sprintf("it is not known what uses %s: %v", st.Path, err),
			Remedy:  "check that /proc and /sys can be read"}
	}
	st.Use = use
	return st
}

// matching returns the kernel names of the whole disks that the selector means.
func (d *Disks) matching(s Selector) ([]string, *State) {
	if s.ByID != "" {
		return d.byLink(s)
	}
	if s.Serial == "" && s.WWN == "" {
		return nil, &State{Selector: s, Presence: Unknown, Problem: "the selector names no device",
			Remedy: "set one of spec.device.serial, wwn, byID and image"}
	}
	all, err := d.drives()
	if err != nil {
		return nil, &State{Selector: s, Presence: Unknown, Problem: fmt.Sprintf("the disks cannot be listed: %v", err),
			Remedy: "check that /sys is mounted"}
	}
	var names []string
	for _, name := range all {
		i := d.identity(name)
		if s.Serial != "" && i.Serial == strings.TrimSpace(s.Serial) || s.WWN != "" && i.WWN == plainWWN(s.WWN) {
			names = append(names, name)
		}
	}
	// A reader with several slots has one serial number: the slot with a card is meant.
	full := slices.DeleteFunc(slices.Clone(names), func(n string) bool { return !d.hasMedium(n) })
	if len(full) == 0 {
		return names[:min(1, len(names))], nil
	}
	return full, nil
}

// byLink resolves a link of udev. A link alone is no proof of a device, so the
// disk must also be in sysfs.
func (d *Disks) byLink(s Selector) ([]string, *State) {
	if filepath.Base(s.ByID) != s.ByID || s.ByID == ".." {
		return nil, &State{Selector: s, Presence: Unknown, Problem: fmt.Sprintf("%q is no name in %s", s.ByID, d.byID),
			Remedy: "give the bare name of the link, without directory"}
	}
	target, err := filepath.EvalSymlinks(filepath.Join(d.byID, s.ByID))
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		st := unknown(s, filepath.Join(d.byID, s.ByID), err)
		return nil, &st
	}
	name := filepath.Base(target)
	if _, err := fs.Stat(d.sys, "class/block/"+name+"/partition"); err == nil {
		return nil, &State{Selector: s, Presence: Unknown, Path: target, Problem: s.ByID + " is a partition, not a disk",
			Remedy: "name the disk: the same link without -partN"}
	}
	if !d.isDrive(name) {
		return nil, nil
	}
	rivals, err := d.rivals(s.ByID, name)
	if err != nil {
		st := unknown(s, target, err)
		return nil, &st
	}
	return append([]string{name}, rivals...), nil
}

// rivals lists the other disks that have a right to a link of udev's: of disks that tell
// the same of themselves, the last one that came has it. udev keeps a file for each device,
// b<major>:<minor>, with a line "S:" for each link (systemd, sd-device/device-private.c).
func (d *Disks) rivals(link, owner string) ([]string, error) {
	all, err := d.drives()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(name string) bool {
		b, err := os.ReadFile(filepath.Join(d.udevData, "b"+d.attribute(name, "dev")))
		return name == owner || err != nil || !slices.Contains(strings.Split(string(b), "\n"), "S:disk/by-id/"+link)
	}), nil
}

// plainWWN makes "0x5001…", "naa.5001…", "wwn-0x5001…" and "eui.0025…" comparable.
func plainWWN(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, prefix := range []string{"nvme-", "wwn-", "0x", "naa.", "eui."} {
		s = strings.TrimPrefix(s, prefix)
	}
	return s
}

// node is the path of a device node; sysfs writes "!" for "/".
func (d *Disks) node(name string) string {
	return filepath.Join(d.dev, strings.ReplaceAll(name, "!", "/"))
}
