package device

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

func (m *mountedDir) number() (major, minor uint32) {
	return uint32(m.mount.Major), uint32(m.mount.Minor)
}

// openBelowMount opens the device that is mounted.
func (d *Disks) openBelowMount(ctx context.Context, m *mountedDir) (*held, layer, error) {
	if err := m.fit(); err != nil {
		return nil, layer{}, err
	}
	on := d.withNumber(m.number())
	if on.disk == "" {
		return nil, layer{}, errors.New("its device is not in sysfs")
	}
	h, l, err := d.openNode(ctx, m, on)
	if errors.Is(err, os.ErrPermission) && d.attribute(on.disk, "loop/backing_file") != "" {
		h, l, err = d.openBacking(ctx, on)
	}
	if err != nil {
		return nil, layer{}, err
	}
	if h.busy {
		h.close()
		return nil, layer{}, errors.New("another process is writing to its device")
	}
	// The medium is to be read, not what the kernel keeps of it.
	forget(h.f)
	if h.kind == Block {
		_ = ioctl(h.f, unix.BLKFLSBUF, nil) // drops more; only root may
	}
	return h, l, nil
}

// openNode opens the node of the device.
func (d *Disks) openNode(ctx context.Context, m *mountedDir, on numbered) (*held, layer, error) {
	h, err := d.openShared(ctx, d.node(on.name()), Block)
	if err != nil {
		return nil, layer{}, err
	}
	info, err := h.f.Stat()
	if err != nil {
		h.close()
		return nil, layer{}, err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if major, minor := m.number(); !ok || st.Rdev != unix.Mkdev(major, minor) {
		h.close()
		return nil, layer{}, fmt.Errorf("%s is another device than the one that is mounted", h.path)
	}
	l := layer{r: io.NewSectionReader(h.eager(), 0, h.size), size: h.size, at: d.start(on)}
	if isMapping(on.disk) {
		l.at = -1
	}
	return h, l, nil
}

// openBacking opens the image behind a loop device.
func (d *Disks) openBacking(ctx context.Context, on numbered) (*held, layer, error) {
	h, err := d.openShared(ctx, d.attribute(on.disk, "loop/backing_file"), Image)
	if err != nil {
		return nil, layer{}, err
	}
	at := d.start(on) + d.integer(on.disk, "loop/offset")
	size := h.size - at
	if n := d.integer(on.disk, "size"); on.part == "" && n > 0 {
		size = min(size, n*512)
	}
	if n := d.integer(on.disk, on.part+"/size"); on.part != "" {
		size = min(size, n*512)
	}
	if size <= 0 {
		h.close()
		return nil, layer{}, fmt.Errorf("%s ends before what is mounted", h.path)
	}
	return h, layer{r: io.NewSectionReader(h.eager(), at, size), size: size, at: at}, nil
}

// start is where a partition begins on its disk, in bytes.
func (d *Disks) start(on numbered) int64 {
	if on.part == "" {
		return 0
	}
	return d.integer(on.disk, on.part+"/start") * 512
}

// integer is a number in a file of a disk's directory; 0 if there is none.
func (d *Disks) integer(name, file string) int64 {
	n, err := strconv.ParseInt(d.attribute(name, file), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
