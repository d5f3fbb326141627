package device

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// mounted is a file system that the kernel reads for us. It is mounted for a moment
// only: the directory that is open holds it, and nothing that a kill could leave
// behind.
type mounted struct {
	dirFiles
	loop *os.File
}

func (m *mounted) close() {
	_ = m.root.Close()
	_ = m.loop.Close()
}

// mountHeld has the kernel read the file system on the device that h holds: through a
// loop device, which is read-only and needs no node of a partition, and a mount below
// MountDir without devices, programs or set-id bits, and without a replay of the
// journal. It needs root.
func (d *Disks) mountHeld(st State, h *held) (*mounted, error) {
	fs := *st.Content.FileSystem
	kind, options := kernelType(fs.Type)
	switch {
	case kind == "":
		return nil, fmt.Errorf("it has no driver for %s", fs.Type)
	case os.Geteuid() != 0:
		return nil, errors.New("only root may mount")
	case len(st.Use.Mounted) > 0:
		return nil, errors.New("it is mounted" + mountedAt(st.Use.Mounted) + " already")
	}
	loop, err := attachLoop(h.f, fs.Offset, fs.Length)
	if err != nil {
		return nil, err
	}
	root, err := d.mountFor(loop.Name(), kind, options)
	if err != nil {
		_ = loop.Close()
		return nil, err
	}
	return &mounted{dirFiles{root}, loop}, nil
}

// kernelType is the kernel's name of a file system, and the options with which it is
// mounted without being changed.
func kernelType(kind string) (name, options string) {
	switch kind {
	case Ext4, "ext3", "ext2":
		return Ext4, "noload"
	case "xfs":
		return "xfs", "norecovery,nouuid"
	case "btrfs":
		return "btrfs", "rescue=nologreplay"
	case "ntfs":
		return "ntfs3", ""
	case "vfat", "exfat", "squashfs", "erofs", "udf", "iso9660", "hfsplus", "f2fs":
		return kind, ""
	}
	return "", ""
}

// mountFor mounts, opens the root and unmounts lazily, under a lock, so that what a
// kill has left in between is removed by the next one who comes here.
func (d *Disks) mountFor(node, kind, options string) (*os.Root, error) {
	if err := os.MkdirAll(d.mountDir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(d.mountDir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }()
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		return nil, os.NewSyscallError("flock", err)
	}
	dir := filepath.Join(d.mountDir, "mount")
	for unix.Unmount(dir, unix.MNT_DETACH) == nil {
		continue // left behind by a kill
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	defer func() { _ = os.Remove(dir) }()
	const flags = unix.MS_RDONLY | unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	if err := unix.Mount(node, dir, kind, flags, options); err != nil {
		return nil, fmt.Errorf("mount -t %s: %w", kind, err)
	}
	root, err := os.OpenRoot(dir)
	err2 := unix.Unmount(dir, unix.MNT_DETACH)
	if err == nil && err2 != nil {
		_ = root.Close()
	}
	return root, errors.Join(err, os.NewSyscallError("umount2", err2))
}

// loopTries bounds how often a free loop device is lost to somebody else.
const loopTries = 16

// attachLoop makes a read-only loop device of a range of a file (linux/loop.h). It goes
// away by itself with its last user.
func attachLoop(f *os.File, offset, size int64) (*os.File, error) {
	control, err := os.OpenFile("/dev/loop-control", os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = control.Close() }()
	for range loopTries {
		n, err := unix.IoctlRetInt(int(control.Fd()), unix.LOOP_CTL_GET_FREE)
		if err != nil {
			return nil, os.NewSyscallError("LOOP_CTL_GET_FREE", err)
		}
		loop, err := os.Open(fmt.Sprintf("/dev/loop%d", n))
		if err != nil {
			return nil, err
		}
		c := unix.LoopConfig{Fd: uint32(f.Fd())}
		c.Info.Offset, c.Info.Sizelimit = uint64(offset), uint64(size)
		c.Info.Flags = unix.LO_FLAGS_READ_ONLY | unix.LO_FLAGS_AUTOCLEAR
		err = unix.IoctlLoopConfigure(int(loop.Fd()), &c)
		if err == nil {
			return loop, nil
		}
		_ = loop.Close()
		if !errors.Is(err, unix.EBUSY) {
			return nil, os.NewSyscallError("LOOP_CONFIGURE", err)
		}
	}
	return nil, errors.New("no loop device is free")
}
