package ext4

import "time"

// Entry is a file of the file system.
type Entry struct {
	Path    string // raw bytes, relative to the root, no leading slash; "" is the root
	Inode   uint64
	Type    EntryType // empty when Err kept it from being known
	Size    int64     // bytes; of a link the length of its target
	ModTime time.Time
	// Place is where the data of a regular file begin on the device, in bytes, or lie
	// nearby; -1 when that is not known. Walk alone sets it.
	Place int64
	Err   error // this entry could not be read, or a directory not wholly
}

// EntryType is the type of a file.
type EntryType string

// The types.
const (
	Regular   EntryType = "Regular"
	Directory EntryType = "Directory"
	Symlink   EntryType = "Symlink"
	Other     EntryType = "Other" // device node, fifo, socket
)

func (in *inode) entry(path string) Entry {
	return Entry{Path: path, Inode: uint64(in.number), Type: in.kind(), Size: in.size, ModTime: in.mtime, Place: -1}
}
