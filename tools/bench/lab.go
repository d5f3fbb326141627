package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// lab is where everything is measured.
type lab struct {
	options
	out     io.Writer
	self    string
	server  *server
	drive   *drive
	corpora []corpus
	field   []contestant
}

func newLab(ctx context.Context, o options, out io.Writer) (*lab, error) {
	l := &lab{options: o, out: out}
	var err error
	if l.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Join(o.dir, "log"), 0o750); err != nil {
		return nil, err
	}
	for _, name := range []string{"S", "M", "L"} {
		if !wants(o.corpora, name) {
			continue
		}
		c, err := corpusOf(name, o.scale)
		if err != nil {
			return nil, err
		}
		l.corpora = append(l.corpora, c)
	}
	if l.server, err = newServer(ctx, o); err != nil {
		return nil, err
	}
	if err := l.prepare(ctx); err != nil {
		l.close(ctx)
		return nil, err
	}
	l.introduce(ctx)
	return l, nil
}

// prepare makes bucket and drive of the corpora.
func (l *lab) prepare(ctx context.Context) error {
	if l.endpoint == "" {
		for _, c := range l.corpora {
			if err := l.server.upload(ctx, c); err != nil {
				return err
			}
			l.say("corpus %s: %d objects, %.1f MB", c.name, len(c.files), float64(c.bytes())/1e6)
		}
	}
	var err error
	l.drive, err = newDrive(ctx, l.dir, l.image, l.corpora, 4*kib)
	return err
}

func (l *lab) introduce(ctx context.Context) {
	there, absent := present(ctx)
	l.field = there
	l.say("server: %s; %s %s, %d cores, Linux %s", l.server.name, runtime.Version(), runtime.GOARCH, runtime.NumCPU(), kernel())
	said := map[string]bool{"": true}
	for _, c := range there {
		if !said[c.version] {
			l.say("%s: %s", c.tool, c.version)
			said[c.version] = true
		}
	}
	for _, name := range absent {
		l.say("SKIPPED: %s is not in PATH", name)
	}
	if !l.drive.root {
		l.say("SKIPPED: mounting the image needs root; what reads a folder reads the tree that the image was made of, which one process wrote")
	}
}

func kernel() string {
	text, err := os.ReadFile("/proc/sys/kernel/osrelease")
	if err != nil {
		return "?"
	}
	return string(bytes.TrimSpace(text))
}

func (l *lab) say(format string, args ...any) { fmt.Fprintf(l.out, format+"\n", args...) }

func (l *lab) close(ctx context.Context) {
	if l.drive != nil {
		if err := l.drive.unmount(ctx); err != nil {
			l.say("%v", err)
		}
	}
	l.server.close()
}

// all measures what is wanted, part by part.
func (l *lab) all(ctx context.Context) error {
	for _, part := range []struct {
		name string
		do   func(context.Context) error
	}{
		{"race", l.race}, {"requests", l.requests}, {"flip", l.flips}, {"list", l.lists},
		{"travel", l.travel}, {"sample", l.samples}, {"memory", l.memory}, {"fill", l.fillings},
	} {
		if !wants(l.parts, part.name) {
			continue
		}
		if err := part.do(ctx); err != nil {
			return fmt.Errorf("%s: %w", part.name, err)
		}
	}
	return nil
}

func (l *lab) ring(c corpus, endpoint string) ring {
	return ring{self: l.self, product: l.product, endpoint: endpoint, image: l.drive.image,
		folder: filepath.Join(l.drive.folder, c.name), corpus: c}
}

// meet runs a contestant on a cold drive. The path is that of what it said.
func (l *lab) meet(ctx context.Context, c contestant, r ring) (cost, string, error) {
	if err := l.drive.cold(ctx, !c.device); err != nil {
		return cost{}, "", err
	}
	name := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" /:,'", r) {
			return '-'
		}
		return r
	}, c.name+"."+r.corpus.name)
	log := filepath.Join(l.dir, "log", name)
	took, err := measure(ctx, program{c.args(r), l.server.environment(r.endpoint, l.dir)}, log)
	return took, log, err
}

// corpus returns one of those that are there.
func (l *lab) corpus(name string) (corpus, bool) {
	for _, c := range l.corpora {
		if c.name == name {
			return c, true
		}
	}
	l.say("SKIPPED: this needs corpus %s", name)
	return corpus{}, false
}
