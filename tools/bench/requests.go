package main

import (
	"context"
	"fmt"
	"time"
)

// requests has each contestant ask through a proxy that counts; no time is taken.
func (l *lab) requests(ctx context.Context) error {
	p, err := newProxy(ctx, l.server.endpoint)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	l.say("\n### Requests\n\n| contestant | corpus | LIST | HEAD | GET of objects | other | MB of answers |\n|---|---|---|---|---|---|---|")
	for _, c := range l.corpora {
		for _, one := range l.field {
			if one.floor || !wants(one.corpora, c.name) {
				continue
			}
			if _, _, err := l.meet(ctx, one, l.ring(c, p.endpoint)); err != nil {
				return err
			}
			l.say("| %s | %s | %s |", one.name, c.name, p.taken())
		}
	}
	return nil
}

// lists compares the listing by one stream with that by key ranges, near and far.
func (l *lab) lists(ctx context.Context) error {
	c, ok := l.corpus("S")
	if !ok {
		return nil
	}
	p, err := newProxy(ctx, l.server.endpoint)
	if err != nil {
		return err
	}
	defer func() { _ = p.close() }()
	l.say("\n### Listing of %d keys, median of %d (least–most)\n", len(c.files), l.runs)
	l.say("| streams | delay | wall s | keys/s | client's CPU µs a key | requests |\n|---|---|---|---|---|---|")
	for _, delay := range []time.Duration{0, 30 * time.Millisecond} {
		p.delay.Store(int64(delay))
		streams := []int{1, 8, 16}
		results, asked := make([]result, len(streams)), make([]int64, len(streams))
		for range l.runs {
			for i, n := range streams {
				lister := contestant{name: "list", device: true, args: func(r ring) []string {
					return []string{r.self, "list", "-endpoint", r.endpoint, "-bucket", r.corpus.bucket(), "-streams", fmt.Sprint(n)}
				}}
				took, _, err := l.meet(ctx, lister, l.ring(c, p.endpoint))
				if err != nil {
					return err
				}
				results[i].runs = append(results[i].runs, took)
				asked[i] = p.taken().all()
			}
		}
		for i, r := range results {
			wall := r.of(wallOf)
			l.say("| %d | %s | %s | %.0f | %.1f | %d |", streams[i], delay, wall, float64(len(c.files))/wall.middle,
				1e6*r.of(cpuOf).middle/float64(len(c.files)), asked[i])
		}
	}
	return nil
}
