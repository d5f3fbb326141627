package device

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
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

func (m *mountedDir) number() (major, minor uint32) {
	return uint32(m.mount.Major), uint32(m.mount.Minor)
}

// openBelowMount opens the device that is mounted.
func (d *Disks) openBelowMount(ctx context.Context, m *mountedDir) (*held, layer, error) {
	if err := m.fit(); err != nil {
		return nil, layer{}, err
	}
	on := d.withNumber(m.number())
	if on.disk == "" {
		return nil, layer{}, errors.New("its device is not in sysfs")
	}
	h, l, err := d.openNode(ctx, m, on)
	if errors.Is(err, os.ErrPermission) && d.attribute(on.disk, "loop/backing_file") != "" {
		h, l, err = d.openBacking(ctx, on)
	}
	if err != nil {
		return nil, layer{}, err
	}
	if h.busy {
		h.close()
		return nil, layer{}, errors.New("another process is writing to its device")
	}
	// The medium is to be read, not what the kernel keeps of it.
	forget(h.f)
	if h.kind == Block {
		_ = ioctl(h.f, unix.BLKFLSBUF, nil) // drops more; only root may
	}
	return h, l, nil
}

// openNode opens the node of the device.
func (d *Disks) openNode(ctx context.Context, m *mountedDir, on numbered) (*held, layer, error) {
	h, err := d.openShared(ctx, d.node(on.name()), Block)
	if err != nil {
		return nil, layer{}, err
	}
	info, err := h.f.Stat()
	if err != nil {
		h.close()
		return nil, layer{}, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if major, minor := m.number(); !ok || st.Rdev != unix.Mkdev(major, minor) {
		h.close()
		return nil, layer{}, fmt.Errorf("%s is another device than the one that is mounted", h.path)
	}
	l := layer{r: io.NewSectionReader(eager{h.f}, 0, h.size), size: h.size, at: d.start(on)}
	if isMapping(on.disk) {
		l.at = -1
	}
	return h, l, nil
}

// openBacking opens the image behind a loop device.
func (d *Disks) openBacking(ctx context.Context, on numbered) (*held, layer, error) {
	h, err := d.openShared(ctx, d.attribute(on.disk, "loop/backing_file"), Image)
	if err != nil {
		return nil, layer{}, err
	}
	at := d.start(on) + d.integer(on.disk, "loop/offset")
	size := h.size - at
	if n := d.integer(on.disk, "size"); on.part == "" && n > 0 {
		size = min(size, n*512)
	}
	if n := d.integer(on.disk, on.part+"/size"); on.part != "" {
		size = min(size, n*512)
	}
	if size <= 0 {
		h.close()
		return nil, layer{}, fmt.Errorf("%s ends before what is mounted", h.path)
	}
	return h, layer{r: io.NewSectionReader(eager{h.f}, at, size), size: size, at: at}, nil
}

// start is where a partition begins on its disk, in bytes.
func (d *Disks) start(on numbered) int64 {
	if on.part == "" {
		return 0
	}
	return d.integer(on.disk, on.part+"/start") * 512
}

// integer is a number in a file of a disk's directory; 0 if there is none.
func (d *Disks) integer(name, file string) int64 {
	n, err := strconv.ParseInt(d.attribute(name, file), 10, 64)
	if err != nil {
		return 0
	}
	return n
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
