package device

import (
	"context"
	"io"
	"time"
)

// Volume is a file system that is open for reading. It is safe for concurrent
// use; Close ends all reads and always gives back what was mounted or locked.
type Volume interface {
	// Walk calls yield for each entry below the directory root ("" is the root of
	// the volume) in the byte order of full paths, in which "a-b" comes before
	// "a/b". A directory that cannot be read yields one Entry with Err set and the
	// walk goes on. A root that does not exist yields nothing. Walk ends with the
	// first error of yield or ctx.
	Walk(ctx context.Context, root string, yield func(Entry) error) error
	// Open opens a regular file for reading at any offset.
	Open(e Entry) (io.ReaderAt, error)
	// Info says which file system this is.
	Info() FileSystem
	// Close may be called twice.
	Close() error
}

// Entry is a file of a Volume.
type Entry struct {
	Path    string // raw bytes, relative to the volume's root, no leading slash
	Type    EntryType
	Size    int64
	ModTime time.Time
	// Place has the order in which the data of regular files lie on the device: where
	// they begin, in bytes; in an encrypted volume from the beginning of that. -1: not
	// known.
	Place int64
	// Map is what a BulkReader needs to find the data again at once: bytes for it only,
	// which may be written down and read again. Empty: there is none.
	Map string
	Err error // this entry could not be read; Size and Type may be unknown

	// Inode identifies the file within its volume.
	Inode uint64
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
