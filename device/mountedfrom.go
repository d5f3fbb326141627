package device

import "errors"

// MountedFrom reports whether a directory is where the file system of a disk or an image is
// mounted that was inspected, plain or decrypted. It reads nothing but the mount table and
// sysfs. Its error is an *Error: DeviceUnsupported where that cannot be told, as of a
// directory that FUSE shows, that lies on several disks, or below which something else is
// mounted.
func (d *Disks) MountedFrom(dir string, st State) (bool, error) {
	is, err := d.mountedFrom(dir, st)
	if err != nil {
		return false, &Error{Reason: DeviceUnsupported, Op: opResolve, Device: dir, Message: "what is mounted there cannot be told", Err: err,
			Remedy: "mount the drive there with the kernel's own ext4, and nothing below it"}
	}
	return is, nil
}

func (d *Disks) mountedFrom(dir string, st State) (bool, error) {
	m, err := d.openMountedDir(dir)
	if err != nil {
		return false, err
	}
	defer func() { _ = m.f.Close() }()
	on := d.withNumber(m.number())
	disk := d.diskBelow(on.disk)
	if on.disk == "" || disk == "" {
		return false, errors.New("it is not from a single disk")
	}
	inside, err := m.inside()
	if err != nil || inside != "" || !d.isDisk(disk, st) {
		return false, err
	}
	fs := st.Content.FileSystem
	return fs != nil && (isMapping(on.disk) || m.same(fs.UUID)), nil
}

// isDisk reports whether a disk, by its kernel name, is the one that was inspected, or a loop
// device of that image.
func (d *Disks) isDisk(name string, st State) bool {
	if st.Identity.Kind == Image {
		return st.Identity.Backing != "" && d.backing(name) == st.Identity.Backing
	}
	other, _ := d.kernelName(st.Path)
	return other == name
}
