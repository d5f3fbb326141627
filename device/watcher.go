package device

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

const (
	// lookEvery is the pause between looks. A look at images is a stat of each.
	lookEvery = 400 * time.Millisecond
	// quietLooks is how many further looks must find an image as it was first seen,
	// not being written: a file that is being copied into place is no drive yet.
	quietLooks = 2
	// alertLooks is how many looks at block devices follow a word of the kernel: udev
	// makes its links later, the sooner the less the host has to do.
	alertLooks = 25
	// lazyLooks is every how many looks block devices are looked at though the kernel
	// has said nothing: in some containers it never does.
	lazyLooks = 75
)

// Watcher tells when the devices that somebody cares about come, go, or become
// others. What the kernel says is a hint to look, never a fact; where it says
// nothing, looking often does the same. No device is opened. It is safe for
// concurrent use, but Run is called once.
type Watcher struct {
	disks *Disks
	hints func(context.Context) <-chan struct{}

	mu       sync.Mutex
	followed map[string]*followed
	listing  string // of the block devices, at the latest look
}

// followed is a device that somebody cares about.
type followed struct {
	selector Selector
	told     sighting // what its owner knows
	latest   sighting
	quiet    int // looks that have found latest again
}

// NewWatcher returns a watcher that follows nothing yet.
func NewWatcher(d *Disks) *Watcher {
	return &Watcher{disks: d, hints: kernelHints, followed: map[string]*followed{}}
}

// Follow replaces the devices to be watched, by a name of the caller's choice. A
// device that is new is looked at before Follow returns: a look that the caller
// takes later misses nothing.
func (w *Watcher) Follow(devices map[string]Selector) {
	w.mu.Lock()
	defer w.mu.Unlock()
	maps.DeleteFunc(w.followed, func(name string, f *followed) bool { return devices[name] != f.selector })
	for name, s := range devices {
		if w.followed[name] == nil {
			now := w.disks.sight(s)
			w.followed[name] = &followed{selector: s, told: now, latest: now}
		}
	}
}

// Run calls changed with the name and the presence of each followed device that
// has come or gone, or is another than before, until ctx ends; it has then left
// nothing behind. changed is called by one goroutine, never at the same time. A
// block device is noticed within half a second after the kernel knows it, its link
// in /dev/disk/by-id within half a second after udev has made it (or half a minute,
// if that takes more than ten seconds), an image once its size and time have been
// the same for 0.8 seconds.
func (w *Watcher) Run(ctx context.Context, changed func(name string, p Presence)) {
	ctx, stop := context.WithCancel(ctx)
	hints := w.hints(ctx)
	defer func() {
		stop()
		for range hints { // until it is closed
		}
	}()
	w.run(ctx, hints, changed)
}

func (w *Watcher) run(ctx context.Context, hints <-chan struct{}, changed func(string, Presence)) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	deaf, alert, lazy := false, alertLooks, 0
	for {
		select {
		case <-ctx.Done():
			return
		case _, open := <-hints:
			if !open {
				deaf, hints = true, nil
			}
			alert = alertLooks
		case <-tick.C:
			for _, n := range w.look(deaf || alert > 0 || lazy == 0) {
				changed(n.name, n.presence)
			}
			alert, lazy = alert-1, (lazy+1)%lazyLooks
		}
	}
}

type news struct {
	name     string
	presence Presence
}

// look compares what is seen now with what was told: all images, and if blocks, the
// block devices.
func (w *Watcher) look(blocks bool) []news {
	w.mu.Lock()
	defer w.mu.Unlock()
	if blocks {
		now := w.disks.listing()
		blocks, w.listing = now != w.listing, now
	}
	var all []news
	for _, name := range slices.Sorted(maps.Keys(w.followed)) {
		f := w.followed[name]
		if (f.selector.Image != "" || blocks) && f.look(w.disks.sight(f.selector)) {
			all = append(all, news{name, f.told.presence})
		}
	}
	return all
}

// look takes a sighting in and reports whether it is to be told.
func (f *followed) look(now sighting) bool {
	if now == f.latest {
		f.quiet++
	} else {
		f.latest, f.quiet = now, 0
	}
	if now.same(f.told) || f.selector.Image != "" && f.quiet < quietLooks {
		return false
	}
	f.told = now
	return true
}
