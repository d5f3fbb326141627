package device

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// sighting says which device answers to a selector now, without opening anything.
type sighting struct {
	presence Presence
	// which tells one device, or medium, from another.
	which string
	// stir changes while an image is being written; it is not part of which, because
	// our own writing must not make a device another.
	stir string
}

// same reports whether two sightings are of the same device.
func (s sighting) same(o sighting) bool { return s.presence == o.presence && s.which == o.which }

// sight is cheap enough to be called every moment.
func (d *Disks) sight(s Selector) sighting {
	if s.Image != "" {
		return sightImage(s.Image)
	}
	names, state := d.matching(s)
	switch {
	case state != nil:
		return sighting{presence: state.Presence, which: state.Problem}
	case len(names) == 0:
		return sighting{presence: Absent}
	}
	seen := sighting{presence: Present}
	switch {
	case len(names) > 1:
		seen.presence = Ambiguous
	case !d.hasMedium(names[0]):
		seen.presence = Unknown
	}
	for _, name := range names {
		seen.which += fmt.Sprintf("%s %s %+v\n", name, d.sequence(name), d.identity(name))
	}
	return seen
}

func sightImage(path string) sighting {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return sighting{presence: Absent}
	case err != nil:
		return sighting{presence: Unknown, which: err.Error()}
	}
	return sighting{
		presence: Present, which: fmt.Sprint(fileID(path), info.Size(), info.Mode().Type()), stir: info.ModTime().String(),
	}
}

// sequence is the number that the kernel gives to each medium that it ever saw in a
// disk (diskseq, since Linux 5.15); empty where it does not.
func (d *Disks) sequence(name string) string { return d.attribute(name, "diskseq") }

// listing sums up all block devices and the links that name them: as long as it is
// the same, no selector of a block device has another meaning.
func (d *Disks) listing() string {
	var all strings.Builder
	entries, err := fs.ReadDir(d.sys, "block")
	if err != nil {
		return err.Error()
	}
	for _, e := range entries {
		fmt.Fprintln(&all, e.Name(), d.sectors(e.Name()), d.sequence(e.Name()))
	}
	links, err := os.ReadDir(d.byID)
	if err != nil {
		return all.String() // no udev here, or not yet
	}
	for _, l := range links {
		target, _ := os.Readlink(filepath.Join(d.byID, l.Name()))
		fmt.Fprintln(&all, l.Name(), target)
	}
	return all.String()
}
