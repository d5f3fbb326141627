package verify

import (
	"context"
	"io"
	"time"
)

// Tree is where the copy is. Paths are raw bytes. An error of an entry or a read that
// has a method Gone() bool, and returns true from it, says that the whole copy is not
// there any more: it ends the verification, because what cannot be seen is not bad.
type Tree interface {
	// Walk yields the entries below the directory root in the byte order of full
	// paths; a root that does not exist yields nothing. An entry that could not be
	// read has Err and does not end the walk; a directory that could not be listed
	// comes with Dir and Err before anything below it would.
	Walk(ctx context.Context, root string, yield func(Entry) error) error
	// Open opens a regular file for reading at any offset. The caller closes it if it
	// is an io.Closer. Safe for concurrent use.
	Open(e Entry) (io.ReaderAt, error)
	// FileSystem names the file system, so that another one in its place is noticed;
	// empty when it has no name that no other has: then nothing is noted of it.
	FileSystem() string
}

// Entry is a file of a Tree.
type Entry struct {
	Path    string // relative to the tree's root, no leading slash
	Regular bool
	Dir     bool
	Size    int64
	ModTime time.Time
	Inode   uint64 // what Open checks that the file is still the same by; 0 when the tree has none
	// Place is where the data begin on the device, in bytes or in whatever has that
	// order; -1 when that is not known.
	Place int64
	Map   string // bytes for the tree's own Bulk, to find the data at once; empty: none
	// Mounted says that it lies on another file system than the one that is named:
	// nothing that was noted of it is believed.
	Mounted bool
	Err     error // the entry could not be read
	Ref     any   // the tree's own handle
}

// Bulk is a Tree that reads many files at a lower cost than one by one.
type Bulk interface {
	// ReadFiles calls yield for each of the entries once, in the order in which they
	// lie on the device. What yield gets is good as long as the tree. It ends with the
	// first error of yield or ctx.
	ReadFiles(ctx context.Context, entries []Entry, yield func(e Entry, file io.ReaderAt, err error) error) error
}
