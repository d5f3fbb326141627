package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// result is what the runs of a contestant on a corpus took.
type result struct {
	contestant
	runs   []cost
	server []time.Duration // CPU of the server during each
}

// race times all contestants, each once a round.
func (l *lab) race(ctx context.Context) error {
	for _, c := range l.corpora {
		var results []result
		for _, one := range l.field {
			if wants(one.corpora, c.name) {
				results = append(results, result{contestant: one})
			}
		}
		for range l.runs {
			for i := range results {
				r := &results[i]
				before := l.server.spent()
				took, _, err := l.meet(ctx, r.contestant, l.ring(c, l.server.endpoint))
				if err != nil {
					return err
				}
				r.runs = append(r.runs, took)
				r.server = append(r.server, l.server.spent()-before)
			}
		}
		l.table(c, results)
	}
	return nil
}

func (l *lab) table(c corpus, results []result) {
	l.say("\n### %s: %d objects, %.2f GB, cold drive, median of %d (least–most)\n", c.name, len(c.files), float64(c.bytes())/1e9, l.runs)
	l.say("| contestant | wall s | CPU s | server's CPU s | peak MiB | MB from the drive | exit | times as fast as %s | times less CPU |", c.rival())
	l.say("|---|---|---|---|---|---|---|---|---|")
	var against *result
	for i := range results {
		if results[i].name == c.rival() {
			against = &results[i]
		}
	}
	for _, r := range results {
		wall, cpu := r.of(wallOf), r.of(cpuOf)
		ratio := "– | –"
		if against != nil && !r.floor {
			ratio = fmt.Sprintf("%.2f | %.2f", against.of(wallOf).middle/wall.middle, against.of(cpuOf).middle/cpu.middle)
		}
		servers := spread(seconds(r.server))
		l.say("| %s | %s | %s | %.1f | %.0f | %.0f | %d | %s |", r.name, wall, cpu, servers.middle,
			r.of(func(c cost) float64 { return float64(c.Peak) / mib }).most,
			r.of(func(c cost) float64 { return float64(c.Drive) / 1e6 }).middle, r.runs[0].Exit, ratio)
	}
}

func wallOf(c cost) float64 { return c.Wall.Seconds() }
func cpuOf(c cost) float64  { return c.CPU.Seconds() }

func seconds(list []time.Duration) []float64 {
	var s []float64
	for _, d := range list {
		s = append(s, d.Seconds())
	}
	return s
}

func (r result) of(what func(cost) float64) span {
	var list []float64
	for _, c := range r.runs {
		list = append(list, what(c))
	}
	return spread(list)
}

// span is where figures lie.
type span struct{ least, middle, most float64 }

func (s span) String() string { return fmt.Sprintf("%.2f (%.2f–%.2f)", s.middle, s.least, s.most) }

func spread(list []float64) span {
	sorted := slices.Sorted(slices.Values(list))
	n := len(sorted)
	return span{sorted[0], (sorted[(n-1)/2] + sorted[n/2]) / 2, sorted[n-1]}
}
