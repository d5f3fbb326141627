package device

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"time"

	"github.com/cargomedia/s3export/device/ext4"
)

// signatureName is the file at the root by which the service knows the job, and
// signatureMax bounds what is read of it; real ones have about 150 bytes.
const (
	signatureName = "SIGNATURE"
	signatureMax  = 64 << 10
	lostFound     = "lost+found"
)

// Places of an ext superblock, kernel fs/ext4/ext4.h.
const (
	extSuper     = 1024
	extMagic     = 0xEF53
	extExtents   = 0x40 | 0x80 | 0x200 | 0x400 // incompat: extents, 64bit, flex_bg, ea_inode
	extOnly4     = 0x8 | 0x10 | 0x20 | 0x40 | 0x400
	extJournaled = 0x4
)

// readExt says which ext file system is there; nil for none. An error is one of
// ctx or of reading; a damaged file system has a Problem.
func readExt(ctx context.Context, r io.ReaderAt, size int64) (*FileSystem, error) {
	sb := readSome(r, extSuper, 1024)
	if sb == nil || binary.LittleEndian.Uint16(sb[0x38:]) != extMagic {
		return nil, nil //nolint:nilnil // no file system is not an error
	}
	fs := &FileSystem{Type: extType(sb), UUID: uuidText(sb[0x68:]), Label: labelText(sb[0x78:0x88], false), Written: extWritten(sb)}
	x, err := ext4.OpenShort(r, size)
	if err == nil {
		fs.Missing = x.Missing()
	}
	if err == nil && x.NeedsRecovery() {
		fs.Dirty, fs.Problem = true, "it was not cleanly unmounted"
		return fs, nil
	}
	if err == nil {
		err = fs.readRoot(ctx, x)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		fs.Problem = err.Error()
	}
	return fs, nil
}

// errSeen ends the walk of readRoot.
var errSeen = errors.New("seen enough")

// readRoot looks for the SIGNATURE, and whether anything else is at the root. What
// is damaged was something, too.
func (fs *FileSystem) readRoot(ctx context.Context, x *ext4.FS) error {
	err := x.Walk(ctx, "", func(e ext4.Entry) error {
		switch {
		case e.Path == "":
			return e.Err // the root itself
		case e.Path == lostFound && e.Type == ext4.Directory && e.Err == nil:
			return nil
		case e.Path == signatureName && e.Type == ext4.Regular && e.Err == nil && e.Size <= signatureMax:
			return fs.readSignature(x, e)
		}
		fs.HasFiles = true
		return errSeen
	})
	if !errors.Is(err, errSeen) || fs.Signature != "" {
		return ignore(err, errSeen)
	}
	// The walk may have ended before it came to the SIGNATURE.
	if e, err := x.Lookup(signatureName); err == nil && e.Type == ext4.Regular && e.Size <= signatureMax { //nolint:contextcheck // a look-up at the root ends soon
		return fs.readSignature(x, e)
	}
	return nil
}

func ignore(err, expected error) error {
	if errors.Is(err, expected) {
		return nil
	}
	return err
}

func (fs *FileSystem) readSignature(x *ext4.FS, e ext4.Entry) error {
	f, err := x.OpenFile(e)
	if err != nil {
		return err
	}
	b := make([]byte, e.Size)
	if n, err := f.ReadAt(b, 0); n != len(b) {
		return err
	}
	fs.Signature = string(b)
	return nil
}

// extWritten is s_wtime, with the high bits that follow it since 2018 (s_wtime_hi).
func extWritten(sb []byte) time.Time {
	seconds := int64(binary.LittleEndian.Uint32(sb[0x30:])) | int64(sb[0x274])<<32
	if seconds == 0 {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC()
}

func extType(sb []byte) string {
	le := binary.LittleEndian
	compat, incompat, ro := le.Uint32(sb[0x5C:]), le.Uint32(sb[0x60:]), le.Uint32(sb[0x64:])
	switch {
	case incompat&extExtents != 0 || ro&extOnly4 != 0:
		return Ext4
	case compat&extJournaled != 0:
		return "ext3"
	default:
		return "ext2"
	}
}
