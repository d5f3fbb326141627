package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
)

// drawn is what a report says of a sample.
type drawn struct {
	Totals  struct{ Read int64 }
	Tallies []struct {
		Method       string
		Files, Bytes int64
	}
}

// samples proves 100 files of many: what that takes beyond listing them, and whether
// more is read than was drawn.
func (l *lab) samples(ctx context.Context) error {
	c, ok := l.corpus("S")
	if !ok {
		return nil
	}
	field := []contestant{
		{name: "listing", device: true, args: func(r ring) []string {
			return []string{r.self, "list", "-endpoint", r.endpoint, "-bucket", r.corpus.bucket()}
		}},
		{name: "s3export --sample 100", device: true, args: func(r ring) []string { return r.verifyImage("100") }},
	}
	results := []result{{contestant: field[0]}, {contestant: field[1]}}
	var says drawn
	for range l.runs {
		for i, one := range field {
			took, log, err := l.meet(ctx, one, l.ring(c, l.server.endpoint))
			if err != nil {
				return err
			}
			results[i].runs = append(results[i].runs, took)
			if i == 0 {
				continue
			}
			if says, err = readDrawn(log); err != nil {
				return err
			}
		}
	}
	listing, verify := results[0].of(wallOf), results[1].of(wallOf)
	files, bytes := says.compared()
	l.say("\n### A sample of %d of %d\n", files, len(c.files))
	l.say("listing %s s, listing and sample %s s: %.2f s more; CPU %s s, peak %.0f MiB", listing, verify, verify.middle-listing.middle,
		results[1].of(cpuOf), results[1].of(func(c cost) float64 { return float64(c.Peak) / mib }).most)
	l.say("drawn %d files of %d bytes; read and hashed %d bytes (%.3f times); from the drive with all names and inodes %.1f MB", files, bytes,
		says.Totals.Read, float64(says.Totals.Read)/float64(bytes), results[1].of(func(c cost) float64 { return float64(c.Drive) / 1e6 }).middle)
	return nil
}

func readDrawn(path string) (drawn, error) {
	var d drawn
	text, err := os.ReadFile(path)
	if err != nil {
		return d, err
	}
	if err := json.Unmarshal(text, &d); err != nil {
		return d, fmt.Errorf("reading the report: %w", err)
	}
	return d, nil
}

func (d drawn) compared() (files, bytes int64) {
	for _, t := range d.Tallies {
		if t.Method != "" {
			files += t.Files
			bytes += t.Bytes
		}
	}
	return files, bytes
}
