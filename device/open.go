package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cargomedia/s3export/device/ext4"
)

// Open opens the only file system of the device for reading: the ext4 in its only
// partition, or on the whole device. It mounts nothing and writes nothing, needs
// no root for an image, and holds a shared lock until Close. A table whose primary
// copy is broken is read from its backup.
//
// Its errors are *Error: DeviceDirty for a file system that was not cleanly
// unmounted, DeviceUnsupported for one that we cannot read, DeviceForeign for no
// ext at all.
func (d *Disks) Open(ctx context.Context, s Selector) (Volume, error) {
	v, err := d.open(ctx, s)
	if err != nil {
		return nil, err
	}
	return v, nil
}

func (d *Disks) open(ctx context.Context, s Selector) (*volume, error) {
	st := d.locate(s)
	if r := st.Missing(); r != nil {
		return nil, refused(opOpen, firstOf(st.Path, s.name()), r)
	}
	h, err := openShared(st.Path, st.Identity.Kind)
	if err != nil {
		return nil, notOpened(ctx, opOpen, st.Path, err)
	}
	v, err := open4(ctx, st, h)
	if err != nil {
		h.close()
		return nil, err
	}
	return v, nil
}

func open4(ctx context.Context, st State, h *held) (*volume, error) {
	if h.busy {
		return nil, &Error{Reason: DeviceInUse, Op: opOpen, Device: h.path, Message: "another process is writing to it", Remedy: "wait until it has ended, then try again"}
	}
	st, err := look(ctx, st, h)
	if err != nil {
		return nil, err
	}
	if r := st.Missing(); r != nil {
		return nil, refused(opOpen, h.path, r)
	}
	if r := st.Fit(false); r != nil {
		return nil, refused(opOpen, h.path, r)
	}
	at, err := findExt(opOpen, st, h)
	if err != nil {
		return nil, err
	}
	return &volume{fs: at.fs4, h: h, info: at.fs}, nil
}

// extAt is an ext4 on a device.
type extAt struct {
	offset int64
	fs     FileSystem
	fs4    *ext4.FS
}

// arg is the way in which e2fsprogs is told of a file system inside a device.
func (x extAt) arg() string { return fmt.Sprintf("%s?offset=%d", heldPath, x.offset) }

// findExt returns the ext file system that matters, ready to be read from h.
func findExt(op string, st State, h *held) (extAt, error) {
	fs := st.Content.FileSystem
	if fs == nil || fs.Type != Ext4 && fs.Type != "ext3" && fs.Type != "ext2" {
		found := st.Content.Found
		if st.Content.Blank {
			found = "nothing: it is blank"
		}
		return extAt{}, &Error{Reason: DeviceForeign, Op: op, Device: st.Path, Message: "there is no ext4 file system to be read; it holds " + found,
			Remedy: "check that it is the right drive"}
	}
	at := extAt{fs: *fs}
	if fs.PartitionGUID != "" {
		at.offset = st.Content.Partitions[0].Start
	}
	if fs.Dirty && len(st.Use.Mounted) > 0 {
		return extAt{}, &Error{Reason: DeviceMounted, Op: op, Device: st.Path,
			Message: "it is mounted" + mountedAt(st.Use.Mounted) + ", and may be changing",
			Remedy:  "unmount it with `umount " + ShellQuote(st.Use.Mounted[0]) + "`"}
	}
	size := h.size - at.offset
	var err error
	if at.fs4, err = ext4.Open(io.NewSectionReader(h.f, at.offset, size), size); err != nil {
		return extAt{}, unreadable(op, st.Path, err)
	}
	if fs.Dirty {
		return extAt{}, unreadable(op, st.Path, ext4.ErrDirty)
	}
	if fs.Problem != "" {
		return extAt{}, unreadable(op, st.Path, errors.New(fs.Problem))
	}
	return at, nil
}

// unreadable translates what the reader of ext4 says.
func unreadable(op, path string, err error) *Error {
	e := &Error{Reason: DeviceIO, Op: op, Device: path, Message: "the file system cannot be read", Err: err, Remedy: remedyOf(DeviceIO)}
	if errors.Is(err, ext4.ErrDirty) {
		e.Reason, e.Message, e.Err = DeviceDirty, "the file system was not cleanly unmounted, its journal needs a replay", nil
		e.Remedy = "mount and unmount it once (`mount` replays the journal), or use `e2fsck -p`; on a copy if the drive must not be changed"
		return e
	}
	if x, ok := errors.AsType[*ext4.Error](err); ok {
		e.Remedy = x.Remedy
		if x.Reason == ext4.UnsupportedFeature {
			e.Reason = DeviceUnsupported
		}
	}
	return e
}

// volume is an ext4 that is open for reading.
type volume struct {
	fs   *ext4.FS
	h    *held
	info FileSystem
	end  sync.Once
}

// Info says which file system this is.
func (v *volume) Info() FileSystem { return v.info }

// Close gives the lock back.
func (v *volume) Close() error {
	v.end.Do(v.h.close)
	return nil
}

// Walk is that of Volume.
func (v *volume) Walk(ctx context.Context, root string, yield func(Entry) error) error {
	return v.fs.Walk(ctx, root, func(e ext4.Entry) error {
		return yield(Entry{
			Path: e.Path, Type: EntryType(e.Type), Size: e.Size, ModTime: e.ModTime, Err: e.Err, Inode: e.Inode,
		})
	})
}

// Open is that of Volume.
func (v *volume) Open(e Entry) (io.ReaderAt, error) {
	f, err := v.fs.OpenFile(ext4.Entry{Path: e.Path, Inode: e.Inode})
	if err != nil {
		return nil, err
	}
	return f, nil
}
