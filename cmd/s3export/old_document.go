package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/reconciler/journal"
	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/manifest"
)

// wish is what a command of the old tool asks for, before it is a document.
type wish struct {
	name, run string
	phase     specs.Phase
	at        reach
	device    specs.Device
	file      string             // of the manifest, absolute; or
	manifest  *manifest.Manifest // with sources in place of its secrets
	from      string             // what the wish was made of, for whoever reads the file
}

// text returns the wish as the text of a spec file.
func (w wish) text() ([]byte, error) {
	b := specs.Backup{APIVersion: specs.APIVersion, Kind: specs.Kind, Metadata: specs.Metadata{Name: w.name}}
	b.Spec = specs.Spec{Phase: w.phase, Run: w.run, Provider: w.at.provider(), Manifest: w.manifest, Device: w.device}
	if w.file != "" {
		b.Spec.ManifestFrom = &specs.ManifestFrom{File: w.file}
	}
	body, err := specText(b)
	if err != nil {
		return nil, err
	}
	head := "# The wanted state of a backup, made of " + w.from + ".\n" +
		"# Commands of the old tool write it anew. To go on with `s3export apply -f`, commit\n# a copy to git and apply that.\n"
	return append([]byte(head), body...), nil
}

// specPath is where the document of a command of the old tool is kept.
func (a *app) specPath(name string) string {
	return filepath.Join(a.journal().Dir(name), "spec.yaml")
}

// decodeKept makes a document of a text, as if it had been read from where it is
// kept. What the person who gave the options can correct is told in their words.
func (a *app) decodeKept(name string, text []byte) (specs.Document, error) {
	path := a.specPath(name)
	docs, err := specs.Decode(path, text, specs.Options{Dir: a.dir})
	if err == nil && len(docs) == 1 {
		a.warn(docs)
		return docs[0], nil
	}
	list := specs.Problems(err)
	for i, p := range list {
		if p.File == path {
			list[i] = specs.FieldError{Field: inWords(p.Field), Problem: p.Problem, Remedy: p.Remedy}
		}
	}
	p := fail(exitUsage, "InvalidSpec", fmt.Sprintf("%d %s in the manifest or the options; nothing was done", len(list), plural(len(list), "problem")), "correct them")
	p.Problems = list
	return specs.Document{}, p
}

// inWords says where the value of a field of a made document comes from.
func inWords(field string) string {
	option, ok := strings.CutPrefix(field, "spec.provider.importExport.")
	if !ok {
		return field
	}
	if option == "s3Endpoint" {
		option = "s3-endpoint"
	}
	return fmt.Sprintf("--%s, S3EXPORT_%s or the configuration", option, strings.ToUpper(strings.ReplaceAll(option, "-", "_")))
}

// keep writes the document of a backup into the state directory, for the commands
// that name the backup. The same text is left alone.
func (a *app) keep(ctx context.Context, d specs.Document, text []byte) error {
	name := d.Metadata.Name
	path := a.specPath(name)
	old, missing := os.ReadFile(path)
	if missing == nil && bytes.Equal(old, text) {
		return nil
	}
	release, err := a.journal().Lock(ctx, name)
	if err != nil {
		return err
	}
	err = journal.WriteFile(path, func(w io.Writer) error {
		_, err := w.Write(text)
		return err
	})
	if err := errors.Join(err, release()); err != nil {
		return err
	}
	if missing != nil && d.Spec.Phase != specs.Canceled {
		a.say("the spec is kept in %s; commit a copy to git", path)
	}
	return nil
}

// withPhase changes the phase in a kept text, and nothing else.
func withPhase(text []byte, phase specs.Phase) []byte {
	return regexp.MustCompile(`(?m)^  phase: \S+$`).ReplaceAll(text, []byte("  phase: "+string(phase)))
}

// furthest returns the later of two wanted phases, so that a command never asks for
// less than an earlier one.
func furthest(a, b specs.Phase) specs.Phase {
	if b != specs.Canceled && b.Includes(a) {
		return b
	}
	return a
}

// backupName makes the name of a backup of the name of its manifest file, or of its
// job, and the serial number of its drive: a DNS label, the same for the same two.
// What is lost of them is made up for by a digest.
func backupName(of, serial string) string {
	const most = 52 // with a digest of eight digits not more than 61
	var parts []string
	lost := false
	for _, text := range []string{of, serial} {
		part := regexp.MustCompile(`[^a-z0-9]+`).ReplaceAllString(strings.ToLower(text), "-")
		lost = lost || part != strings.ToLower(text)
		if part = strings.Trim(part, "-"); part != "" {
			parts = append(parts, part)
		}
	}
	name := strings.Join(parts, "-")
	if lost || len(name) > most || name == "" {
		sum := sha256.Sum256([]byte(of + "\x00" + serial))
		name = strings.Trim(name[:min(len(name), most)]+"-"+hex.EncodeToString(sum[:4]), "-")
	}
	return name
}

// runOf returns the run that a new wish of a backup is for: the latest as long as it
// has not ended, else the next. replaces names the run before whose empty volume may
// still be on the drive.
func runOf(r reconciler.Record) (run, replaces string) {
	latest, begun := r.Latest()
	if !begun {
		return "1", ""
	}
	if latest.MayShip() && !latest.Returned() {
		return latest.Name, ""
	}
	if v := latest.Volume; v != nil && !v.Existing && latest.Load == nil {
		replaces = r.Name + "/" + latest.Name
	}
	for n := len(r.Runs) + 1; ; n++ {
		if run = fmt.Sprint(n); r.Run(run).StartedAt.IsZero() {
			return run, replaces
		}
	}
}
