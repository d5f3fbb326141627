package ext4

import (
	"encoding/hex"
	"fmt"
	"io"
)

// FS is an open file system. It is safe for concurrent use and keeps no state
// but a small cache; there is nothing to close.
type FS struct {
	sb  *superblock
	src *source
}

// Open reads the superblock of the file system that fills the first bytes of r,
// which has size bytes. It fails with an *Error for what is no ext2, ext3 or ext4,
// for a damaged superblock and for features that are not read. A file system
// that was not cleanly unmounted opens, so that it can be identified; see NeedsRecovery.
func Open(r io.ReaderAt, size int64) (*FS, error) {
	f := &FS{src: newSource(r, size)}
	b := make([]byte, superSize)
	if size < superOffset+superSize {
		return nil, &Error{Reason: NotExt4, Message: fmt.Sprintf("%d bytes are too few for a file system", size),
			Remedy: "check that the right device or partition was given"}
	}
	if err := f.src.read(b, superOffset); err != nil {
		return nil, fmt.Errorf("superblock: %w", err)
	}
	var err error
	f.sb, err = parseSuperblock(b, size)
	if err != nil {
		return nil, err
	}
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

// block returns a block of metadata, shared and not to be changed.
func (f *FS) block(structure string, n uint64) ([]byte, error) {
	if err := f.checkBlocks(structure, n, 1); err != nil {
		return nil, err
	}
	b, err := f.src.view(int64(n)*int64(f.sb.blockSize), f.sb.blockSize)
	if err != nil {
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
