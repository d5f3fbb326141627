package reconciler

import (
	"context"
	"sync"
	"time"
)

// resync is how often a backup is looked at although nothing asked for it, and
// how soon a blocked one is: a person may have mended what blocked it.
const resync = 5 * time.Minute

// longestPause bounds a wait, whatever the clocks say.
const longestPause = time.Hour

// Loop looks at many backups, each when it is due: one entry a name, so that many
// wishes make one look, and never two looks at one name at a time.
type Loop struct {
	// Look reconciles the backup of that name once. It is called by Workers
	// goroutines, and must not block longer than the reconcile takes.
	Look    func(ctx context.Context, name string) (Outcome, error)
	Clock   Clock
	Workers int // backups looked at at once; 0 means 2

	mu      sync.Mutex
	entries map[string]*entry
	wake    chan struct{}
}

// entry is a name in the loop.
type entry struct {
	due     time.Time
	busy    bool
	again   bool // woken while busy
	gone    bool // forgotten while busy
	failing int
}

// NewLoop returns a loop without names.
func NewLoop(look func(context.Context, string) (Outcome, error), clock Clock, workers int) *Loop {
	if workers <= 0 {
		workers = 2
	}
	return &Loop{Look: look, Clock: clock, Workers: workers, entries: map[string]*entry{}, wake: make(chan struct{}, 1)}
}

// Wake has the backup looked at as soon as a worker is free. A name that is new
// joins the loop.
func (l *Loop) Wake(name string) {
	l.mu.Lock()
	e := l.entries[name]
	if e == nil {
		e = &entry{}
		l.entries[name] = e
	}
	e.due, e.again, e.gone = l.Clock(), e.busy, false
	l.mu.Unlock()
	l.nudge()
}

// Forget takes the name out of the loop. A look under way ends by itself.
func (l *Loop) Forget(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if e := l.entries[name]; e != nil && e.busy {
		e.gone = true
		return
	}
	delete(l.entries, name)
}

func (l *Loop) nudge() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// Run looks at what is due until ctx ends, and returns when all looks have ended.
func (l *Loop) Run(ctx context.Context) {
	var looks sync.WaitGroup
	defer looks.Wait()
	free := make(chan struct{}, l.Workers)
	for ctx.Err() == nil {
		name, pause := l.next()
		if name == "" {
			l.rest(ctx, pause)
			continue
		}
		select {
		case free <- struct{}{}:
		case <-ctx.Done():
			return
		}
		looks.Go(func() {
			defer func() { <-free }()
			o, err := l.Look(ctx, name)
			l.ended(name, o, err)
		})
	}
}

// rest waits for a wish, or until something is due.
func (l *Loop) rest(ctx context.Context, pause time.Duration) {
	t := time.NewTimer(pause)
	defer t.Stop()
	select {
	case <-ctx.Done():
	case <-l.wake:
	case <-t.C:
	}
}

// next takes the name that has been due for longest, or says how long there is
// none.
func (l *Loop) next() (string, time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	now := l.Clock()
	first := ""
	for name, e := range l.entries {
		if e.busy {
			continue
		}
		if f := l.entries[first]; first == "" || e.due.Before(f.due) || e.due.Equal(f.due) && name < first {
			first = name
		}
	}
	if first == "" {
		return "", resync
	}
	if wait := l.entries[first].due.Sub(now); wait > 0 {
		return "", wait
	}
	l.entries[first].busy = true
	return first, 0
}

func (l *Loop) ended(name string, o Outcome, err error) {
	l.mu.Lock()
	e := l.entries[name]
	e.busy = false
	pause := resync
	switch o := o.(type) {
	case Waiting:
		pause = min(o.NextLook.Sub(l.Clock()), longestPause)
	case Blocked:
		pause = max(resync, o.LookAgain)
	case Converged:
	}
	e.failing++
	if err != nil {
		pause = pauseAfter(e.failing)
	} else {
		e.failing = 0
	}
	e.due = l.Clock().Add(max(0, pause))
	if e.again {
		e.due, e.again = l.Clock(), false
	}
	if e.gone {
		delete(l.entries, name)
	}
	l.mu.Unlock()
	l.nudge()
}
