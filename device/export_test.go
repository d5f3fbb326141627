package device

import (
	"context"
	"errors"

	"golang.org/x/sys/unix"
)

// For tests of the package from outside.
const (
	LinuxData = linuxData
	ScanAll   = scanAll
)

// FindTool finds a tool as Disks does.
func FindTool(name string) (string, error) { return tools{}.find(name) }

// MkfsArgs are the arguments that a partition at offset is formatted with.
func MkfsArgs(offset int64) []string { return mkfsArgs("", "", offset) }

// KernelHints sends when the kernel has told of block devices.
var KernelHints = kernelHints

// ListenUevents hears the kernel with a buffer of that many bytes.
func ListenUevents(buffer int) (next, end func() error, err error) {
	s, err := listenUevents()
	if err != nil {
		return nil, nil, err
	}
	raw, err := s.f.SyscallConn()
	if err != nil {
		return nil, nil, err
	}
	err2 := raw.Control(func(fd uintptr) { err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_RCVBUF, buffer) })
	return s.next, s.close, errors.Join(err, err2)
}

// MediumOf is that of a disk, by its kernel name.
func (d *Disks) MediumOf(name string) Medium { return d.mediumOf(name, mediumDepth) }

// OpenMountedBacking is OpenMounted for one who may open the image behind a loop device
// only.
func OpenMountedBacking(ctx context.Context, d *Disks, dir string) (Volume, error) {
	m, err := d.openMountedDir(dir)
	if err != nil {
		return nil, err
	}
	h, l, err := d.openBacking(ctx, d.withNumber(m.number()))
	if err != nil {
		return nil, err
	}
	f, fs, err := m.open(ctx, l)
	if err != nil {
		return nil, err
	}
	v := &volume{files: f, info: fs, release: func() { h.close(); _ = m.f.Close() }}
	return attend(v, d.stay(Selector{}), dir), nil
}

// LUKSFormat makes the encrypted volume in the only partition of an image, as
// FormatEncrypted does; the mapping, for which not every host is made, is left out.
func (d *Disks) LUKSFormat(ctx context.Context, path string, v VolumeID, keys []Key) error {
	st, err := d.Inspect(ctx, Selector{Image: path})
	if err != nil {
		return err
	}
	h, err := d.openSole(ctx, path, Image)
	if err != nil {
		return err
	}
	defer h.close()
	a, err := d.attach(h, st.Content.Partitions[0])
	if err != nil {
		return err
	}
	defer a.close()
	var passphrases [][]byte
	for _, k := range keys {
		p, _ := k.passphrase()
		passphrases = append(passphrases, p)
	}
	return a.luksFormat(ctx, v, passphrases)
}
