package device

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"golang.org/x/sys/unix"
)

// blockBytes is the block size of the file systems that we make, whatever their
// size: mke2fs's own choice depends on it.
const blockBytes = 4096

// mkfsFeatures are those of Debian 12 (e2fsprogs 1.47.0), spelled out so that no
// mke2fs.conf and no newer version adds one that an older kernel cannot mount.
const mkfsFeatures = "none,has_journal,ext_attr,resize_inode,dir_index,filetype,extent,64bit,flex_bg," +
	"sparse_super,large_file,huge_file,dir_nlink,extra_isize,metadata_csum"

// mkfs makes the file system inside the partition, on the device as a whole: so it
// needs no partition node, and works on images without root. mke2fs writes the
// superblock last.
func (d *Disks) mkfs(ctx context.Context, h *held, p Partition, v VolumeID) error {
	return d.mkfsOn(ctx, h.f, h.path, p, v)
}

// mkfsOn makes it in a part of what is open, called path in messages.
func (d *Disks) mkfsOn(ctx context.Context, f *os.File, path string, p Partition, v VolumeID) error {
	args := mkfsArgs(v.UUID, v.Label, p.Start)
	args = append(args, heldPath, strconv.FormatInt(p.Size/blockBytes, 10))
	err := d.tools.run(ctx, command{name: "mkfs.ext4", args: args, held: f, path: path, watch: d.watchMkfs()})
	if err != nil {
		return toolFailed(ctx, opFormat, path, "making the file system", err)
	}
	return nil
}

func mkfsArgs(uuid, label string, offset int64) []string {
	// -F: the device is not a partition, which is meant. Nothing is left to the
	// background (lazy_…), because the drive is unplugged soon; nodiscard, because a
	// claimed device needs none and cheap bridges break on it.
	args := []string{
		"-F", "-b", strconv.Itoa(blockBytes), "-I", "256", "-i", "16384", "-m", "0", "-O", mkfsFeatures,
		"-E", fmt.Sprintf("offset=%d,lazy_itable_init=0,lazy_journal_init=0,nodiscard,root_owner=0:0", offset),
	}
	if uuid != "" {
		args = append(args, "-U", uuid)
	}
	if label != "" {
		args = append(args, "-L", label)
	}
	return args
}

// BuildOptions says what BuildImage makes. Empty fields are left to mkfs.
type BuildOptions struct {
	UUID    string // of the file system
	Label   string // at most 16 bytes
	FromDir string // a directory whose content is copied in, with its modes and times
}

// BuildImage makes an ext4 without a partition table in a new file of the given
// size in bytes. A path that exists is refused; a file that could not be finished
// is removed.
func (d *Disks) BuildImage(ctx context.Context, newFile string, size int64, o BuildOptions) (err error) {
	f, err := os.OpenFile(newFile, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // as readable as any file: who may read it is the umask's business
	if errors.Is(err, os.ErrExist) {
		return &Error{Reason: DeviceForeign, Op: opBuild, Device: newFile, Message: "the file exists already", Remedy: "give a new name, or remove the file"}
	}
	if err != nil {
		return failedIO(opBuild, newFile, "making the file", err)
	}
	defer func() {
		err2 := f.Close()
		if err == nil && err2 != nil {
			err = failedIO(opBuild, newFile, "closing the file", err2)
		}
		if err != nil {
			_ = os.Remove(newFile)
		}
	}()
	if err := f.Truncate(size); err != nil {
		return failedIO(opBuild, newFile, "sizing the file", err)
	}
	args := mkfsArgs(o.UUID, o.Label, 0)
	if o.FromDir != "" {
		dir, err := filepath.Abs(o.FromDir)
		if err != nil {
			return failedIO(opBuild, newFile, "naming the directory", err)
		}
		args = append(args, "-d", dir)
	}
	args = append(args, heldPath, strconv.FormatInt(size/blockBytes, 10))
	if err := d.tools.run(ctx, command{name: "mkfs.ext4", args: args, held: f, path: newFile}); err != nil {
		return toolFailed(ctx, opBuild, newFile, "making the file system", err)
	}
	if err := f.Sync(); err != nil {
		return failedIO(opBuild, newFile, "writing to the medium", err)
	}
	return nil
}

// toolFailed is the error of an operation whose tool failed. A file system without
// room is what most often is behind it, for an image.
func toolFailed(ctx context.Context, op, path, what string, err error) error {
	if e, ok := errors.AsType[*Error](err); ok || ctx.Err() != nil && errors.Is(err, ctx.Err()) {
		if ok {
			e.Op = op
		}
		return err
	}
	e := &Error{Reason: ToolFailed, Op: op, Device: path, Message: what, Err: err,
		Remedy: "look at what the tool said; check the drive (`dmesg`) and the version of e2fsprogs (1.47 is known to work)"}
	var st unix.Statfs_t
	info, err2 := os.Stat(path)
	if err2 == nil && info.Mode().IsRegular() && unix.Statfs(path, &st) == nil && st.Bavail*uint64(st.Bsize) < mebibyte {
		e.Reason, e.Remedy = DeviceFull, remedyOf(DeviceFull)
	}
	return e
}
