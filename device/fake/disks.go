package fake

import (
	"context"
	"fmt"
	"sync"

	"github.com/cargomedia/s3export/device"
)

// Options of a set of disks.
type Options struct {
	// Before and After are called around each effect, with its name: "format:table",
	// "format:mkfs", "format:finish", "sign". An error ends the call there, as a
	// crash would. The disks are not locked meanwhile; nil does nothing.
	Before, After func(op string) error
}

// Disks are disks in memory. It is safe for concurrent use.
type Disks struct {
	o  Options
	mu sync.Mutex
	by map[string]*Disk // by path
	// locked counts readers by path; -1 is a writer.
	locked map[string]int
}

// New returns a host without disks.
func New(o Options) *Disks {
	return &Disks{o: o, by: map[string]*Disk{}, locked: map[string]int{}}
}

// Plug adds a disk, or replaces the one with its path.
func (d *Disks) Plug(k Disk) {
	d.mu.Lock()
	defer d.mu.Unlock()
	c := k.clone()
	d.by[k.Path] = &c
}

// Unplug takes a disk away and returns it as it is now, its counters included.
func (d *Disks) Unplug(path string) (Disk, bool) {
	k, ok := d.Disk(path)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.by, path)
	return k, ok
}

// Disk returns a copy of the disk with this path.
func (d *Disks) Disk(path string) (Disk, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	k, ok := d.by[path]
	if !ok {
		return Disk{}, false
	}
	return k.clone(), true
}

// Change changes a disk from outside, as a person or a service would.
func (d *Disks) Change(path string, change func(*Disk)) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if k, ok := d.by[path]; ok {
		change(k)
	}
}

// Inspect is that of device.Disks.
func (d *Disks) Inspect(ctx context.Context, s device.Selector) (device.State, error) {
	if err := ctx.Err(); err != nil {
		return device.State{}, err
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.look(s, false), nil
}

// look says what is there. The holder of the lock does not see it as busy.
func (d *Disks) look(s device.Selector, holder bool) device.State {
	st := device.State{Selector: s, Presence: device.Absent, Path: s.Image}
	var found *Disk
	for _, k := range d.by {
		if !k.selected(s) {
			continue
		}
		st.Matches = append(st.Matches, fmt.Sprintf("%s (serial %q, %s)", k.Path, k.Identity.Serial, device.FormatSize(k.Identity.Size)))
		found = k
	}
	switch {
	case found == nil:
		return st
	case len(st.Matches) > 1:
		st.Presence = device.Ambiguous
		return st
	case found.Problem != "":
		return device.State{Selector: s, Presence: device.Unknown, Path: found.Path, Problem: found.Problem, Remedy: "check the disk"}
	}
	k := found.clone()
	st = device.State{Selector: s, Presence: device.Present, Path: k.Path, Identity: k.Identity, Use: k.Use, Content: k.content()}
	if k.Identity.Kind == device.Image {
		st.Identity.Serial = s.Serial
	}
	st.Mismatch = s.Size.Mismatch(k.Identity.Size)
	if d.locked[k.Path] < 0 && !holder {
		st.Use.Holders = append(st.Use.Holders, "another process has it locked")
	}
	return st
}

// hold takes the writer's lock.
func (d *Disks) hold(op string, s device.Selector) (st device.State, release func(), err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	st = d.look(s, true)
	if r := st.Missing(); r != nil {
		return st, nil, fail(op, st.Path, r)
	}
	if d.locked[st.Path] != 0 {
		return st, nil, &device.Error{Reason: device.DeviceInUse, Op: op, Device: st.Path, Message: "another process has it locked", Remedy: "wait until it has ended"}
	}
	path := st.Path
	d.locked[path] = -1
	return st, func() {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.locked[path] = 0
	}, nil
}

func fail(op, path string, r *device.Refusal) error {
	return &device.Error{Reason: r.Reason, Op: op, Device: path, Message: r.Message, Remedy: r.Remedy}
}

// effect changes a disk between the hooks. A disk that was unplugged meanwhile is
// an error, as it would be in the middle of a write.
func (d *Disks) effect(op, path string, change func(*Disk)) error {
	if d.o.Before != nil {
		if err := d.o.Before(op); err != nil {
			return err
		}
	}
	d.mu.Lock()
	k, ok := d.by[path]
	if ok {
		change(k)
	}
	d.mu.Unlock()
	if !ok {
		return &device.Error{Reason: device.DeviceVanished, Op: op, Device: path, Message: "it is gone", Remedy: "plug it in"}
	}
	if d.o.After != nil {
		return d.o.After(op)
	}
	return nil
}
