package device

import (
	"encoding/binary"
	"errors"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// Mounted is a volume that the kernel has mounted for writing. It is safe for concurrent
// use; Close ends it.
type Mounted struct {
	on   *attachment
	root *os.Root
	dir  *os.File // the root once more: the errors of all writing since are told to it
	info FileSystem
	stay *stay
	end  sync.Once
	err  error // of Close
}

// Root is where files are written. Their errors are told better by Explain. All files
// and directories that were opened below it are to be closed before Close.
func (m *Mounted) Root() *os.Root { return m.root }

// Info says which file system it is, as it was before it was mounted.
func (m *Mounted) Info() FileSystem { return m.info }

// Room returns what is free.
func (m *Mounted) Room() (Room, error) {
	st, err := m.statfs()
	if err != nil {
		return Room{}, m.Explain(err)
	}
	return Room{Bytes: int64(st.Bavail) * st.Bsize, Inodes: int64(st.Ffree)}, nil
}

func (m *Mounted) statfs() (unix.Statfs_t, error) {
	var st unix.Statfs_t
	err := unix.Fstatfs(int(m.dir.Fd()), &st)
	return st, os.NewSyscallError("fstatfs", err)
}

// Sync returns once all that was written is on the medium. It also tells the errors of
// what the kernel has written since the last Sync, of whatever file (syncfs(2), Linux
// 5.8).
func (m *Mounted) Sync() error { return m.Explain(m.sync()) }

func (m *Mounted) sync() error {
	if err := unix.Syncfs(int(m.dir.Fd())); err != nil {
		return os.NewSyscallError("syncfs", err)
	}
	st, err := m.statfs()
	if err == nil && st.Flags&unix.ST_RDONLY != 0 {
		err = errStopped
	}
	return err
}

// errStopped is for a kernel that does not tell what went wrong.
var errStopped = errors.New("the kernel has made it read-only after an error")

// Explain returns the error of an operation on a file of the volume as an *Error with a
// remedy: DeviceVanished when the drive has left, DeviceFull for a volume without room,
// DeviceIO for a drive that does not do what it is told, DeviceForeign for a path with
// a link that leads out of the volume. What says nothing about the device is returned as
// it is.
func (m *Mounted) Explain(err error) error {
	e, ok := errors.AsType[*Error](err)
	if !ok {
		e = m.failed(err)
	}
	if e == nil {
		return err
	}
	return m.stay.explain(opMount, m.on.held.path, e)
}

// failed is the error of a device that does not do what it is told, or that somebody else
// has changed; nil for others.
func (m *Mounted) failed(err error) *Error {
	e := &Error{Reason: DeviceIO, Op: opMount, Device: m.on.held.path, Message: "writing to it", Err: err, Remedy: remedyOf(DeviceIO)}
	switch {
	case errors.Is(err, unix.ENOSPC), errors.Is(err, unix.EDQUOT):
		e.Reason, e.Message, e.Remedy = DeviceFull, "it is full", "use a larger drive; for an image, make sure that the disk on which it lies has room"
	case errors.Is(err, unix.EIO), errors.Is(err, unix.EROFS), errors.Is(err, unix.EUCLEAN), errors.Is(err, errStopped), vanished(err):
	default:
		return m.planted(err)
	}
	return e
}

// Close writes what is left, unmounts and gives the device back, whatever happens. When
// it returns nil, all is on the medium, the file system is clean, and the kernel has let
// go of the device. Its errors are those of Sync, and DeviceInUse when files of it are
// still open. It may be called twice, and then returns the same.
func (m *Mounted) Close() error {
	m.end.Do(func() { m.err = m.Explain(m.close()) })
	return m.err
}

func (m *Mounted) close() error {
	defer m.on.held.close()
	errs := []error{m.sync()}
	_, _ = m.dir.Close(), m.root.Close()
	errs = append(errs, m.unmounted(), m.clean())
	m.on.close()
	errs = append(errs, dropCaches(m.on.held.f, m.on.held.kind))
	return firstError(errs)
}

// firstError returns the first of them: the others follow from it.
func firstError(errs []error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// unmounted waits until nobody has the device mounted.
func (m *Mounted) unmounted() error {
	if m.on.disks.until(func() bool {
		f, err := os.OpenFile(m.on.device().Name(), os.O_RDONLY|unix.O_EXCL, 0)
		if err == nil {
			_ = f.Close()
		}
		return !errors.Is(err, unix.EBUSY)
	}) {
		return nil
	}
	return &Error{Reason: DeviceInUse, Op: opMount, Device: m.on.held.path, Message: "it is not unmounted: files on it are still open",
		Remedy: "end this process; then all is closed"}
}

// clean looks at the medium itself for the mark of a journal that is still needed (kernel
// fs/ext4/ext4.h, EXT4_FEATURE_INCOMPAT_RECOVER).
func (m *Mounted) clean() error {
	const recovery = 0x4
	f := m.on.device()
	if err := dropCaches(f, Block); err != nil {
		return err
	}
	sb := make([]byte, 1024)
	if _, err := f.ReadAt(sb, extSuper); err != nil {
		return err
	}
	le := binary.LittleEndian
	if le.Uint16(sb[0x38:]) != extMagic || uuidText(sb[0x68:]) != m.info.UUID || le.Uint32(sb[0x60:])&recovery != 0 {
		return &Error{Reason: DeviceIO, Op: opMount, Device: m.on.held.path, Message: "the file system on it is not clean after it was unmounted", Remedy: remedyOf(DeviceIO)}
	}
	return nil
}
