package pull

import (
	"context"
	"sync"
)

// gate bounds the requests under way. The bound halves when the service asks for fewer,
// once for all that were under way then, and grows by one with each round of good answers
// (additive increase, multiplicative decrease).
type gate struct {
	mu       sync.Mutex
	most     int
	limit    float64
	inside   int
	round    int           // counts the decreases
	released chan struct{} // closed and made anew when somebody leaves
}

func newGate(most int) *gate {
	return &gate{most: most, limit: float64(most), released: make(chan struct{})}
}

// enter waits for a place and returns the round in which it was given.
func (g *gate) enter(ctx context.Context) (round int, err error) {
	for {
		g.mu.Lock()
		if g.inside < int(g.limit) {
			g.inside++
			defer g.mu.Unlock()
			return g.round, nil
		}
		released := g.released
		g.mu.Unlock()
		select {
		case <-released:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// answer is what a request came to.
type answer int

const (
	good answer = iota
	lost
	throttled
)

// leave gives the place back.
func (g *gate) leave(round int, a answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.inside--
	switch {
	case a == throttled && round == g.round:
		g.limit = max(1, g.limit/2)
		g.round++
	case a == good:
		g.limit = min(float64(g.most), g.limit+1/g.limit)
	}
	close(g.released)
	g.released = make(chan struct{})
}
