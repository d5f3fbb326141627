package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
)

// fillings times filling an empty ext4 from the bucket, each contestant once a round: ours
// from a blank image to a copy that is proven on the way and describes itself, rclone onto a
// file system that was made before, until all of it is on the medium.
func (l *lab) fillings(ctx context.Context) error {
	if !l.drive.root {
		l.say("SKIPPED: filling a drive needs root")
		return nil
	}
	for _, c := range l.corpora {
		results := fillers(ctx)
		for range l.runs {
			if err := l.fillRound(ctx, c, results); err != nil {
				return err
			}
		}
		l.fillTable(c, results)
	}
	return nil
}

func fillers(ctx context.Context) []result {
	all := []result{{contestant: contestant{name: "s3export apply, phase Exported"}}}
	there, _ := present(ctx)
	if slices.ContainsFunc(there, func(c contestant) bool { return c.tool == "rclone" }) {
		all = append(all, result{contestant: contestant{name: rivalFilling, tool: "rclone"}})
	}
	return all
}

func (l *lab) fillRound(ctx context.Context, c corpus, results []result) error {
	for i := range results {
		r := &results[i]
		before := l.server.spent()
		took, err := l.fill(ctx, r.tool == "rclone", c)
		if err != nil {
			return fmt.Errorf("%s: %w", r.name, err)
		}
		r.runs, r.server = append(r.runs, took), append(r.server, l.server.spent()-before)
	}
	return nil
}

const rivalFilling = "rclone copy --transfers 16 --fast-list, then sync -f"

// fill fills one image, which is removed afterwards.
func (l *lab) fill(ctx context.Context, rclone bool, c corpus) (cost, error) {
	dir, err := os.MkdirTemp(l.dir, "fill-")
	if err != nil {
		return cost{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	image := filepath.Join(dir, "drive.img")
	if err := create(image, (c.bytes()+int64(len(c.files))*4*kib)*5/4+512*mib); err != nil {
		return cost{}, err
	}
	if !rclone {
		return l.apply(ctx, dir, image, c)
	}
	if err := command(ctx, "mkfs.ext4", "-q", "-F", "-i", "16384", "-E", "lazy_itable_init=0,lazy_journal_init=0,nodiscard", image); err != nil {
		return cost{}, err
	}
	d := &drive{image: image, folder: filepath.Join(dir, "mnt"), root: true}
	if err := os.Mkdir(d.folder, 0o750); err != nil {
		return cost{}, err
	}
	if err := d.mount(ctx); err != nil {
		return cost{}, err
	}
	script := `rclone copy "$0" "$1" --transfers 16 --checkers 16 --fast-list --quiet && sync -f "$1"`
	p := program{[]string{"sh", "-c", script, "bench:" + c.bucket(), filepath.Join(d.folder, c.name)}, l.server.environment(l.server.endpoint, l.dir)}
	took, err := measure(ctx, p, filepath.Join(l.dir, "log", "fill-rclone-"+c.name))
	if err2 := d.unmount(ctx); err == nil {
		err = err2
	}
	return took, err
}

func (l *lab) apply(ctx context.Context, dir, image string, c corpus) (cost, error) {
	info, err := os.Stat(image)
	if err != nil {
		return cost{}, err
	}
	spec := fmt.Sprintf(`apiVersion: s3export.cargomedia.ch/v1alpha1
kind: Backup
metadata: {name: bench}
spec:
  phase: Exported
  provider: {pull: {region: %s, s3Endpoint: %q}}
  source: {ranges: [{bucket: %s}]}
  device: {image: %s, size: "%d"}
`, region, l.server.endpoint, c.bucket(), image, info.Size())
	file := filepath.Join(dir, "bench.yaml")
	if err := os.WriteFile(file, []byte(spec), 0o600); err != nil {
		return cost{}, err
	}
	p := program{[]string{l.product, "--state", filepath.Join(dir, "state"), "apply", "--allow-erase", "-f", file}, l.server.environment(l.server.endpoint, l.dir)}
	took, err := measure(ctx, p, filepath.Join(l.dir, "log", "fill-s3export-"+c.name))
	if err == nil && took.Exit != 0 {
		err = fmt.Errorf("apply ended with %d", took.Exit)
	}
	return took, err
}

func (l *lab) fillTable(c corpus, results []result) {
	l.say("\n### Filling a drive, %s: %d objects, %.2f GB, median of %d (least–most)\n", c.name, len(c.files), float64(c.bytes())/1e9, l.runs)
	l.say("| contestant | wall s | CPU s | server's CPU s | peak MiB |\n|---|---|---|---|---|")
	for _, r := range results {
		l.say("| %s | %s | %s | %.1f | %.0f |", r.name, r.of(wallOf), r.of(cpuOf), spread(seconds(r.server)).middle,
			r.of(func(c cost) float64 { return float64(c.Peak) / mib }).most)
	}
}
