package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/cargomedia/s3export/specs"
)

func (a *app) validateCommand() *cobra.Command {
	var f files
	c := &cobra.Command{
		Use:   "validate -f FILE…",
		Short: "Check spec files: offline, without root, without secrets",
		Long: `Reads the spec files and prints every problem of every one of them as
file:line:col: field: problem; remedy. It asks no service, needs no root and reads
no secret, so it is fit for puppet's validate_cmd, a commit hook and CI.

Exit codes: 0 all are valid, 2 some are not.`,
		Example: "  s3export validate -f backup.yaml\n  file { '/etc/s3export/backups.d/a.yaml': validate_cmd => 's3export validate -f %' }",
		Args:    noArgs,
		RunE:    func(*cobra.Command, []string) error { return a.validate(f) },
	}
	f.flags(c)
	a.outputFlag(c, "text", "json", "yaml", "name")
	return c
}

// validation is the JSON form of validate: the problems are the product.
type validation struct {
	Kind     string             `json:"kind"`
	Valid    bool               `json:"valid"`
	Backups  []string           `json:"backups,omitempty"`
	Problems []specs.FieldError `json:"problems,omitempty"`
	Warnings []specs.FieldError `json:"warnings,omitempty"`
}

func (a *app) validate(f files) error {
	if len(f.names) == 0 {
		return usage(errors.New("no spec file: name one with -f"))
	}
	docs, err := specs.Load(f.names, specs.Options{Recursive: f.recursive, Stdin: a.stdin, Dir: a.dir})
	if err != nil && (len(specs.Problems(err)) == 0 || a.output == "text" || a.output == "name") {
		return err
	}
	v := validation{Kind: "Validation", Valid: err == nil, Problems: specs.Problems(err)}
	for _, d := range docs {
		v.Backups = append(v.Backups, d.Metadata.Name)
		v.Warnings = append(v.Warnings, d.Warnings...)
	}
	if a.output == "json" || a.output == "yaml" {
		if err := encode(a.stdout, a.output, v); err != nil {
			return err
		}
		if !v.Valid {
			return done(exitUsage)
		}
		return nil
	}
	a.warn(docs)
	for _, name := range v.Backups {
		if a.output == "name" {
			_, _ = fmt.Fprintf(a.stdout, "backup/%s\n", name)
			continue
		}
		_, _ = fmt.Fprintf(a.stdout, "backup/%s is valid\n", name)
	}
	return nil
}

func (a *app) schemaCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of spec files, for editors and CI",
		Long: `Prints the JSON Schema of spec files. Editors that know yaml-language-server use
it when the file's first line is:
  # yaml-language-server: $schema=backup.schema.json`,
		Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			_, err := a.stdout.Write(specs.Schema())
			return err
		},
	}
}
