package device

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

const opEject = "eject"

// Eject makes a device safe to be unplugged: nobody uses it, all is written, and the
// kernel has let go of it where it can (a SCSI or USB disk, as root). gone reports
// whether it has; else the device is still listed, and idle. An image is only flushed.
//
// Its errors are *Error: DeviceMounted, DeviceInUse, DeviceAbsent, …
func (d *Disks) Eject(ctx context.Context, s Selector) (gone bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	st := d.locate(s)
	if r := st.Missing(); r != nil {
		return false, refused(opEject, firstOf(st.Path, s.name()), r)
	}
	st.Use.ReadOnly, st.Mismatch = false, "" // neither keeps a drive plugged in
	if r := st.Fit(true); r != nil {
		return false, refused(opEject, st.Path, r)
	}
	h, err := d.openShared(ctx, st.Path, st.Identity.Kind)
	if err != nil {
		return false, notOpened(ctx, opEject, st.Path, err)
	}
	defer h.close()
	if h.busy {
		return false, notOpened(ctx, opEject, st.Path, unix.EWOULDBLOCK)
	}
	if h.kind == Image {
		return false, nil
	}
	if h.sole, err = os.OpenFile(h.path, os.O_RDONLY|unix.O_EXCL, 0); err != nil {
		return false, notOpened(ctx, opEject, st.Path, err)
	}
	if err := dropCaches(h.f, h.kind); err != nil && !errors.Is(err, os.ErrPermission) && !errors.Is(err, unix.EACCES) {
		return false, failedIO(opEject, st.Path, "writing what is left to the medium", err)
	}
	h.close()
	name, _ := d.kernelName(st.Path)
	// Documentation/ABI/testing/sysfs-block-device and scsi: writing 1 flushes the disk's
	// own cache, spins it down and forgets it.
	return os.WriteFile(filepath.Join("/sys/block", name, "device/delete"), []byte("1"), 0o200) == nil, nil
}
