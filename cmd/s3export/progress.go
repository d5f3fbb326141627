package main

import (
	"fmt"
	"sync"
	"time"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/device/capacity"
	"github.com/cargomedia/s3export/providers/restore"
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
	phase verify.PhaseOfWork
	begun time.Time // of the phase
}

func (a *app) newProgress(name string) *progress { return &progress{a: a, name: name} }

// step says that a step is about to be taken.
func (p *progress) step(s reconciler.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show(s.Name, s.Text+" …")
}

// waiting says what apply --wait waits for.
func (p *progress) waiting(w reconciler.Waiting) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.show("Waiting", fmt.Sprintf("%s: %s; next look %s", w.Reason, w.Message, stamp(w.NextLook)))
}

// Progress implements verify.Progress.
func (p *progress) Progress(s verify.Step) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.due() {
		return
	}
	text := fmt.Sprintf("%s: %d objects, %s", s.Phase, s.Objects, device.FormatSize(s.Bytes))
	if s.Of > 0 {
		text = fmt.Sprintf("%s: %d of %d objects, %s", s.Phase, s.Objects, s.Of, device.FormatSize(s.Bytes))
	}
	if s.OfBytes > 0 {
		text += fmt.Sprintf(" of %s, %d %%%s", device.FormatSize(s.OfBytes), 100*s.Bytes/s.OfBytes, p.left(s))
	}
	p.show(string(s.Phase), text)
}

// left says how long a phase still takes, if it goes on as it has gone.
func (p *progress) left(s verify.Step) string {
	if s.Phase != p.phase {
		p.phase, p.begun = s.Phase, p.a.now()
		return ""
	}
	gone := p.a.now().Sub(p.begun)
	if s.Bytes == 0 || gone < reline/10 {
		return ""
	}
	left := time.Duration(float64(gone) * (float64(s.OfBytes)/float64(s.Bytes) - 1))
	return ", " + max(left, 0).Round(time.Second).String() + " left"
}

// format says how far mkfs is.
func (p *progress) format(f device.FormatProgress) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.due() {
		return
	}
	text := f.Stage
	if f.Total > 0 {
		text = fmt.Sprintf("%s: %d %% (%d of %d)", f.Stage, 100*f.Done/f.Total, f.Done, f.Total)
	}
	p.show("FormatVolume", text)
}

// probe says how far a probe of the capacity is.
func (p *progress) probe(s capacity.Stage, done, total int64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.due() {
		p.show("ProbeCapacity", fmt.Sprintf("%s: %d %% of %s", s, 100*done/total, device.FormatSize(total)))
	}
}

// due reports whether it is time to show something again.
func (p *progress) due() bool {
	every := reline
	if p.a.terminal {
		every = redraw
	}
	now := p.a.now()
	if p.last.IsZero() {
		p.last = now
	}
	if now.Sub(p.last) < every {
		return false
	}
	p.last = now
	return true
}

// show redraws the line on a terminal, cut to its width so that it stays one line,
// and prints a line elsewhere.
func (p *progress) show(step, text string) {
	if p.a.old.quiet {
		return
	}
	p.clear()
	if p.a.terminal && p.a.output != "json" {
		line := []rune(p.name + ": " + text)
		_, _ = fmt.Fprint(p.a.stderr, string(line[:min(len(line), p.a.width()-1)]))
		p.drawn = true
		return
	}
	if p.a.output == "json" {
		if data, err := jsonText(map[string]string{"kind": "Progress", "backup": p.name, "step": step, "message": text}, ""); err == nil {
			_, _ = p.a.stderr.Write(data)
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

// restored says how far a restore is.
func (p *progress) restored(s restore.Summary) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.due() {
		p.show("Restore", fmt.Sprintf("%d objects, %s restored; %d there already", s.All(), device.FormatSize(s.Bytes[restore.Restored]), s.Objects[restore.There]))
	}
}

// aside makes room for a line of something else.
func (p *progress) aside() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}
