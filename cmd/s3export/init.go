package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/convert"
	"github.com/cargomedia/s3export/specs/manifest"
)

func (a *app) initCommand() *cobra.Command {
	var file string
	var o convert.Options
	c := &cobra.Command{
		Use:   "init --from-manifest FILE",
		Short: "Make a spec of a manifest that was written for other tools",
		Long: `Prints a spec that asks for what a manifest of AWS's own tools asks for, also one
that was never filled in. What had to be guessed, and what a person has to fill in,
is said on stderr and in comments beside the fields. With nothing to fill in, the
spec is valid.

No secret is ever printed: pinCode and trueCryptPassword become sources, and it is
said how to put the secret there.`,
		Example: "  s3export init --from-manifest manifest --region eu-west-1 > photos-a.yaml\n  s3export validate -f photos-a.yaml",
		Args:    noArgs,
		RunE: func(*cobra.Command, []string) error {
			switch {
			case file == "":
				return usage(errors.New("no manifest: name one with --from-manifest"))
			case o.Serial != "" && o.Image != "":
				return usage(errors.New("--serial and --image are both given: a backup has one drive"))
			}
			o.Source = file
			return a.convert(o)
		},
	}
	c.Flags().StringVar(&file, "from-manifest", "", "manifest to read, or - for standard input")
	c.Flags().StringVar(&o.Name, "name", "", "name of the backup (default: made of the file's or the bucket's)")
	c.Flags().StringVar(&o.Region, "region", "", "region of the buckets (default: us-east-1, and said)")
	c.Flags().StringVar(&o.Serial, "serial", "", "serial number of the drive (default: the manifest's deviceId)")
	c.Flags().StringVar(&o.Image, "image", "", "image file that is used as the drive, relative to the spec")
	_ = c.MarkFlagFilename("from-manifest")
	a.outputFlag(c, "yaml", "json")
	return c
}

func (a *app) convert(o convert.Options) error {
	text, err := a.readManifest(o.Source)
	if err != nil {
		return err
	}
	c, err := convert.FromManifest(text, o)
	if err != nil {
		return noManifest(o.Source, err)
	}
	out := c.YAML()
	if a.output == "json" {
		if out, err = c.JSON(); err != nil {
			return err
		}
		var b bytes.Buffer
		if err := json.Indent(&b, out, "", "  "); err != nil {
			return err
		}
		b.WriteByte('\n')
		out = b.Bytes()
	}
	for _, n := range c.Notes {
		a.say("%s", n)
	}
	next := "nothing is left to fill in; check it with `s3export validate -f FILE`"
	if n := c.FillIns(); n > 0 {
		next = fmt.Sprintf("%d %s to fill in; then check it with `s3export validate -f FILE`", n, plural(n, "field"))
	}
	a.say("%s", next)
	_, err = a.stdout.Write(out)
	return err
}

// readManifest reads one byte more than a manifest has, so that the reader can
// tell.
func (a *app) readManifest(path string) ([]byte, error) {
	in := a.stdin
	if path != "-" {
		f, err := os.Open(a.path(path))
		if err != nil {
			return nil, unreadableManifest(path, err)
		}
		defer func() { _ = f.Close() }() // it was only read
		in = f
	}
	text, err := io.ReadAll(io.LimitReader(in, manifest.MaxText+1))
	if err != nil {
		return nil, unreadableManifest(path, err)
	}
	return text, nil
}

func unreadableManifest(path string, err error) error {
	return fail(exitUsage, "ManifestUnreadable", fmt.Sprintf("the manifest %q cannot be read: %s", path, bare(err)), "correct the path or its permissions")
}

// noManifest says all that is wrong with a text, each with its line.
func noManifest(path string, err error) error {
	found := manifest.Problems(err)
	p := fail(exitUsage, "InvalidManifest", fmt.Sprintf("%d %s in the manifest; no spec was made", len(found), plural(len(found), "problem")), "correct the manifest")
	for _, m := range found {
		p.Problems = append(p.Problems, specs.FieldError{File: path, Line: m.Line, Field: m.Field, Problem: m.Message, Remedy: m.Remedy})
	}
	return p
}
