package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/cargomedia/s3export/device/ext4"
)

// Open opens the file system on the device for reading as what it is: an ext4 on the
// whole device or in its partition, in a LUKS, TrueCrypt or VeraCrypt volume, or in a
// container at the root of another ext4. It writes nothing, needs no root for an
// image, and holds a shared lock until Close. What our own readers do not read is
// mounted read-only by the kernel where that can be done. A table whose primary copy
// is broken is read from its backup. What the kernel keeps of the device in memory is
// dropped first, so that the medium is read.
//
// Its errors are *Error, or that of ctx: DeviceDirty for a file system that was not
// cleanly unmounted, DeviceUnsupported for one that cannot be read, DeviceForeign for
// none at all, PasswordNeeded, PasswordWrong, ContainerUnclear, … Reads of the volume
// give DeviceVanished once the device has left.
func (d *Disks) Open(ctx context.Context, s Selector, k Key) (Volume, error) {
	stay := d.stay(s)
	v, err := d.open(ctx, s, k)
	if err != nil {
		return nil, stay.explain(opOpen, s.name(), err)
	}
	return attend(v, stay, s.name()), nil
}

func (d *Disks) open(ctx context.Context, s Selector, k Key) (*volume, error) {
	st := d.locate(s)
	if r := st.Missing(); r != nil {
		return nil, refused(opOpen, firstOf(st.Path, s.name()), r)
	}
	h, err := d.openShared(ctx, st.Path, st.Identity.Kind)
	if err != nil {
		return nil, notOpened(ctx, opOpen, st.Path, err)
	}
	v, err := d.openHeld(ctx, st, h, k)
	if err != nil {
		h.close()
		return nil, err
	}
	return v, nil
}

// openHeld opens what is on the device that h holds, which the volume takes over.
func (d *Disks) openHeld(ctx context.Context, st State, h *held, k Key) (*volume, error) {
	if h.busy {
		return nil, &Error{Reason: DeviceInUse, Op: opOpen, Device: h.path, Message: "another process is writing to it", Remedy: "wait until it has ended, then try again"}
	}
	forget(h.f)
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
	l, err := outerLayer(st, h)
	if err != nil {
		return nil, err
	}
	if err := st.changing(opOpen); err != nil {
		return nil, err
	}
	f, fs, err := opening{opOpen, h.path, k}.open(ctx, l)
	if err == nil {
		return &volume{files: f, info: fs, release: h.close}, nil
	}
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Reason != DeviceUnsupported || st.Content.FileSystem == nil {
		return nil, err
	}
	m, err2 := d.mountHeld(st, h)
	if err2 != nil {
		e.Err = fmt.Errorf("nor does the kernel read it: %w", err2)
		return nil, e
	}
	return &volume{files: m, info: *st.Content.FileSystem, release: func() { m.close(); h.close() }}, nil
}

// outerLayer is the part of the device that holds the copy: the file system that was
// found, else the only partition, else all of it.
func outerLayer(st State, h *held) (layer, error) {
	part := func(at, size int64) layer {
		return layer{r: io.NewSectionReader(h.eager(), at, size), size: size, at: at}
	}
	c := st.Content
	switch {
	case c.FileSystem != nil:
		return part(c.FileSystem.Offset, c.FileSystem.Length), nil
	case len(c.Partitions) == 1 && c.Partitions[0].Start < h.size && c.Partitions[0].Size > 0:
		p := c.Partitions[0]
		return part(p.Start, min(p.Size, h.size-p.Start)), nil
	case c.Unknown:
		return part(0, h.size), nil
	}
	return layer{}, noFileSystem(opOpen, st)
}

func noFileSystem(op string, st State) error {
	found := st.Content.Found
	if st.Content.Blank {
		found = "nothing: it is blank"
	}
	return &Error{Reason: DeviceForeign, Op: op, Device: st.Path, Message: "there is no file system to be read; it holds " + found,
		Remedy: "check that it is the right drive"}
}

// changing refuses a file system that somebody may be writing to.
func (s State) changing(op string) error {
	fs := s.Content.FileSystem
	if fs == nil || !fs.Dirty || len(s.Use.Mounted) == 0 {
		return nil
	}
	return &Error{Reason: DeviceMounted, Op: op, Device: s.Path,
		Message: "it is mounted" + mountedAt(s.Use.Mounted) + ", and may be changing",
		Remedy:  "unmount it with `umount " + ShellQuote(s.Use.Mounted[0]) + "`"}
}

// extAt is an ext4 on a device.
type extAt struct {
	offset int64
	fs     FileSystem
	fs4    *ext4.FS
}

// arg is the way in which e2fsprogs is told of a file system inside a device.
func (x extAt) arg() string { return fmt.Sprintf("%s?offset=%d", heldPath, x.offset) }

// findExt returns the plain ext file system that matters, ready to be read from h.
func findExt(op string, st State, h *held) (extAt, error) {
	fs := st.Content.FileSystem
	if fs == nil || fs.Type != Ext4 && fs.Type != "ext3" && fs.Type != "ext2" {
		return extAt{}, noFileSystem(op, st)
	}
	if err := st.changing(op); err != nil {
		return extAt{}, err
	}
	at := extAt{fs: *fs, offset: fs.Offset}
	var err error
	if at.fs4, err = ext4.Open(io.NewSectionReader(h.f, fs.Offset, fs.Length), fs.Length); err != nil {
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

// volume is a file system that is open for reading.
type volume struct {
	files
	info    FileSystem
	release func()
	end     sync.Once
}

// Info says which file system this is.
func (v *volume) Info() FileSystem { return v.info }

// Close gives the lock back, and the mount.
func (v *volume) Close() error {
	v.end.Do(v.release)
	return nil
}
