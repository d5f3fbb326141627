package verify

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// FileSystem implements Tree. Of ext2 to ext4 and btrfs it is the id that statfs(2) tells,
// which they make of their UUID. Others make theirs of the number of the device, which the
// next drive gets too, so they are named by their mount: no other has that name, and they
// have another one once they were mounted again.
func (t *DirTree) FileSystem() string {
	var st unix.Statfs_t
	if err := unix.Fstatfs(t.fd, &st); err != nil {
		return ""
	}
	switch uint32(st.Type) {
	case unix.EXT4_SUPER_MAGIC, unix.BTRFS_SUPER_MAGIC:
		if st.Fsid.Val != [2]int32{} {
			return fmt.Sprintf("fsid %08x%08x", uint32(st.Fsid.Val[1]), uint32(st.Fsid.Val[0]))
		}
	}
	return mountOf(t.fd)
}

// bootID is a file with a number that each boot of the kernel gets by chance (random(4)).
const bootID = "/proc/sys/kernel/random/boot_id"

// mountOf names the mount that an open file is in, as no other one will be; empty before
// Linux 6.8, where the next mount may have the number of one that is gone.
func mountOf(fd int) string {
	var st unix.Statx_t
	err := unix.Statx(fd, "", unix.AT_EMPTY_PATH, unix.STATX_MNT_ID_UNIQUE, &st)
	if err != nil || st.Mask&unix.STATX_MNT_ID_UNIQUE == 0 {
		return ""
	}
	boot, err := os.ReadFile(bootID)
	if err != nil {
		return ""
	}
	return fmt.Sprintf("mount %d of boot %s", st.Mnt_id, strings.TrimSpace(string(boot)))
}
