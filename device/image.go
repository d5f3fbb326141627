package device

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// locateImage finds a file that is used as a disk. It answers to the serial of its
// selector; which file it is says Identity.Backing.
func (d *Disks) locateImage(s Selector) State {
	st := State{Selector: s, Presence: Present, Path: s.Image}
	if !filepath.IsAbs(s.Image) {
		return imageProblem(s, "the path is not absolute", "give the image's absolute path")
	}
	info, err := os.Stat(s.Image)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return State{Selector: s, Presence: Absent, Path: s.Image}
	case err != nil:
		return unknown(s, s.Image, err)
	case info.IsDir():
		return imageProblem(s, "it is a directory", "name a file, as made by `truncate -s 4G drive.img`")
	case info.Mode()&os.ModeDevice != 0:
		return imageProblem(s, "it is a device node", "select a real disk by spec.device.serial, wwn or byID; a path may be another disk tomorrow")
	case !info.Mode().IsRegular():
		return imageProblem(s, "it is not a regular file", "name a file, as made by `truncate -s 4G drive.img`")
	}
	st.Identity = Identity{Kind: Image, Serial: s.Serial, Size: info.Size(), Backing: fileID(s.Image)}
	// Root may write to everything; a file that is marked read-only is not meant to be.
	st.Use.ReadOnly = info.Mode().Perm()&0o222 == 0 || unix.Access(s.Image, unix.W_OK) != nil
	loops, err := d.loopsOn(st.Identity.Backing)
	if err != nil {
		return unknown(s, s.Image, err)
	}
	for _, l := range loops {
		st.Use.Holders = append(st.Use.Holders, "loop device "+d.node(l))
		use, err := d.blockUse(l)
		if err != nil {
			return unknown(s, s.Image, err)
		}
		st.Use.Mounted = append(st.Use.Mounted, use.Mounted...)
		st.Use.System = st.Use.System || use.System
	}
	return st
}

func imageProblem(s Selector, what, remedy string) State {
	return State{Selector: s, Presence: Unknown, Path: s.Image, Problem: fmt.Sprintf("%s cannot be used as a disk: %s", s.Image, what), Remedy: remedy}
}

// allocated lists what the file system says is allocated of a sparse file, up to
// scanData bytes, and whether that is all: the rest are holes, which read as zeros by
// their definition (lseek(2)).
func allocated(f *os.File, size int64) (data []span, all bool) {
	left := int64(scanData)
	for at := int64(0); at < size && left > 0; {
		begin, err := f.Seek(at, unix.SEEK_DATA)
		if errors.Is(err, unix.ENXIO) {
			return data, true
		}
		if err != nil {
			return data, false
		}
		end, err := f.Seek(begin, unix.SEEK_HOLE)
		if err != nil || end <= begin {
			return data, false
		}
		n := min(end-begin, left)
		data = append(data, span{begin, n})
		left -= n
		at = end
	}
	return data, left > 0
}
