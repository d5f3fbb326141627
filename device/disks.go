package device

import (
	"context"
	"fmt"
	"io/fs"
	"math"
	"os"
	"time"

	"github.com/moby/sys/mountinfo"
)

// Options says where Disks looks. The zero value is the host.
type Options struct {
	// SysFS is sysfs; default os.DirFS("/sys"). One that has symbolic links and
	// implements fs.ReadLinkFS also gives the serial numbers of USB disks.
	SysFS fs.FS
	// DevDir has the device nodes; default "/dev".
	DevDir string
	// ByID has links to device nodes; default DevDir/disk/by-id.
	ByID string
	// UdevData is udev's database of devices; default "/run/udev/data".
	UdevData string
	// Mounts reads the mount table; default that of this process.
	Mounts func() ([]*mountinfo.Info, error)
	// Swaps is the list of swap areas; default "/proc/swaps".
	Swaps string
	// FileSystems is the list of what the kernel can mount; default "/proc/filesystems".
	FileSystems string
	// ToolDirs are the directories with e2fsprogs; default PATH, then /usr/sbin and /sbin.
	ToolDirs []string
	// MountDir is where the kernel mounts what only it can read; default
	// "/run/s3export".
	MountDir string
	// LockWait is how long a lock is waited for; default 2 s, because udev takes one
	// for a moment whenever a device changes.
	LockWait time.Duration
	// WeakKeys has passwords of new encrypted volumes guessed as quickly as LUKS2 allows:
	// for tests only.
	WeakKeys bool
}

// Disks are the disks of this host: block devices, and image files that are used
// as disks. It is safe for concurrent use, also by several processes: writers of
// one device keep each other out by locks.
type Disks struct {
	sys      fs.FS
	dev      string
	byID     string
	udevData string
	swaps    string
	mountDir string
	// filesystems is the list of what the kernel can mount.
	filesystems string
	mount       func() ([]*mountinfo.Info, error)
	tools       tools
	wait        time.Duration
	progress    func(FormatProgress) // nil: nobody is told
	weakKeys    bool
}

// New returns the disks of this host.
func New(o Options) *Disks {
	d := &Disks{
		sys: o.SysFS, dev: o.DevDir, byID: o.ByID, udevData: o.UdevData, swaps: o.Swaps, filesystems: o.FileSystems, mountDir: o.MountDir,
		mount: o.Mounts, tools: tools{o.ToolDirs}, wait: o.LockWait, weakKeys: o.WeakKeys,
	}
	if d.sys == nil {
		d.sys = os.DirFS("/sys")
	}
	if d.dev == "" {
		d.dev = "/dev"
	}
	if d.wait == 0 {
		d.wait = 2 * time.Second
	}
	if d.byID == "" {
		d.byID = d.dev + "/disk/by-id"
	}
	if d.udevData == "" {
		d.udevData = "/run/udev/data"
	}
	if d.swaps == "" {
		d.swaps = "/proc/swaps"
	}
	if d.filesystems == "" {
		d.filesystems = "/proc/filesystems"
	}
	if d.mountDir == "" {
		d.mountDir = "/run/s3export"
	}
	if d.mount == nil {
		d.mount = func() ([]*mountinfo.Info, error) { return mountinfo.GetMounts(nil) }
	}
	return d
}

// Inspect says what the selected device is, what keeps it from being written, and
// what is on it. It writes nothing, and its error is that of ctx: a device that
// cannot be looked at is a State too, with its remedy.
func (d *Disks) Inspect(ctx context.Context, s Selector) (State, error) {
	stay := d.stay(s)
	st, err := d.inspect(ctx, s)
	if (st.Presence == Unknown || len(st.Content.Unreadable) > 0) && stay.left() {
		return d.inspect(ctx, s)
	}
	return st, err
}

// Locate says where the selected device is and who uses it, without opening it: its
// Content is empty, and nothing is known of its health.
func (d *Disks) Locate(s Selector) State { return d.locate(s) }

func (d *Disks) inspect(ctx context.Context, s Selector) (State, error) {
	if err := ctx.Err(); err != nil {
		return State{}, err
	}
	return d.inspectLocated(ctx, d.locate(s))
}

// inspectLocated reads what is on a device that was located; one that is not Present
// stays what it is.
func (d *Disks) inspectLocated(ctx context.Context, st State) (State, error) {
	if st.Presence != Present {
		return st, nil
	}
	h, err := d.openShared(ctx, st.Path, st.Identity.Kind)
	if err != nil {
		if ctx.Err() != nil {
			return State{}, ctx.Err()
		}
		return unknown(st.Selector, st.Path, err), nil
	}
	defer h.close()
	if h.busy {
		st.Use.Holders = append(st.Use.Holders, "another process has it locked")
	}
	return look(ctx, st, h)
}

// look reads what is on the device that h holds.
func look(ctx context.Context, st State, h *held) (State, error) {
	st.Identity.Size = h.size
	st.Mismatch = st.Selector.Size.Mismatch(h.size)
	m := h.medium()
	c, err := readContent(ctx, m)
	if ctx.Err() != nil {
		return State{}, ctx.Err()
	}
	if err != nil {
		return unknown(st.Selector, st.Path, err), nil
	}
	st.Content = c
	return st, nil
}

// unknown is the state of a device that is there but cannot be looked at.
func unknown(s Selector, path string, err error) State {
	remedy := remedyOf(reasonOf(err))
	if os.IsPermission(err) {
		remedy = fmt.Sprintf("let this user read %s (run as root, or as a member of the group that owns it)", ShellQuote(path))
	}
	return State{Selector: s, Presence: Unknown, Path: path, Problem: fmt.Sprintf("%s cannot be read: %v", path, err), Remedy: remedy}
}

// Mismatch says how a size differs from what was asked for; empty if it does not.
func (c SizeCheck) Mismatch(size int64) string {
	if c.Bytes == 0 || math.Abs(float64(size-c.Bytes)) <= c.Tolerance*float64(c.Bytes) {
		return ""
	}
	return fmt.Sprintf("size %s, wanted %s", exactSize(size, c), exactSize(c.Bytes, c))
}

// exactSize adds the bytes where a rounded size could look equal.
func exactSize(n int64, c SizeCheck) string {
	if c.Tolerance > 0 {
		return FormatSize(n)
	}
	return fmt.Sprintf("%s (%d bytes)", FormatSize(n), n)
}
