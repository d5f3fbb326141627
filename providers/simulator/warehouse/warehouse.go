package warehouse

import (
	"context"
	"sync"
	"time"

	"github.com/go-logr/logr"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/providers/simulator/jobs"
	"github.com/cargomedia/s3export/providers/simulator/store"
)

// Disks looks at devices and opens what is on them.
type Disks interface {
	Inspect(ctx context.Context, s device.Selector) (device.State, error)
	Open(ctx context.Context, s device.Selector, k device.Key) (device.Volume, error)
}

// Build makes an ext4 file system of size bytes, filled from a directory, in a
// file that must not exist yet.
type Build func(ctx context.Context, file string, size int64, v Volume) error

// Volume is what Build makes.
type Volume struct {
	UUID, Label string
	From        string // directory
}

// Clock is the simulator's time.
type Clock interface {
	Now() time.Time
	// AdvanceTo moves the clock forward; a time that has passed changes nothing.
	AdvanceTo(t time.Time)
}

// Schedule says how long each part of the journey takes.
type Schedule struct {
	Transit time.Duration // to AWS
	Wait    time.Duration // at AWS, before the load
	Load    time.Duration
	Back    time.Duration // from AWS
}

// DefaultSchedule is a journey of nine days.
func DefaultSchedule() Schedule {
	const day = 24 * time.Hour
	return Schedule{Transit: 3 * day, Wait: day, Load: 2 * day, Back: 3 * day}
}

// Options of a Warehouse. All but WorkDir, Log and Schedule are required.
type Options struct {
	Jobs  *jobs.Service
	Store *store.Store
	Disks Disks
	Build Build
	Clock Clock
	// WorkDir takes the staging of a load, as large as the data twice; empty is
	// the system's directory for temporary files.
	WorkDir  string
	Seed     string
	Schedule Schedule // zero is DefaultSchedule
	Log      logr.Logger
}

// Warehouse plays AWS's side of parcels. It is safe for concurrent use.
type Warehouse struct {
	o Options

	running sync.Mutex // one carries out what is due; before mu

	mu       sync.Mutex
	schedule Schedule
	rot      Rot
	aborts   map[string]string // see Abort
	parcels  []*parcel         // in the order of shipping
}

// New returns a warehouse without parcels.
func New(o Options) *Warehouse {
	if o.Schedule == (Schedule{}) {
		o.Schedule = DefaultSchedule()
	}
	return &Warehouse{o: o, schedule: o.Schedule}
}

// Wait returns when nothing is being carried out.
func (w *Warehouse) Wait() {
	w.running.Lock()
	defer w.running.Unlock()
}

// Spoil sets what is wrong with the drives of loads from now on.
func (w *Warehouse) Spoil(r Rot) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rot = r
}

// SetSchedule changes the times of journeys; what is under way keeps the end of
// its current part.
func (w *Warehouse) SetSchedule(s Schedule) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.schedule = s
}

// Schedule returns the times of journeys.
func (w *Warehouse) Schedule() Schedule {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.schedule
}

// Parcels returns all parcels in the order of shipping.
func (w *Warehouse) Parcels() []Parcel {
	w.mu.Lock()
	defer w.mu.Unlock()
	all := make([]Parcel, len(w.parcels))
	for i, p := range w.parcels {
		all[i] = p.Parcel
	}
	return all
}
