package device

import (
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// disks lists the kernel names of whole disks that have a medium.
func (d *Disks) disks() ([]string, error) {
	names, err := d.drives()
	return slices.DeleteFunc(names, func(n string) bool { return !d.hasMedium(n) }), err
}

// drives lists the kernel names of whole disks, also of those without a medium, from
// sysfs (Documentation/ABI/stable/sysfs-block). Mappings (dm, md), memory and optical
// drives are not disks, nor is a loop device without a file.
func (d *Disks) drives() ([]string, error) {
	entries, err := fs.ReadDir(d.sys, "block")
	if err != nil {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		if d.isDrive(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, nil
}

func (d *Disks) hasMedium(name string) bool { return d.sectors(name) > 0 }

func (d *Disks) isDrive(name string) bool {
	if isMapping(name) || isNumbered(name, "ram", "zram", "sr", "fd") {
		return false
	}
	if d.attribute(name, "hidden") == "1" {
		return false
	}
	_, err := fs.Stat(d.sys, path.Join("block", name, "device"))
	return err == nil || d.hasMedium(name)
}

// isMapping reports whether a name is that of a device on top of others.
func isMapping(name string) bool { return isNumbered(name, "dm-", "md") }

func isNumbered(name string, prefixes ...string) bool {
	return slices.ContainsFunc(prefixes, func(prefix string) bool {
		rest, ok := strings.CutPrefix(name, prefix)
		return ok && rest != "" && rest[0] >= '0' && rest[0] <= '9'
	})
}

// attribute returns a file of a disk's directory, trimmed; empty if there is none.
func (d *Disks) attribute(name, file string) string {
	b, err := fs.ReadFile(d.sys, path.Join("block", name, file))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(strings.TrimRight(string(b), "\x00"))
}

// sectors is the size in units of 512 bytes, whatever the disk's sectors are.
func (d *Disks) sectors(name string) int64 {
	n, err := strconv.ParseInt(d.attribute(name, "size"), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// identity says what a disk is. The serial number is that of the USB device, else
// that of virtio, NVMe and MMC, else VPD page 0x80 of SCSI and SATA; a loop device
// is its backing file.
func (d *Disks) identity(name string) Identity {
	i := Identity{Kind: Block, Size: d.sectors(name) * 512, Model: d.attribute(name, "device/model")}
	if backing := d.backing(name); backing != "" {
		i.Serial, i.Backing = backing, backing
		return i
	}
	i.Serial = firstOf(d.usbSerial(name), d.attribute(name, "serial"), d.attribute(name, "device/serial"), d.vpdSerial(name))
	for _, file := range []string{"device/wwid", "wwid"} {
		if w := d.attribute(name, file); i.WWN == "" && (strings.HasPrefix(w, "naa.") || strings.HasPrefix(w, "eui.")) {
			i.WWN = plainWWN(w)
		}
	}
	return i
}

func firstOf(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// vpdSerial decodes the unit serial number page (SPC-4, 7.8.15): a header of four
// bytes, then ASCII.
func (d *Disks) vpdSerial(name string) string {
	b, err := fs.ReadFile(d.sys, path.Join("block", name, "device/vpd_pg80"))
	if err != nil || len(b) < 4 {
		return ""
	}
	n := min(int(b[2])<<8|int(b[3]), len(b)-4)
	return strings.Trim(string(b[4:4+n]), " \x00")
}

// origin is the directory of a disk among the kernel's devices, such as
// devices/pci0000:00/…/block/sdb; empty where sysfs has no links.
func (d *Disks) origin(name string) string {
	link, err := fs.ReadLink(d.sys, "block/"+name)
	if err != nil {
		return ""
	}
	return path.Join("block", link)
}

// usbDevice climbs from the disk to the directory of the USB device that it is part
// of; empty for other disks.
func (d *Disks) usbDevice(name string) string {
	for dir := d.origin(name); dir != "" && dir != "." && dir != "/"; dir = path.Dir(dir) {
		if _, err := fs.Stat(d.sys, path.Join(dir, "idVendor")); err == nil {
			return dir
		}
	}
	return ""
}

// usbSerial is the serial number of that device.
func (d *Disks) usbSerial(name string) string {
	dir := d.usbDevice(name)
	if dir == "" {
		return ""
	}
	b, err := fs.ReadFile(d.sys, path.Join(dir, "serial"))
	if err != nil {
		return ""
	}
	return strings.TrimSpace(string(b))
}

// backing identifies the backing file of a loop device; empty for other disks.
func (d *Disks) backing(name string) string {
	file := d.attribute(name, "loop/backing_file")
	if file == "" {
		return ""
	}
	return firstOf(fileID(file), "file:"+file)
}

// fileID tells one file from another, whatever its path: device, inode, and, where the
// file system keeps it, the time at which it was made, because numbers of inodes are
// used again. It is empty for what is not there.
func fileID(path string) string {
	var st unix.Statx_t
	if err := unix.Statx(unix.AT_FDCWD, path, 0, unix.STATX_INO|unix.STATX_BTIME, &st); err != nil {
		return ""
	}
	id := fmt.Sprintf("%d:%d:%d", st.Dev_major, st.Dev_minor, st.Ino)
	if st.Mask&unix.STATX_BTIME != 0 {
		id += "@" + strconv.FormatInt(st.Btime.Sec, 36) + "." + strconv.FormatInt(int64(st.Btime.Nsec), 36)
	}
	return id
}

// partitions lists the kernel names of a disk's partitions.
func (d *Disks) partitions(name string) []string {
	entries, err := fs.ReadDir(d.sys, "block/"+name)
	if err != nil {
		return nil
	}
	var parts []string
	for _, e := range entries {
		if _, err := fs.Stat(d.sys, path.Join("block", name, e.Name(), "partition")); err == nil {
			parts = append(parts, e.Name())
		}
	}
	return parts
}
