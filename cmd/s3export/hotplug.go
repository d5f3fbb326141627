package main

import (
	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
)

// follow has the drives of all backups watched that are followed now. The caller
// holds w.mu, and wakes backups only afterwards, so that nothing is missed.
func (w *watching) follow() {
	drives := make(map[string]device.Selector, len(w.byName))
	for name, d := range w.byName {
		drives[name] = reconciler.SelectorOf(d)
	}
	w.drives.Follow(drives)
}

// plugged has a backup looked at whose drive has come or gone, and no other.
func (w *watching) plugged(name string, p device.Presence) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, is := w.byName[name]; !is {
		return
	}
	w.a.say("backup/%s: %s", name, presenceText(p))
	w.loop.Wake(name)
}

func presenceText(p device.Presence) string {
	switch p {
	case device.Present:
		return "its drive is here"
	case device.Absent:
		return "its drive is away"
	case device.Ambiguous:
		return "several drives answer to its selector"
	case device.Unknown:
	}
	return "its drive cannot be looked at"
}
