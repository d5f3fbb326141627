package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/reconciler"
	"github.com/cargomedia/s3export/specs"
)

// files are the -f and -R flags.
type files struct {
	names     []string
	recursive bool
}

func (f *files) flags(c *cobra.Command) {
	c.Flags().StringArrayVarP(&f.names, "filename", "f", nil, "spec file, directory, glob or - for standard input; may be repeated")
	c.Flags().BoolVarP(&f.recursive, "recursive", "R", false, "descend into directories")
	_ = c.MarkFlagFilename("filename", "yaml", "yml", "json")
}

// load reads all documents, or returns all their problems. Warnings go to stderr.
func (a *app) load(f files) ([]specs.Document, error) {
	if len(f.names) == 0 {
		return nil, usage(fmt.Errorf("no spec file: name one with -f"))
	}
	docs, err := specs.Load(f.names, specs.Options{Recursive: f.recursive, Stdin: a.stdin, Dir: a.dir})
	if err != nil {
		return nil, err
	}
	a.warn(docs)
	return a.located(docs), nil
}

// located makes the documents' files absolute: the journal remembers them, and is
// asked from other directories.
func (a *app) located(docs []specs.Document) []specs.Document {
	for i := range docs {
		if docs[i].File != "-" {
			docs[i].File = a.path(docs[i].File)
		}
	}
	return docs
}

func (a *app) warn(docs []specs.Document) {
	for _, d := range docs {
		for _, w := range d.Warnings {
			a.warning("%s", w.Error())
		}
	}
}

// warning prints a warning to stderr.
func (a *app) warning(format string, args ...any) {
	if !a.old.quietWarnings {
		a.say("warning: "+format, args...)
	}
}

// say prints a line of talk to stderr.
func (a *app) say(format string, args ...any) {
	if a.old.quiet {
		return
	}
	_, _ = fmt.Fprintf(a.stderr, format+"\n", args...)
}

// named returns the documents of backups that the journal knows, from the spec
// files that were applied last, or from -f.
func (a *app) named(ctx context.Context, names []string, f files) ([]specs.Document, error) {
	if len(f.names) > 0 {
		docs, err := a.load(f)
		if err != nil || len(names) == 0 {
			return docs, err
		}
		return pick(docs, names)
	}
	if len(names) == 0 {
		return nil, usage(fmt.Errorf("no backup: name one, or a spec file with -f"))
	}
	var docs []specs.Document
	for _, name := range names {
		d, err := a.remembered(ctx, name)
		if err != nil {
			return nil, err
		}
		docs = append(docs, d)
	}
	return docs, nil
}

// remembered loads the document from the file in which it was applied last.
func (a *app) remembered(ctx context.Context, name string) (specs.Document, error) {
	r, err := a.known(ctx, name)
	if err != nil {
		return specs.Document{}, err
	}
	if r.SpecFile == "" || r.SpecFile == "-" {
		return specs.Document{}, fail(exitUsage, "NoSpecFile", fmt.Sprintf("the spec of backup %q came from standard input", name), "name its file with -f")
	}
	docs, err := specs.Load([]string{r.SpecFile}, specs.Options{Dir: a.dir})
	if err != nil {
		return specs.Document{}, err
	}
	found, err := pick(docs, []string{name})
	if err != nil {
		return specs.Document{}, err
	}
	return found[0], nil
}

// known returns the record of a backup that was applied before.
func (a *app) known(ctx context.Context, name string) (reconciler.Record, error) {
	r, err := a.journal().Load(ctx, name)
	if err != nil {
		return r, err
	}
	if r.Version == "" {
		return r, fail(exitUsage, "UnknownBackup", fmt.Sprintf("backup %q was never applied here (state directory %s)", name, a.stateDir()),
			"see `s3export get` for those that were; apply its spec file first, or name another --state")
	}
	return r, nil
}

func pick(docs []specs.Document, names []string) ([]specs.Document, error) {
	var picked []specs.Document
	for _, name := range names {
		i := slices.IndexFunc(docs, func(d specs.Document) bool { return d.Metadata.Name == name })
		if i < 0 {
			return nil, fail(exitUsage, "UnknownBackup", fmt.Sprintf("no document named %q in the spec files", name), "check the name and the file; -f names another file")
		}
		picked = append(picked, docs[i])
	}
	return picked, nil
}
