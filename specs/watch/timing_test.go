package watch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	. "github.com/onsi/gomega"
)

// stage plays a directory to a loop inside a bubble whose time is virtual.
type stage struct {
	wake    chan struct{}
	outside chan struct{}
	start   time.Time

	mu      sync.Mutex // virtual time orders, but nothing is synchronized by it
	files   Listing
	err     error
	looks   []time.Duration // when the directory was listed, since the start
	changes []string
}

// play runs the loop with the given times while script acts.
func play(t *testing.T, o Options, script func(s *stage)) *stage {
	t.Helper()
	s := &stage{files: Listing{}}
	synctest.Test(t, func(t *testing.T) {
		s.start, s.wake, s.outside = time.Now(), make(chan struct{}, 1), make(chan struct{})
		ctx, cancel := context.WithCancel(t.Context())
		o.Wake = s.outside
		l := &loop{Options: o.withDefaults(), look: s.look, changed: s.note}
		done := make(chan struct{})
		go func() { defer close(done); l.run(ctx, s.wake) }()
		synctest.Wait()
		script(s)
		synctest.Wait()
		cancel()
		<-done
	})
	return s
}

func (s *stage) look() (Listing, error, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.looks = append(s.looks, time.Since(s.start))
	if s.err != nil {
		return nil, s.err, nil
	}
	return maps.Clone(s.files), nil, nil
}

func (s *stage) note(c Change) {
	line := fmt.Sprintf("%v +%v -%v of %d", time.Since(s.start), c.Changed, c.Removed, len(c.Files))
	if c.Problem != nil {
		line += " " + c.Problem.Error()
	}
	s.changes = append(s.changes, line)
	clear(c.Files) // it is ours
}

// fail lets the directory be unreadable from now on, or readable again.
func (s *stage) fail(err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.err = err
}

// put puts files (name, content) or takes them away (name, ""), and nobody hears.
func (s *stage) put(files ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := 0; i+1 < len(files); i += 2 {
		if files[i+1] == "" {
			delete(s.files, files[i])
		} else {
			s.files[files[i]] = files[i+1]
		}
	}
}

// after lets time pass and then puts files, with one wake-up.
func (s *stage) after(d time.Duration, files ...string) {
	time.Sleep(d) //nolint:forbidigo // virtual time
	s.put(files...)
	select {
	case s.wake <- struct{}{}:
	default:
	}
	synctest.Wait()
}

// idle lets time pass in which nothing is heard.
func (s *stage) idle(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // virtual time
	synctest.Wait()
}

const ms = time.Millisecond

func TestTiming(t *testing.T) {
	for name, c := range map[string]struct {
		options Options
		script  func(s *stage)
		changes []string
		looks   []time.Duration
	}{
		"the first listing is reported even when it is empty": {
			script:  func(*stage) {},
			changes: []string{"0s +[] -[] of 0"},
			looks:   []time.Duration{0},
		},
		"one listing for many events, a quiet time after the last": {
			script: func(s *stage) {
				for i := range 5 {
					s.after(100*ms, "a", fmt.Sprint(i))
				}
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "800ms +[a] -[] of 1"},
			looks:   []time.Duration{0, 800 * ms},
		},
		"a stream of events does not put the listing off for ever": {
			options: Options{Cap: 2 * time.Second},
			script: func(s *stage) {
				for i := range 25 {
					s.after(100*ms, "a", fmt.Sprint(i))
				}
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "2.1s +[a] -[] of 1", "2.8s +[a] -[] of 1"},
			looks:   []time.Duration{0, 2100 * ms, 2800 * ms},
		},
		"the same content again is no change": {
			script: func(s *stage) {
				s.after(0, "a", "1")
				s.idle(time.Second)
				s.after(0, "a", "1")
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "300ms +[a] -[] of 1"},
			looks:   []time.Duration{0, 300 * ms, 1300 * ms},
		},
		"a file is removed when two listings a quiet time apart agree": {
			script: func(s *stage) {
				s.after(0, "a", "1", "b", "1")
				s.idle(time.Second)
				s.after(0, "a", "")
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "300ms +[a b] -[] of 2", "1.6s +[] -[a] of 1"},
			looks:   []time.Duration{0, 300 * ms, 1300 * ms, 1600 * ms},
		},
		"a file that is away for one listing was never removed": {
			script: func(s *stage) {
				s.after(0, "a", "1")
				s.idle(time.Second)
				s.after(0, "a", "")
				s.after(400*ms, "a", "1")
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "300ms +[a] -[] of 1"},
			looks:   []time.Duration{0, 300 * ms, 1300 * ms, 1700 * ms},
		},
		"what no event told is found by the periodic listing": {
			options: Options{Resync: 30 * time.Second},
			script: func(s *stage) {
				s.idle(time.Second)
				s.put("a", "1")
				s.idle(31 * time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "30.3s +[a] -[] of 1"},
			looks:   []time.Duration{0, 30300 * ms},
		},
		"the periodic listing does not hasten a removal": {
			options: Options{Resync: 10 * time.Second},
			script: func(s *stage) {
				s.after(0, "a", "1")
				s.after(9600*ms, "a", "") // missed at 9.9 s, the tick comes at 10 s
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "300ms +[a] -[] of 1", "10.3s +[] -[a] of 0"},
			looks:   []time.Duration{0, 300 * ms, 9900 * ms, 10300 * ms},
		},
		"a directory that cannot be listed removes nothing, and the problem is told once": {
			options: Options{Resync: time.Second},
			script: func(s *stage) {
				s.after(0, "a", "1")
				s.idle(500 * ms)
				s.fail(errors.New("away"))
				s.idle(5 * time.Second)
				s.fail(nil)
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "300ms +[a] -[] of 1", "1.3s +[] -[] of 1 away", "6.3s +[] -[] of 1"},
			looks:   []time.Duration{0, 300 * ms, 1300 * ms, 2300 * ms, 3300 * ms, 4300 * ms, 5300 * ms, 6300 * ms},
		},
		"two listings that missed a file do not count when one between them failed": {
			script: func(s *stage) {
				s.after(0, "a", "1")
				s.idle(time.Second)
				s.after(0, "a", "") // missed at 1.3 s
				s.idle(400 * ms)
				s.fail(errors.New("away")) // at 1.4 s
				s.idle(300 * ms)           // would have been confirmed at 1.6 s
				s.fail(nil)
				s.after(0) // missed at 2 s, for the first time again
				s.idle(400 * ms)
				s.after(0, "a", "1") // in time for 2.3 s
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "300ms +[a] -[] of 1", "1.6s +[] -[] of 1 away", "2s +[] -[] of 1"},
			looks:   []time.Duration{0, 300 * ms, 1300 * ms, 1600 * ms, 2000 * ms, 2400 * ms},
		},
		"a wake-up from outside lists like an event": {
			script: func(s *stage) {
				s.put("a", "1")
				s.outside <- struct{}{}
				s.idle(time.Second)
				close(s.outside)
				s.idle(time.Second)
			},
			changes: []string{"0s +[] -[] of 0", "300ms +[a] -[] of 1"},
			looks:   []time.Duration{0, 300 * ms, 1300 * ms},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := play(t, c.options, c.script)
			g := NewWithT(t)
			g.Expect(s.changes).To(Equal(c.changes))
			g.Expect(s.looks).To(Equal(c.looks))
		})
	}
}
