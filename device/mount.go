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
	loop, err := attachLoop(h.f, loopRange{offset: fs.Offset, size: fs.Length})
	if err != nil {
		return nil, err
	}
	root, err := d.mountFor(loop.Name(), kind, unix.MS_RDONLY, options)
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
// kill has left in between is removed by the next one who comes here. Devices, programs
// and set-id bits are never honored; flags are those of mount(2) besides.
func (d *Disks) mountFor(node, kind string, flags uintptr, options string) (*os.Root, error) {
	lock, err := d.lockMounts()
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }()
	dir := filepath.Join(d.mountDir, "mount")
	for unix.Unmount(dir, unix.MNT_DETACH) == nil {
		continue // left behind by a kill
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	defer func() { _ = os.Remove(dir) }()
	flags |= unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
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

// lockMounts waits for the only one who may mount below MountDir, and returns what ends
// that when it is closed.
func (d *Disks) lockMounts() (*os.File, error) {
	if err := os.MkdirAll(d.mountDir, 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(filepath.Join(d.mountDir, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(lock.Fd()), unix.LOCK_EX); err != nil {
		_ = lock.Close()
		return nil, os.NewSyscallError("flock", err)
	}
	return lock, nil
}
