package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"time"
)

// Options are the times of a Watcher; each has a default. The zero value is fit
// for use.
type Options struct {
	// Quiet is how long nothing must have happened before the directory is listed;
	// 300 ms by default. A file counts as removed when two listings, this far
	// apart, agree: a git checkout makes every file vanish for a moment.
	Quiet time.Duration
	// Cap is how long a listing may be put off while things keep happening; 3 s by
	// default, never less than Quiet.
	Cap time.Duration
	// Resync is how often the directory is listed though nothing was heard; 45 s by
	// default. Watches can be lost and queues overflow.
	Resync time.Duration
	// Wake, if not nil, asks for a listing from outside, such as on SIGHUP.
	Wake <-chan struct{}
}

func (o Options) withDefaults() Options {
	if o.Quiet <= 0 {
		o.Quiet = 300 * time.Millisecond
	}
	if o.Cap <= 0 {
		o.Cap = 3 * time.Second
	}
	o.Cap = max(o.Cap, o.Quiet)
	if o.Resync <= 0 {
		o.Resync = 45 * time.Second
	}
	return o
}

// Change is the difference between a listing and the one before.
type Change struct {
	// Changed are the names that are new or have other content, sorted.
	Changed []string
	// Removed are the names that two listings missed, sorted.
	Removed []string
	// Files is everything that counts as there, removed names left out. It belongs
	// to the receiver.
	Files Listing
	// Problem says why the directory cannot be listed or watched, nil if it can. A
	// directory that cannot be listed says nothing about its files: Files is as it
	// was before. While it cannot be watched, changes are found by listing alone.
	Problem error
}

// Watcher watches one directory, which need not exist yet.
type Watcher struct {
	dir     string
	options Options
}

// New returns a watcher of dir. Nothing happens before Run.
func New(dir string, o Options) (*Watcher, error) {
	absolute, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("watching %q: %w", dir, err)
	}
	return &Watcher{dir: absolute, options: o.withDefaults()}, nil
}

// Run lists the directory at once and calls changed with everything in it, even
// if that is nothing, and then again whenever content, names or the problem have
// changed. It returns when ctx ends and has then left nothing behind. changed is
// called by one goroutine, never at the same time; while it runs, wake-ups are
// kept. Several watchers may watch one directory.
func (w *Watcher) Run(ctx context.Context, changed func(Change)) {
	n := newNotifier(w.dir)
	defer n.close()
	look := func() (Listing, error, error) {
		armed := n.arm()
		files, err := List(w.dir)
		return files, err, armed
	}
	(&loop{Options: w.options, look: look, changed: changed}).run(ctx, n.wake)
}

// loop holds what was seen and the timing, apart from any file system.
type loop struct {
	Options
	// look returns the files or why they cannot be listed, and why the directory
	// cannot be watched.
	look    func() (files Listing, listing, watching error)
	changed func(Change)

	known   Listing
	suspect map[string]bool // known names that the latest listing missed
	problem string
	begun   bool
}

// run looks once at the start and from then on only when a timer has run out that
// was set after the latest look, for Quiet at least. So any two listings are a
// quiet time apart, which is what removal rests on; the periodic listing goes
// the same way as a wake-up.
func (l *loop) run(ctx context.Context, wake <-chan struct{}) {
	resync := time.NewTicker(l.Resync)
	defer resync.Stop()
	var quiet, limit *time.Timer // nil while nothing is waited for
	fires := func(t *time.Timer) <-chan time.Time {
		if t == nil {
			return nil
		}
		return t.C
	}
	stir := func() {
		if limit == nil {
			quiet, limit = time.NewTimer(l.Quiet), time.NewTimer(l.Cap)
			return
		}
		quiet.Reset(l.Quiet)
	}
	look := func() {
		quiet, limit = nil, nil
		if l.compare(l.look()) {
			stir()
		}
	}
	look()
	for {
		select {
		case <-ctx.Done():
			return
		case <-wake:
			stir()
		case _, open := <-l.Wake:
			if !open {
				l.Wake = nil
			}
			stir()
		case <-resync.C:
			stir()
		case <-fires(quiet):
			look()
		case <-fires(limit):
			look()
		}
	}
}

// compare takes a listing in, reports the difference, and says whether another
// look is needed to tell whether names that are missing are gone.
func (l *loop) compare(files Listing, listing, watching error) bool {
	c := Change{Problem: errors.Join(listing, watching)}
	suspect := map[string]bool{}
	if listing == nil {
		for name, digest := range files {
			if l.known[name] != digest {
				c.Changed = append(c.Changed, name)
			}
		}
		for name, digest := range l.known {
			switch _, is := files[name]; {
			case is:
			case l.suspect[name]:
				c.Removed = append(c.Removed, name)
			default:
				suspect[name] = true
				files[name] = digest
			}
		}
		l.known = files
	}
	l.suspect = suspect
	l.report(c)
	return len(suspect) > 0
}

func (l *loop) report(c Change) {
	problem := ""
	if c.Problem != nil {
		problem = c.Problem.Error()
	}
	if l.begun && len(c.Changed)+len(c.Removed) == 0 && problem == l.problem {
		return
	}
	l.begun, l.problem = true, problem
	slices.Sort(c.Changed)
	slices.Sort(c.Removed)
	c.Files = maps.Clone(l.known)
	l.changed(c)
}
