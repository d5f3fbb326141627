package ext4

import "time"

// Entry is a file of the file system.
type Entry struct {
	Path    string // raw bytes, relative to the root, no leading slash; "" is the root
	Inode   uint64
	Type    EntryType // empty when Err kept it from being known
	Size    int64     // bytes; of a link the length of its target
	ModTime time.Time
	// Place is where the data of a regular file begin on the device, in bytes from the
	// beginning of the file system: what to sort by. It is -1 for what has none (no file,
	// an empty one, data in the inode, nothing but holes) and where that cannot be told.
	Place int64
	// Map is what ReadFiles needs to find the data again without the inode: bytes for
	// this package only, which may be written down and read again; most often one. Empty
	// where the inode is needed.
	Map string
	Err error // this entry could not be read, or a directory not wholly
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

func (f *FS) entry(in *inode, path string) Entry {
	e := Entry{Path: path, Inode: uint64(in.number), Type: in.kind(), Size: in.size, ModTime: in.mtime}
	e.Place, e.Map = f.place(in)
	return e
}
