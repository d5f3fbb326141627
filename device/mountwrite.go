package device

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Mount has the kernel mount the finished volume v on the device for writing, or, if v
// has no PartitionGUID, whatever ext4 has its UUID. Only root may, because only the
// kernel can write to an ext4 that is in use.
//
// It looks under an exclusive lock, which is held as long as anything is mounted: by the
// kernel too, so that whoever comes after a process that was killed waits until the last
// byte is written. Nothing shows in the mount table, and nothing is left behind by a
// kill. A file system that was not cleanly unmounted is fine: the kernel replays its
// journal. Devices, programs and set-id bits on it are not honored, and times of access
// are not written.
//
// Its errors are *Error, or that of ctx: NotPermitted, DeviceForeign for what is not
// ours, DeviceChanged for a volume that is not there or not finished, DeviceInUse when
// somebody else has the device, DeviceVanished when it left in the middle, DeviceReadOnly,
// DeviceFailing, …
func (d *Disks) Mount(ctx context.Context, s Selector, v VolumeID, k Key) (*Mounted, error) {
	stay := d.stay(s)
	m, err := d.mountVolume(ctx, s, v, k)
	if err != nil {
		return nil, stay.explain(opMount, s.name(), err)
	}
	m.stay = stay
	return m, nil
}

func (d *Disks) mountVolume(ctx context.Context, s Selector, v VolumeID, k Key) (*Mounted, error) {
	if os.Geteuid() != 0 {
		return nil, notPermitted(opMount, s.name(), nil)
	}
	st := d.locate(s)
	if r := st.Missing(); r != nil {
		return nil, refused(opMount, firstOf(st.Path, s.name()), r)
	}
	d.sweep(ctx)
	h, err := d.openSole(ctx, st.Path, st.Identity.Kind)
	if err != nil {
		return nil, notOpened(ctx, opMount, st.Path, err)
	}
	m, err := d.mountSole(ctx, h, mounting{s, v, k})
	if err != nil {
		h.close()
		return nil, err
	}
	return m, nil
}

// mounting is what a Mount was asked for.
type mounting struct {
	selector Selector
	volume   VolumeID
	key      Key
}

// mountSole looks again, under the lock, and mounts. A block device is not handed over:
// as long as it is ours, nobody else can mount its partition, and a loop device does not
// ask for it.
func (d *Disks) mountSole(ctx context.Context, h *held, w mounting) (*Mounted, error) {
	st, err := d.again(ctx, opMount, h, w.selector)
	if err != nil {
		return nil, err
	}
	for _, check := range []func() *Refusal{st.Missing, func() *Refusal { return st.Fit(true) }, st.failing, st.sound} {
		if r := check(); r != nil {
			return nil, refused(opMount, h.path, r)
		}
	}
	if err := st.mountable(w.volume); err != nil {
		return nil, err
	}
	fs := *st.Content.FileSystem
	a, err := d.attach(h, Partition{Start: fs.Offset, Size: fs.Length})
	if err != nil {
		return nil, notAttached(opMount, h.path, "attaching a loop device", err)
	}
	m, err := a.mount(ctx, fs, w)
	if err != nil {
		a.close()
		return nil, err
	}
	return m, nil
}

// mount mounts what the partition holds, or the encrypted volume in it.
func (a *attachment) mount(ctx context.Context, fs FileSystem, w mounting) (*Mounted, error) {
	path := a.held.path
	if fs.Type == luks {
		inner, err := a.decrypt(ctx, fs, w)
		if err != nil {
			return nil, err
		}
		fs = *inner
	}
	// After an error of its journal nothing is written any more, whatever the file system
	// says of that.
	root, err := a.disks.mountFor(a.device().Name(), Ext4, unix.MS_NOATIME, "errors=remount-ro")
	if err != nil {
		return nil, notAttached(opMount, path, "mounting its file system", err)
	}
	dir, err := root.Open(".")
	if err != nil {
		_ = root.Close()
		return nil, notAttached(opMount, path, "opening its root", err)
	}
	return &Mounted{on: a, root: root, dir: dir, info: fs}, nil
}

// decrypt opens the encrypted volume, and finds the file system in it.
func (a *attachment) decrypt(ctx context.Context, fs FileSystem, w mounting) (*FileSystem, error) {
	path := a.held.path
	secret, ok := w.key.passphrase()
	if !ok {
		return nil, &Error{Reason: PasswordNeeded, Op: opMount, Device: path, Message: "the volume on it (" + fs.words() + ") is encrypted",
			Remedy: "give its password, or one key file"}
	}
	if err := a.disks.canEncrypt(opMount, path); err != nil {
		return nil, err
	}
	if err := a.unlock(ctx, fs.UUID, secret, os.O_RDONLY); err != nil {
		return nil, cryptFailed(ctx, opMount, path, "opening the encrypted volume", err)
	}
	inner, err := a.content(ctx)
	if err != nil {
		return nil, failedIO(opMount, path, "looking into the encrypted volume", err)
	}
	if inner == nil || inner.Type != Ext4 || w.volume.PartitionGUID != "" && inner.UUID != w.volume.UUID {
		return nil, &Error{Reason: DeviceChanged, Op: opMount, Device: path, Message: "the encrypted volume does not hold the file system of this run",
			Remedy: "plug in the drive that was prepared for this run"}
	}
	inner.Encryption = fs.words()
	return inner, nil
}

// mountable refuses all but the volume that was asked for.
func (s State) mountable(v VolumeID) error {
	e := &Error{Reason: DeviceForeign, Op: opMount, Device: s.Path, Remedy: "plug in the drive that was prepared for this run"}
	fs := s.Content.FileSystem
	switch r := s.Relation(v); {
	case r == OursEmpty, r == OursLoaded:
		return nil
	case s.Content.Blank:
		e.Reason, e.Message = DeviceChanged, "it is blank, and not prepared"
	case r == HalfMade:
		e.Reason, e.Message, e.Remedy = DeviceChanged, "preparing it was cut off", "prepare it again with `s3export apply`"
	case v.PartitionGUID != "", fs == nil || fs.Type != Ext4 && fs.Type != luks:
		e.Message = "it is not the volume of this run: it holds " + firstOf(s.Content.Found, "nothing that is known")
	case fs.UUID != strings.ToLower(v.UUID):
		e.Reason, e.Message = DeviceChanged, fmt.Sprintf("the file system there is %s, not %s", fs.UUID, v.UUID)
	case fs.Problem != "" && !fs.Dirty:
		return unreadable(opMount, s.Path, errors.New(fs.Problem))
	default:
		return nil
	}
	return e
}

// notAttached translates what the kernel says to a device that it is to attach or mount.
func notAttached(op, path, what string, err error) error {
	switch {
	case errors.Is(err, os.ErrPermission):
		return notPermitted(op, path, err)
	case errors.Is(err, unix.ENODEV), errors.Is(err, os.ErrNotExist):
		return &Error{Reason: DeviceUnsupported, Op: op, Device: path, Message: what + ": the kernel lacks a driver", Err: err,
			Remedy: "load the drivers (`modprobe ext4 loop`); in a container, give it /dev/loop-control and the loop devices"}
	case errors.Is(err, unix.EUCLEAN), errors.Is(err, unix.EINVAL):
		return &Error{Reason: DeviceIO, Op: op, Device: path, Message: what, Err: err,
			Remedy: "look at what the kernel says (`dmesg`); if the file system is damaged, repair it with `e2fsck -f`"}
	}
	return failedIO(op, path, what, err)
}

func notPermitted(op, path string, err error) *Error {
	return &Error{Reason: NotPermitted, Op: op, Device: path, Message: "only root may have the kernel mount or encrypt it, and only the kernel writes files to an ext4", Err: err,
		Remedy: "run s3export as root; in a container, with the right to administer the system (CAP_SYS_ADMIN)"}
}
