package device

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Medium says how a disk reaches its data.
type Medium string

// The media.
const (
	UnknownMedium Medium = ""           // not a single disk, or none that tells
	Rotational    Medium = "Rotational" // it has to seek, or says so: many USB bridges do
	Solid         Medium = "Solid"
)

// mediumDepth bounds how many layers lie on a disk: a loop device on a mapping on a
// partition, and some more.
const mediumDepth = 8

// Medium says of which kind the disk is below a directory, an image file or a device
// node, as the kernel tells it (queue/rotational, Documentation/ABI/stable/sysfs-block).
// What lies on several disks of different kinds, on none, or is not there is of an
// UnknownMedium. Nothing is opened.
func (d *Disks) Medium(path string) Medium { return d.mediumBelow(path, mediumDepth) }

func (d *Disks) mediumBelow(path string, depth int) Medium {
	return d.mediumOf(d.diskAt(path), depth)
}

// Below says which disk a directory, a file or a device node lies on; nothing is known of
// what lies on several disks, on none, or is not there. Nothing is opened.
func (d *Disks) Below(path string) Identity {
	name := d.diskBelow(d.diskAt(path))
	if name == "" {
		return Identity{}
	}
	return d.identity(name)
}

// diskAt is the kernel name of the disk, or the mapping, that a path lies on; empty where
// there is none.
func (d *Disks) diskAt(path string) string {
	info, err := os.Stat(path)
	if err != nil {
		return ""
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	number := st.Dev
	if info.Mode()&os.ModeDevice != 0 {
		number = st.Rdev
	}
	return d.withNumber(unix.Major(number), unix.Minor(number)).disk
}

// mediumOf is that of a disk, by its kernel name.
func (d *Disks) mediumOf(name string, depth int) Medium {
	if name == "" || depth == 0 {
		return UnknownMedium
	}
	if file := d.attribute(name, "loop/backing_file"); file != "" {
		return d.mediumBelow(file, depth-1)
	}
	if slaves, err := fs.ReadDir(d.sys, path.Join("block", name, "slaves")); err == nil && len(slaves) > 0 {
		return d.mediumOfAll(slaves, depth-1)
	}
	switch {
	case isMapping(name), strings.HasPrefix(name, "vd"), strings.HasPrefix(name, "xvd"):
		return UnknownMedium // a virtual disk says rotational, whatever is behind it
	case d.attribute(name, "queue/rotational") == "1":
		return Rotational
	case d.attribute(name, "queue/rotational") == "0":
		return Solid
	}
	return UnknownMedium
}

// mediumOfAll is that of disks and partitions which agree.
func (d *Disks) mediumOfAll(slaves []fs.DirEntry, depth int) Medium {
	var all Medium
	for i, s := range slaves {
		m := d.mediumOf(d.diskOf(s.Name()), depth)
		if i > 0 && m != all {
			return UnknownMedium
		}
		all = m
	}
	return all
}

// diskOf is the disk of a kernel name, which may be that of a partition.
func (d *Disks) diskOf(name string) string {
	disk, _ := d.kernelName(path.Join(d.dev, name))
	return disk
}

// numbered is a block device: a disk, or a partition of one.
type numbered struct{ disk, part string } // kernel names; part is empty for the disk itself

func (n numbered) name() string { return firstOf(n.part, n.disk) }

// withNumber finds the block device of that number; nothing for a file system without
// one, such as tmpfs or nfs.
func (d *Disks) withNumber(major, minor uint32) numbered {
	number := fmt.Sprintf("%d:%d", major, minor)
	entries, err := fs.ReadDir(d.sys, "block")
	if err != nil || major == 0 {
		return numbered{}
	}
	for _, e := range entries {
		if d.attribute(e.Name(), "dev") == number {
			return numbered{disk: e.Name()}
		}
	}
	for _, e := range entries {
		for _, part := range d.partitions(e.Name()) {
			if d.attribute(e.Name(), part+"/dev") == number {
				return numbered{e.Name(), part}
			}
		}
	}
	return numbered{}
}

// diskBelow is the only disk below a mapping; empty where there are several.
func (d *Disks) diskBelow(name string) string {
	for range mediumDepth {
		slaves, err := fs.ReadDir(d.sys, path.Join("block", name, "slaves"))
		switch {
		case err != nil || len(slaves) == 0:
			return name
		case len(slaves) > 1:
			return ""
		}
		name = d.diskOf(slaves[0].Name())
	}
	return ""
}
