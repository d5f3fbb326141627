package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/device"
	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/watch"
)

func (a *app) watchCommand() *cobra.Command {
	var limits reconciler.Limits
	var workers int
	c := &cobra.Command{
		Use:   "watch DIR",
		Short: "Apply the spec files of a directory, and again whenever something changes",
		Long: `Runs until it is told to stop. Every change in the directory, every due date and
every few minutes, backups are looked at and what can be done is done, as apply
does it. A drive that is plugged in is noticed at once, and verified if that is
due; one that is unplugged is waited for, whatever was being done with it. An invalid document is reported and set aside; the others go on. A
removed file stops the looking and changes nothing: to cancel, set phase: Canceled.

It never erases unless --allow-erase is given, or the spec names a blank drive's
size beside the drive itself.`,
		Args: one("a directory"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.watch(c.Context(), a.path(args[0]), limits, workers)
		},
	}
	eraseFlag(c, &limits)
	c.Flags().IntVarP(&workers, "jobs", "j", 2, "backups worked on at once")
	return c
}

// watching is the daemon's knowledge of the directory: the documents by name.
type watching struct {
	a      *app
	dir    string
	limits reconciler.Limits
	loop   *reconciler.Loop
	drives *device.Watcher

	mu      sync.Mutex
	byFile  map[string][]specs.Document
	byName  map[string]specs.Document
	printed map[string]string // last line said of each backup
}

func (a *app) watch(ctx context.Context, dir string, limits reconciler.Limits, workers int) error {
	if fi, err := os.Stat(dir); err != nil || !fi.IsDir() {
		return usage(fmt.Errorf("%q is no directory", dir))
	}
	release, err := a.journal().LockStation(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = release() }()
	w := &watching{
		a: a, dir: dir, limits: limits,
		drives: device.NewWatcher(a.disks()),
		byFile: map[string][]specs.Document{}, byName: map[string]specs.Document{}, printed: map[string]string{},
	}
	w.loop = reconciler.NewLoop(w.look, a.now, workers)
	watcher, err := watch.New(dir, watch.Options{})
	if err != nil {
		return err
	}
	a.say("watching %s, state in %s", dir, a.stateDir())
	var listening sync.WaitGroup
	listening.Go(func() { watcher.Run(ctx, w.changed) })
	listening.Go(func() { w.drives.Run(ctx, w.plugged) })
	w.loop.Run(ctx)
	listening.Wait()
	a.say("stopped; everything is recorded, the next start goes on")
	return nil
}

// changed takes in what has changed in the directory.
func (w *watching) changed(c watch.Change) {
	if c.Problem != nil {
		w.a.say("%s: %v", w.dir, c.Problem)
	}
	names := c.Changed
	if slices.ContainsFunc(names, isNoSpec) {
		names = slices.Sorted(maps.Keys(c.Files)) // a manifest may have changed, that any spec may name
	}
	w.mu.Lock()
	for _, name := range names {
		w.read(name)
	}
	for _, name := range c.Removed {
		delete(w.byFile, name)
	}
	woken, forgotten := w.index(c.Changed)
	w.follow()
	w.mu.Unlock()
	for _, name := range forgotten {
		w.loop.Forget(name)
	}
	for _, name := range woken {
		w.loop.Wake(name)
	}
}

// read loads one file. One that is invalid keeps its last good documents.
func (w *watching) read(name string) {
	if isNoSpec(name) {
		return
	}
	docs, err := specs.Load([]string{filepath.Join(w.dir, name)}, specs.Options{Dir: w.dir})
	if err != nil {
		w.setAside(name, err)
		return
	}
	w.a.warn(docs)
	w.byFile[name] = w.a.located(docs)
}

// setAside says what is wrong with a file, and what that means.
func (w *watching) setAside(name string, err error) {
	for _, p := range specs.Problems(err) {
		w.a.say("%s", p.Error())
	}
	before := "nothing is done for it"
	if len(w.byFile[name]) > 0 {
		before = "what it said before still holds"
	}
	if len(specs.Problems(err)) == 0 {
		before += ": " + err.Error()
	}
	w.a.say("%s is set aside until it is corrected; %s", filepath.Join(w.dir, name), before)
}

// isNoSpec reports whether the file is something else beside the specs.
func isNoSpec(name string) bool {
	switch filepath.Ext(name) {
	case ".yaml", ".yml", ".json":
		return false
	}
	return true
}

// index rebuilds the documents by name, and returns the names that are new or
// changed, or stand in a file that was touched, and those that are gone. A name
// that stands in two files is set aside.
func (w *watching) index(touched []string) (woken, forgotten []string) {
	now := map[string]specs.Document{}
	twice := map[string]bool{}
	for _, docs := range w.byFile {
		for _, d := range docs {
			if other, taken := now[d.Metadata.Name]; taken {
				twice[d.Metadata.Name] = true
				w.a.say("backup/%s stands in %s and in %s: neither is followed; remove one", d.Metadata.Name, other.File, d.File)
			}
			now[d.Metadata.Name] = d
		}
	}
	for name := range twice {
		delete(now, name)
	}
	for name, d := range now {
		if old, was := w.byName[name]; !was || old.Digest != d.Digest || slices.Contains(touched, filepath.Base(d.File)) {
			woken = append(woken, name)
		}
	}
	forgotten = w.forgotten(now, twice)
	w.byName = now
	slices.Sort(woken)
	slices.Sort(forgotten)
	return woken, forgotten
}

// forgotten returns the names that are no longer there, and says of those that
// stand in no file what that means.
func (w *watching) forgotten(now map[string]specs.Document, twice map[string]bool) []string {
	var names []string
	for name := range w.byName {
		if _, is := now[name]; is {
			continue
		}
		names = append(names, name)
		if !twice[name] {
			w.a.say("backup/%s: its spec file is gone; nothing is changed at the service or on the drive", name)
		}
	}
	return names
}

// look reconciles one backup once, and says what is new.
func (w *watching) look(ctx context.Context, name string) (reconciler.Outcome, error) {
	w.mu.Lock()
	d, ok := w.byName[name]
	limits := w.limits
	limits.Rivals = reconciler.Rivals(d, slices.Collect(maps.Values(w.byName)))
	w.mu.Unlock()
	slices.Sort(limits.Rivals)
	if !ok {
		return reconciler.Converged{}, nil
	}
	p, err := w.a.wire(ctx, d)
	if err != nil {
		w.tell(viewError(d, err))
		return nil, err
	}
	progress := w.a.newProgress(name)
	result, err := w.a.reconciler(p, progress).Reconcile(ctx, d, limits)
	progress.end()
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		w.tell(viewError(d, err))
		return nil, err
	}
	v := viewResult(d, result, false)
	v.Proof = w.a.viewProof(d, result)
	w.tell(v)
	return result.Outcome, nil
}

// tell prints how a backup stands when that is new.
func (w *watching) tell(v view) {
	line := fmt.Sprintf("%s|%s", v.Outcome.standing(v.Phase), v.Outcome.Message)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !v.Changed && w.printed[v.Name] == line {
		return
	}
	w.printed[v.Name] = line
	textResult(w.a.stdout, v)
}
