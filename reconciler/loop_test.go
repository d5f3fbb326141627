package reconciler_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	. "github.com/cargomedia/s3export/reconciler" //nolint:revive // the package under test
)

// pass lets time pass in a bubble, where it costs none.
func pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // virtual time
}

// looks counts looks at each name.
type looks struct {
	mu    sync.Mutex
	seen  map[string]int
	times []time.Time
}

func (l *looks) at(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.seen == nil {
		l.seen = map[string]int{}
	}
	l.seen[name]++
	l.times = append(l.times, time.Now())
}

func (l *looks) count(name string) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.seen[name]
}

// inBubble runs a loop with virtual time until the test function ends.
func inBubble(t *testing.T, look func(context.Context, string) (Outcome, error), test func(*Loop)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		ctx, stop := context.WithCancel(t.Context())
		l := NewLoop(look, time.Now, 2)
		ended := make(chan struct{})
		go func() { l.Run(ctx); close(ended) }()
		test(l)
		stop()
		<-ended
	})
}

func TestLoopMergesWishes(t *testing.T) {
	var l looks
	inBubble(t, func(_ context.Context, name string) (Outcome, error) {
		l.at(name)
		pass(time.Second)
		return Converged{}, nil
	}, func(loop *Loop) {
		for range 5 {
			loop.Wake("a")
		}
		pass(500 * time.Millisecond)
		for range 5 {
			loop.Wake("a") // while it is being looked at: one more look, after it
		}
		pass(5 * time.Second)
	})
	if n := l.count("a"); n != 2 {
		t.Errorf("10 wishes made %d looks, not 2", n)
	}
}

func TestLoopLooksAgainWhenDue(t *testing.T) {
	var l looks
	inBubble(t, func(_ context.Context, name string) (Outcome, error) {
		l.at(name)
		return Waiting{NextLook: time.Now().Add(time.Minute)}, nil
	}, func(loop *Loop) {
		loop.Wake("a")
		pass(10*time.Minute + time.Second)
	})
	if n := l.count("a"); n != 11 {
		t.Errorf("%d looks in ten minutes, not 11", n)
	}
}

func TestLoopBacksOff(t *testing.T) {
	var l looks
	inBubble(t, func(_ context.Context, name string) (Outcome, error) {
		l.at(name)
		return nil, errors.New("no")
	}, func(loop *Loop) {
		loop.Wake("a")
		pass(20 * time.Minute)
	})
	if n := l.count("a"); n < 5 || n > 12 {
		t.Errorf("%d looks in 20 minutes of failing", n)
	}
}

func TestLoopForgets(t *testing.T) {
	var l looks
	inBubble(t, func(_ context.Context, name string) (Outcome, error) {
		l.at(name)
		pass(time.Second)
		return Converged{}, nil
	}, func(loop *Loop) {
		loop.Wake("a")
		loop.Wake("b")
		pass(100 * time.Millisecond)
		loop.Forget("a")
		pass(time.Hour)
	})
	if l.count("a") != 1 || l.count("b") < 10 {
		t.Errorf("a was looked at %d times, b %d times", l.count("a"), l.count("b"))
	}
}

func TestLoopDoesNotLetOneHoldTheOthers(t *testing.T) {
	var l looks
	inBubble(t, func(ctx context.Context, name string) (Outcome, error) {
		l.at(name)
		if name == "slow" {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return Converged{}, nil
	}, func(loop *Loop) {
		loop.Wake("slow")
		pass(time.Second)
		for _, n := range []string{"a", "b", "c"} {
			loop.Wake(n)
		}
		pass(time.Second)
		if l.count("a") != 1 || l.count("b") != 1 || l.count("c") != 1 {
			t.Errorf("looks while one is slow: %v", l.seen)
		}
	})
}

func TestLoopLooksAsOftenAsItIsWorth(t *testing.T) {
	for name, c := range map[string]struct {
		outcome Outcome
		looks   int // in six hours, the first included
	}{
		"a parcel under way":                   {Waiting{}, 7},
		"blocked, which a person may mend":     {Blocked{}, 73},
		"blocked by what costs money to see":   {Blocked{LookAgain: time.Hour}, 7},
		"a clock that promises a look in days": {Waiting{Failed: true}, 7},
	} {
		t.Run(name, func(t *testing.T) {
			var l looks
			inBubble(t, func(_ context.Context, name string) (Outcome, error) {
				l.at(name)
				o, waiting := c.outcome.(Waiting)
				if !waiting {
					return c.outcome, nil
				}
				o.NextLook = time.Now().Add(time.Hour)
				if o.Failed {
					o.NextLook = time.Now().Add(72 * time.Hour)
				}
				return o, nil
			}, func(loop *Loop) {
				loop.Wake("a")
				pass(6*time.Hour + time.Minute)
			})
			if n := l.count("a"); n != c.looks {
				t.Errorf("%d looks, not %d", n, c.looks)
			}
		})
	}
}
