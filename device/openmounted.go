package device

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strings"
)

// OpenMounted opens a directory of an ext4 that is mounted read-only, so that it is read
// from its device in the order of that, as Open does, and not file by file through the
// kernel. The volume holds exactly what the directory shows, whatever its user may read
// of it, and is a BulkReader. It writes nothing, needs the right to read the device or
// the image behind it, and keeps the file system mounted until Close.
//
// Every error but that of ctx means that it is better read as any directory: there is no
// such file system, it may be written to, something is mounted below the directory, its
// journal needs a replay, or its device cannot be read. It is an *Error that says which.
// Once the file system has become writable, all reads fail with DeviceMounted.
func (d *Disks) OpenMounted(ctx context.Context, dir string) (Volume, error) {
	v, s, err := d.openMounted(ctx, dir)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if e, ok := errors.AsType[*Error](err); ok {
		return nil, e
	}
	if err != nil {
		return nil, &Error{Reason: DeviceUnsupported, Op: opOpen, Device: dir, Message: "it is not read from its device", Err: err,
			Remedy: "mount an ext4 read-only (`mount -o ro`), as a user who may read its device, or have the directory read through the kernel"}
	}
	return attend(v, d.stay(s), dir), nil
}

func (d *Disks) openMounted(ctx context.Context, dir string) (*volume, Selector, error) {
	m, err := d.openMountedDir(dir)
	if err != nil {
		return nil, Selector{}, err
	}
	h, l, err := d.openBelowMount(ctx, m)
	if err != nil {
		_ = m.f.Close()
		return nil, Selector{}, err
	}
	release := func() { h.close(); _ = m.f.Close() }
	f, fs, err := m.open(ctx, l)
	if err != nil {
		release()
		return nil, Selector{}, err
	}
	s, err := d.Select(ctx, d.node(d.diskBelow(d.withNumber(m.number()).disk)))
	if err != nil {
		s = Selector{} // one that cannot be told from others is not seen to leave
	}
	return &volume{files: f, info: fs, release: release}, s, nil
}

// open opens the directory in the file system that a layer holds, which must be the
// one that is mounted.
func (m *mountedDir) open(ctx context.Context, l layer) (files, FileSystem, error) {
	f, fs, err := opening{op: opOpen, path: m.dir}.open(ctx, l)
	if err != nil {
		return nil, fs, err
	}
	x, ok := f.(extFiles)
	if !ok || !m.same(fs.UUID) {
		return nil, fs, errors.New("its device holds another file system than the one that is mounted")
	}
	if encrypts(l.r) {
		return nil, fs, errors.New("it holds encrypted directories, which the kernel may be showing decrypted")
	}
	dir, err := m.inside()
	if err != nil {
		return nil, fs, err
	}
	e, err := x.fs.Lookup(dir) //nolint:contextcheck // a look-up ends soon
	if err != nil {
		return nil, fs, fmt.Errorf("looking for it on its device: %w", err)
	}
	if e.Inode != m.inode {
		return nil, fs, errors.New("another directory is in its place on its device")
	}
	return shown{x, l, dir}, fs, nil
}

// same reports whether a file system has the id that the kernel tells of the mounted
// one: both halves of its UUID, one laid on the other (ext4_statfs in fs/ext4/super.c).
func (m *mountedDir) same(uuid string) bool {
	b, err := hex.DecodeString(strings.ReplaceAll(uuid, "-", ""))
	if err != nil || len(b) != 16 {
		return false
	}
	id := binary.LittleEndian.Uint64(b) ^ binary.LittleEndian.Uint64(b[8:])
	return uint32(m.fsid.Val[0]) == uint32(id) && uint32(m.fsid.Val[1]) == uint32(id>>32)
}

// encrypts reports whether an ext file system may hold encrypted directories.
func encrypts(r io.ReaderAt) bool {
	const feature = 0x10000 // EXT4_FEATURE_INCOMPAT_ENCRYPT
	sb := readSome(r, extSuper, 1024)
	return sb == nil || binary.LittleEndian.Uint32(sb[0x60:])&feature != 0
}
