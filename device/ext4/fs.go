package ext4

import (
	"encoding/hex"
	"fmt"
	"io"
	"sync/atomic"
)

// FS is an open file system. It is safe for concurrent use and keeps no state
// but a small cache; there is nothing to close.
type FS struct {
	sb   *superblock
	src  source
	meta *cache
	last atomic.Pointer[group] // the one that was looked at last: neighbors ask for the same
}

// Open reads the superblock of the file system that fills the first bytes of r,
// which has size bytes. It fails with an *Error for what is no ext2, ext3 or ext4,
// for a damaged superblock, for features that are not read, and for a device that
// ends before its file system (see OpenShort); with a *ReadError where the device
// cannot be read. A file system that was not cleanly unmounted opens, so that it can
// be identified; see NeedsRecovery.
func Open(r io.ReaderAt, size int64) (*FS, error) {
	f, err := OpenShort(r, size)
	if err != nil {
		return nil, err
	}
	if missing := f.Missing(); missing > 0 {
		return nil, &Error{Reason: Short, Missing: missing,
			Message: fmt.Sprintf("ext4: the device has %d bytes, its file system %d: the last %d are missing", size, f.Size(), missing),
			Remedy:  "connect the drive by another cable, adapter or port: some show a drive shorter than it is; if it is a copy, copy it again"}
	}
	return f, nil
}

// OpenShort is Open for a device that may end before its file system does, as a
// drive does behind an adapter that keeps its last sectors to itself. What lies on
// the device reads as ever. What lies behind its end, wholly or in part, is a
// *ReadError with ErrDeviceEnds, of that file or directory only.
func OpenShort(r io.ReaderAt, size int64) (*FS, error) {
	src := source{r, size}
	f := &FS{src: src}
	if size < superOffset+superSize {
		return nil, &Error{Reason: NotExt4, Message: fmt.Sprintf("%d bytes are too few for a file system", size),
			Remedy: "check that the right device or partition was given"}
	}
	b := make([]byte, superSize)
	if _, err := f.src.read(b, superOffset); err != nil {
		return nil, fmt.Errorf("ext4 superblock: %w", err)
	}
	var err error
	if f.sb, err = parseSuperblock(b); err != nil {
		return nil, err
	}
	f.meta = newCache(src, f.sb.blockSize)
	return f, nil
}

// UUID is the file system's UUID: lower case, 8-4-4-4-12.
func (f *FS) UUID() string {
	h := hex.EncodeToString(f.sb.uuid[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

// Label is the volume name; at most 16 raw bytes.
func (f *FS) Label() string { return f.sb.label }

// BlockSize is in bytes: a power of two from 1024 to 65536.
func (f *FS) BlockSize() int { return f.sb.blockSize }

// Size is the length of the file system in bytes; the device may be longer.
func (f *FS) Size() int64 { return int64(f.sb.blocks) * int64(f.sb.blockSize) }

// Missing is by how many bytes the device is shorter than its file system: 0, unless
// it was opened with OpenShort.
func (f *FS) Missing() int64 { return max(0, f.Size()-f.src.size) }

// blocksThere is how many of the file system's blocks the device has. It bounds
// work: Size is what an image says of itself.
func (f *FS) blocksThere() uint64 {
	return min(f.sb.blocks, uint64(f.src.size)/uint64(f.sb.blockSize))
}

// NeedsRecovery reports whether the file system is mounted now or was not cleanly
// unmounted: its journal needs a replay, or orphans are to be cleaned up. Nothing
// of it is read then, because what is on the disk is not what the kernel would show.
func (f *FS) NeedsRecovery() bool {
	return f.sb.incompat&incompatRecover != 0 || f.sb.state&stateValid == 0 ||
		f.sb.ro&roOrphanPresent != 0 || f.sb.orphan != 0
}

// HasErrors reports whether the kernel noted errors in this file system. It is
// read nevertheless.
func (f *FS) HasErrors() bool { return f.sb.state&stateErrors != 0 }

func (f *FS) ready() error {
	if !f.NeedsRecovery() {
		return nil
	}
	return &Error{
		Reason:  Dirty,
		Message: "ext4: the file system " + f.UUID() + " was not cleanly unmounted, or is mounted now",
		Remedy: `unmount it where it is mounted; else replay its journal with a kernel mount ("mount DEVICE DIR && umount DIR") ` +
			`or "e2fsck -p DEVICE", on a copy of the drive if nothing may be written to it`,
	}
}

// block returns a block of metadata.
func (f *FS) block(structure string, n uint64) ([]byte, error) {
	return f.part(structure, n, 0, f.sb.blockSize)
}

// part returns size bytes from offset at on in a block of metadata.
func (f *FS) part(structure string, n uint64, at, size int) ([]byte, error) {
	if err := f.checkBlocks(structure, n, 1); err != nil {
		return nil, err
	}
	b := make([]byte, size)
	if err := f.meta.read(b, int64(n)*int64(f.sb.blockSize)+int64(at)); err != nil {
		return nil, fmt.Errorf("%s in block %d: %w", structure, n, err)
	}
	return b, nil
}

// checkBlocks refuses blocks outside the file system, and the one that holds the
// superblock.
func (f *FS) checkBlocks(structure string, first, count uint64) error {
	super := uint64(superOffset / f.sb.blockSize)
	if first <= super || first >= f.sb.blocks || count > f.sb.blocks-first {
		return corrupt(structure, first, "blocks %d to %d of a file system of %d", first, first+count-1, f.sb.blocks)
	}
	return nil
}
