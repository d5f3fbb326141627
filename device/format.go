package device

import (
	"context"
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Format erases the claimed device and makes the volume v on it: a GPT with one
// partition, and in it an empty ext4. Under an exclusive lock it looks again, and
// writes nothing unless the claim still holds; then each step leaves something that
// Inspect recognizes, so a format that was cut off anywhere is Blank, HalfMade or
// OursEmpty, and is repeated with a new claim. It returns once the volume was read
// back from the medium. A ctx that ends during mkfs is honored after it.
//
// Its errors are *Error: DeviceChanged for a claim that no longer holds,
// DeviceInUse when somebody else has the device, DeviceVanished when it left in the
// middle, DeviceFull, ToolMissing, …
func (d *Disks) Format(ctx context.Context, c Claim, v VolumeID) error {
	stay := d.stay(c.selector)
	return stay.explain(opFormat, c.path, d.format(ctx, c, v))
}

func (d *Disks) format(ctx context.Context, c Claim, v VolumeID) error {
	if _, err := d.tools.find("mkfs.ext4"); err != nil {
		return err
	}
	return d.formatWith(ctx, c, v, filling{fill: d.fillPlain, made: OursEmpty})
}

// filling is how the partition of a new volume gets its content.
type filling struct {
	// fill makes the content, and reads it back.
	fill func(ctx context.Context, h *held, p Partition, v VolumeID) error
	made Relation // of the finished volume
}

func (d *Disks) formatWith(ctx context.Context, c Claim, v VolumeID, with filling) error {
	if !c.Covers(v) {
		return &Error{Reason: DeviceChanged, Op: opFormat, Device: c.path, Message: "the claim is not for this volume", Remedy: "inspect the device first"}
	}
	h, err := d.openSole(ctx, c.path, c.identity.Kind)
	if err != nil {
		return notOpened(ctx, opFormat, c.path, err)
	}
	defer h.close()
	st, err := d.again(ctx, opFormat, h, c.selector)
	if err != nil {
		return err
	}
	if _, r := c.Renew(st); r != nil {
		return refused(opFormat, c.path, r)
	}
	l, err := newLayout(h.size, h.sector, v)
	if err != nil {
		return failedIO(opFormat, h.path, "laying out the table", err)
	}
	if err := d.make(ctx, h, l, making{v, st.Content.Partitions, with.fill}); err != nil {
		return err
	}
	return h.made(ctx, v, with.made)
}

// The names of the operations in errors.
const (
	opFormat  = "format"
	opSign    = "sign"
	opOpen    = "open"
	opMount   = "mount"
	opRead    = "read"
	opBuild   = "build"
	opResolve = "look up"
	opList    = "list"
	opProbe   = "probe"
)

// making is what is made in place of what.
type making struct {
	volume VolumeID
	old    []Partition
	fill   func(ctx context.Context, h *held, p Partition, v VolumeID) error
}

// make writes. Only a claim that was renewed under the lock leads here.
func (d *Disks) make(ctx context.Context, h *held, l layout, m making) error {
	if err := h.forget(append(m.old, l.partition)); err != nil {
		return failedIO(opFormat, h.path, "zeroing the old superblock", err)
	}
	steps, err := l.begin()
	if err != nil {
		return failedIO(opFormat, h.path, "laying out the table", err)
	}
	if err := h.write(steps); err != nil {
		return failedIO(opFormat, h.path, "writing the partition table", err)
	}
	h.handOver()
	if err := m.fill(ctx, h, l.partition, m.volume); err != nil {
		return err
	}
	if steps, err = l.finish(m.volume.Label); err != nil {
		return failedIO(opFormat, h.path, "laying out the table", err)
	}
	if err := h.write(steps); err != nil {
		return failedIO(opFormat, h.path, "writing the partition table", err)
	}
	if h.kind == Block {
		announce(h.f, l.partition)
	}
	return nil
}

// fillPlain makes the file system in the partition itself.
func (d *Disks) fillPlain(ctx context.Context, h *held, p Partition, v VolumeID) error {
	if err := d.mkfs(ctx, h, p, v); err != nil {
		return err
	}
	if err := dropCaches(h.f, h.kind); err != nil {
		return failedIO(opFormat, h.path, "writing to the medium", err)
	}
	return h.finished(ctx, v)
}

// forget zeroes where superblocks of file systems in these partitions are: first
// of all, so that a table with our new GUID never stands before an old file system.
func (h *held) forget(parts []Partition) error {
	var steps []write
	for _, p := range parts {
		at := p.Start
		if at <= 0 || at+scanBlock > h.size {
			continue
		}
		steps = append(steps, write{at, make([]byte, scanPage)}, write{at, make([]byte, scanBlock)})
	}
	return h.write(steps)
}

// write does the steps, each durable before the next.
func (h *held) write(steps []write) error {
	for _, s := range steps {
		if _, err := h.f.WriteAt(s.data, s.at); err != nil {
			return err
		}
		if err := h.f.Sync(); err != nil {
			return err
		}
	}
	return nil
}

// finished checks the file system before the mark of the unfinished goes.
func (h *held) finished(ctx context.Context, v VolumeID) error {
	st, err := h.fresh(ctx, opFormat)
	if err != nil {
		return err
	}
	if !v.isNew(st.Content.FileSystem) {
		return h.notReadBack(st)
	}
	return nil
}

// isNew reports whether a file system is the one that mkfs has made for the volume.
func (v VolumeID) isNew(fs *FileSystem) bool {
	return fs != nil && fs.Type == Ext4 && fs.UUID == v.UUID && fs.Label == v.Label && fs.Problem == "" && !fs.HasFiles
}

// made reads the whole result back from the medium.
func (h *held) made(ctx context.Context, v VolumeID, want Relation) error {
	if err := dropCaches(h.f, h.kind); err != nil {
		return failedIO(opFormat, h.path, "writing to the medium", err)
	}
	st, err := h.fresh(ctx, opFormat)
	if err != nil {
		return err
	}
	backup := readGPTAt(h.f, h.size/h.sector-1, h.size/h.sector, h.sector)
	if st.Relation(v) != want || backup == nil || backup.partitions[0].GUID != v.PartitionGUID {
		return h.notReadBack(st)
	}
	return nil
}

func (h *held) notReadBack(st State) error {
	return &Error{
		Reason: DeviceIO, Op: opFormat, Device: h.path,
		Message: fmt.Sprintf("what was written does not come back: %s is there", firstOf(st.Content.Found, "nothing")),
		Remedy:  "the drive loses data: check the cable and the drive (`dmesg`, `smartctl -a`), or use another drive",
	}
}

// fresh reads the device through another descriptor.
func (h *held) fresh(ctx context.Context, op string) (State, error) {
	n, err := open(h.path, h.kind, os.O_RDONLY)
	if err != nil {
		return State{}, failedIO(op, h.path, "opening it again", err)
	}
	defer n.close()
	st, err := look(ctx, State{Presence: Present, Path: h.path, Identity: Identity{Kind: h.kind}}, n)
	if err == nil && st.Presence != Present {
		err = &Error{Reason: DeviceIO, Op: op, Device: h.path, Message: st.Problem, Remedy: st.Remedy}
	}
	return st, err
}

// again inspects the device that is held, and checks that the selector still leads
// to it.
func (d *Disks) again(ctx context.Context, op string, h *held, s Selector) (State, error) {
	st := d.locate(s)
	if st.Presence == Present {
		mine, err1 := h.f.Stat()
		there, err2 := os.Stat(st.Path)
		if err1 != nil || err2 != nil || !os.SameFile(mine, there) {
			return State{}, &Error{Reason: DeviceChanged, Op: op, Device: h.path, Message: "it was replaced while it was being opened",
				Remedy: "look at it again with `s3export plan`, then apply"}
		}
		var err error
		if st, err = look(ctx, st, h); err != nil {
			return State{}, err
		}
	}
	return st, nil
}

// notOpened is the error of a device that could not be opened and locked.
func notOpened(ctx context.Context, op, path string, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	e := failedIO(op, path, "opening it", err)
	switch {
	case errors.Is(err, unix.EWOULDBLOCK):
		e.Message = "another process has it locked, perhaps a format that goes on after its s3export was killed"
		e.Remedy = "wait until it has ended (`fuser -v " + ShellQuote(path) + "` names it), then try again"
	case errors.Is(err, os.ErrNotExist), errors.Is(err, unix.ENXIO), errors.Is(err, unix.ENODEV):
		e.Reason, e.Message, e.Remedy = DeviceAbsent, "it is not here any more", "plug it in"
	}
	return e
}
