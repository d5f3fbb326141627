package device

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/sys/mountinfo"
	"golang.org/x/sys/unix"
)

// mountedDir is a directory of a file system that is mounted.
type mountedDir struct {
	f     *os.File // keeps it mounted
	dir   string   // today's path, without links
	inode uint64
	fsid  unix.Fsid
	mount *mountinfo.Info
}

// openMountedDir finds out how a directory is mounted.
func (d *Disks) openMountedDir(dir string) (*mountedDir, error) {
	f, err := os.OpenFile(dir, unix.O_PATH|unix.O_DIRECTORY, 0)
	if err != nil {
		return nil, err
	}
	m := &mountedDir{f: f}
	if err := m.look(d); err != nil {
		_ = f.Close()
		return nil, err
	}
	return m, nil
}

func (m *mountedDir) look(d *Disks) error {
	fd := int(m.f.Fd())
	var st unix.Statx_t
	if err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_INO|unix.STATX_MNT_ID, &st); err != nil {
		return os.NewSyscallError("statx", err)
	}
	if st.Mask&unix.STATX_MNT_ID == 0 {
		return fmt.Errorf("the kernel does not tell its mount: it is older than Linux 5.8")
	}
	var fs unix.Statfs_t
	if err := unix.Fstatfs(fd, &fs); err != nil {
		return os.NewSyscallError("fstatfs", err)
	}
	var err error
	if m.dir, err = os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd)); err != nil {
		return err
	}
	mounts, err := d.mount()
	if err != nil {
		return fmt.Errorf("mount table: %w", err)
	}
	m.inode, m.fsid = st.Ino, fs.Fsid
	i := slices.IndexFunc(mounts, func(x *mountinfo.Info) bool { return uint64(x.ID) == st.Mnt_id })
	if i < 0 {
		return fmt.Errorf("its mount is not in the mount table")
	}
	m.mount = mounts[i]
	return m.hidden(mounts)
}

// hidden refuses a directory of which something else is seen than what it holds.
func (m *mountedDir) hidden(mounts []*mountinfo.Info) error {
	for _, x := range mounts {
		if x.Mountpoint != m.dir && isWithin(x.Mountpoint, m.dir) {
			return fmt.Errorf("%s is mounted below it, at %q", firstOf(x.FSType, "something"), x.Mountpoint)
		}
	}
	return nil
}

// isWithin is isBelow for any directory.
func isWithin(p, dir string) bool { return isBelow(p, strings.TrimSuffix(dir, "/")) }

// fit refuses what is no ext file system that nobody can write to.
func (m *mountedDir) fit() error {
	switch x := m.mount; {
	case x.FSType != Ext4 && x.FSType != "ext3" && x.FSType != "ext2":
		return fmt.Errorf("it lies on %s, not ext4", x.FSType)
	case !hasOption(x.Options, "ro") || !hasOption(x.VFSOptions, "ro"):
		return fmt.Errorf("it is mounted for writing, and may be changing")
	case !isWithin(m.dir, x.Mountpoint):
		return fmt.Errorf("it lies at %q, outside of its mount at %q", m.dir, x.Mountpoint)
	}
	return nil
}

func hasOption(options, option string) bool {
	return slices.Contains(strings.Split(options, ","), option)
}

// inside is its path in the file system.
func (m *mountedDir) inside() (string, error) {
	rel, err := filepath.Rel(m.mount.Mountpoint, m.dir)
	return strings.Trim(path.Join(m.mount.Root, rel), "/"), err
}
