package main

import (
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/verify"
)

// How often progress is shown: redrawn on a terminal, a plain line elsewhere.
const (
	redraw = 200 * time.Millisecond
	reline = 30 * time.Second
)

// progress tells on stderr what is being done: one redrawn line on a terminal, a
// plain line each 30 s elsewhere, JSON lines with -o json. It is safe for
// concurrent use.
type progress struct {
	a     *app
	name  string
	mu    sync.Mutex
	last  time.Time
	drawn bool
}

func (a *app) newProgress(name string) *progress { return &progress{a: a, name: name} }

// step says that a step is about to be taken.
func (p *progress) step(s reconciler.Step) {
	p.line(s.Name, s.Text+" …")
}

// waiting says what apply --wait waits for.
func (p *progress) waiting(w reconciler.Waiting) {
	p.line("Waiting", fmt.Sprintf("%s: %s; next look %s", w.Reason, w.Message, stamp(w.NextLook)))
}

// Progress implements verify.Progress.
func (p *progress) Progress(s verify.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	every := reline
	if p.a.terminal {
		every = redraw
	}
	now := p.a.now()
	if p.last.IsZero() {
		p.last = now
	}
	if now.Sub(p.last) < every {
		return
	}
	p.last = now
	text := fmt.Sprintf("%s: %d objects, %s", s.Phase, s.Objects, device.FormatSize(s.Bytes))
	if s.Of > 0 {
		text = fmt.Sprintf("%s: %d of %d objects, %s", s.Phase, s.Objects, s.Of, device.FormatSize(s.Bytes))
	}
	if !p.a.terminal || p.a.output == "json" {
		p.print(string(s.Phase), text)
		return
	}
	_, _ = fmt.Fprintf(p.a.stderr, "\r\x1b[K%s: %s", p.name, text)
	p.drawn = true
}

func (p *progress) line(step, text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.print(step, text)
}

func (p *progress) print(step, text string) {
	p.clear()
	if p.a.output == "json" {
		if data, err := json.Marshal(map[string]string{"kind": "Progress", "backup": p.name, "step": step, "message": text}); err == nil {
			_, _ = fmt.Fprintf(p.a.stderr, "%s\n", data)
		}
		return
	}
	_, _ = fmt.Fprintf(p.a.stderr, "%s: %s\n", p.name, text)
}

func (p *progress) clear() {
	if p.drawn {
		_, _ = fmt.Fprint(p.a.stderr, "\r\x1b[K")
		p.drawn = false
	}
}

func (p *progress) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}
