package warehouse

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
)

// AwaySuffix is put behind the name of an image file while it is away.
const AwaySuffix = ".at-aws"

// minImage is the smallest image that is taken for a disk; a GPT with room for a
// partition at 1 MiB needs more.
const minImage = 1 << 20

// Stage is a point of a parcel's journey that has been reached.
type Stage string

// The stages in their order.
const (
	Shipped  Stage = "shipped"
	Received Stage = "received"
	Loading  Stage = "loading"
	Loaded   Stage = "loaded" // loaded or given up
	Returned Stage = "returned"
)

// order numbers the stages; -1 for anything else.
func (s Stage) order() int {
	for i, known := range []Stage{Shipped, Received, Loading, Loaded, Returned} {
		if s == known {
			return i
		}
	}
	return -1
}

// Parcel is a device on its journey.
type Parcel struct {
	Job    string    `json:"job"`
	Device string    `json:"device"` // path at home
	Away   string    `json:"away"`   // path on the journey
	Stage  Stage     `json:"stage"`
	Since  time.Time `json:"since"`
	// Due is when the next stage is reached; zero when the journey has ended.
	Due time.Time `json:"due,omitzero"`
	// Lost parcels never arrive.
	Lost bool `json:"lost,omitempty"`
	// Problem of the simulator's own, with the load or the way back.
	Problem string `json:"problem,omitempty"`
	// Spoiled names the objects whose files were spoiled on purpose.
	Spoiled []string `json:"spoiled,omitempty"`
}

type parcel struct {
	Parcel
	selector device.Selector
}

func (p *parcel) reach(s Stage, at time.Time, next time.Duration) {
	p.Stage, p.Since, p.Due = s, at, at.Add(next)
}

// Refusal is why a parcel is not taken or a wish not carried out.
type Refusal struct{ Reason, Message, Remedy string }

// Error returns the message.
func (r *Refusal) Error() string { return r.Message }

// Ship sends the device at an absolute path to AWS for a job: an image file goes
// away at once. A job takes one parcel.
func (w *Warehouse) Ship(ctx context.Context, job, path string) (Parcel, error) {
	w.running.Lock()
	defer w.running.Unlock()
	j, err := w.o.Jobs.Job(job)
	if err != nil {
		return Parcel{}, &Refusal{"NoSuchJob", err.Error(), "take an id of ListJobs"}
	}
	if j.Type != jobs.Export {
		return Parcel{}, &Refusal{"NotPlayed", "only export jobs are played", "create an export job"}
	}
	if w.parcel(j.ID) != nil {
		return Parcel{}, &Refusal{"AlreadyShipped", fmt.Sprintf("a device was shipped for job %q already", j.ID), "create another job"}
	}
	p := &parcel{Parcel: Parcel{Job: j.ID, Device: path, Away: path}}
	if p.selector, err = selectorOf(path, j.Manifest.DeviceID); err != nil {
		return Parcel{}, err
	}
	state, err := w.refuseUsed(ctx, path, p.selector)
	if err != nil {
		return Parcel{}, err
	}
	if p.selector.Image == "" {
		p.Away = state.Path
	} else {
		p.Away = path + AwaySuffix
		p.selector.Image = p.Away
		if err := rename(path, p.Away); err != nil {
			return Parcel{}, &Refusal{"DeviceBusy", fmt.Sprintf("shipping %q: %v", path, err), "move away what is in the way"}
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	p.reach(Shipped, w.o.Clock.Now(), w.schedule.Transit)
	w.parcels = append(w.parcels, p)
	w.o.Log.Info("device shipped", "job", p.Job, "device", p.Device)
	return p.Parcel, nil
}

func (w *Warehouse) parcel(job string) *parcel {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, p := range w.parcels {
		if p.Job == job {
			return p
		}
	}
	return nil
}

// byIDDirectory has the links by which block devices are selected.
const byIDDirectory = "/dev/disk/by-id"

// selectorOf takes image files and block devices and nothing else, because what is
// shipped is overwritten in the end. A block device is named by its link in
// /dev/disk/by-id, or by a node; a node must be the device with the job's serial.
func selectorOf(path, serial string) (device.Selector, error) {
	refuse := func(what string) (device.Selector, error) {
		return device.Selector{}, &Refusal{"NoDevice", fmt.Sprintf("%q %s", path, what), "give the absolute path of an image file or block device"}
	}
	if !filepath.IsAbs(path) || filepath.Clean(path) != path {
		return refuse("is not a clean absolute path")
	}
	if filepath.Dir(path) == byIDDirectory {
		return device.Selector{ByID: filepath.Base(path)}, nil
	}
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return refuse("is not there")
	case err != nil:
		return refuse("cannot be looked at: " + err.Error())
	case info.Mode().IsRegular() && info.Size() >= minImage && info.Size()%512 == 0:
		return device.Selector{Image: path, Serial: serial}, nil
	case info.Mode()&fs.ModeDevice != 0 && info.Mode()&fs.ModeCharDevice == 0:
		return device.Selector{Serial: serial}, nil
	}
	return refuse("is neither an image of a disk nor a block device")
}

// refuseUsed refuses devices that are not here or in use.
func (w *Warehouse) refuseUsed(ctx context.Context, path string, s device.Selector) (device.State, error) {
	state, err := w.o.Disks.Inspect(ctx, s)
	if err != nil {
		return state, &Refusal{"DeviceUnreadable", err.Error(), "make the device readable"}
	}
	switch u := state.Use; {
	case state.Presence != device.Present:
		return state, &Refusal{
			"DeviceUnreadable", fmt.Sprintf("%q cannot be shipped: %s %s", path, state.Presence, state.Problem), "make the device readable",
		}
	case s.Serial != "" && s.Image == "" && state.Path != path:
		return state, &Refusal{
			"NoDevice", fmt.Sprintf("%q is not the device of the job, which is %q", path, state.Path), "ship the device that the manifest names",
		}
	case u.System || u.ReadOnly || len(u.Mounted) > 0 || len(u.Holders) > 0:
		return state, &Refusal{"DeviceBusy", fmt.Sprintf("%q is in use or read-only", state.Path), "unmount it before it is shipped"}
	}
	return state, nil
}

// rename moves a file and never over another one.
func rename(from, to string) error {
	err := unix.Renameat2(unix.AT_FDCWD, from, unix.AT_FDCWD, to, unix.RENAME_NOREPLACE)
	if !errors.Is(err, unix.EINVAL) && !errors.Is(err, unix.ENOSYS) {
		return err
	}
	// A file system without the flag: a link does not replace either.
	if err := os.Link(from, to); err != nil {
		return err
	}
	return os.Remove(from)
}
