// Command schema writes the JSON Schema of the spec file, made from the Go types
// and their comments, to the file that is named, else to standard output. It runs
// in the directory of the tools module.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"

	"github.com/invopop/jsonschema"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/secret"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "schema:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	text, err := generate()
	if err != nil {
		return err
	}
	if len(args) == 0 {
		_, err = os.Stdout.Write(text)
		return err
	}
	return os.WriteFile(args[0], text, 0o644) //nolint:gosec // a public file
}

// named tells the two types apart that are called Source.
func named(t reflect.Type) string {
	if t == reflect.TypeFor[secret.Source]() {
		return "SecretSource"
	}
	return "" // its own name
}

func generate() ([]byte, error) {
	r := &jsonschema.Reflector{ExpandedStruct: true, Mapper: mapped, Namer: named}
	err := r.AddGoComments("github.com/cargomedia/s3export/tools", "../specs", jsonschema.WithFullComment())
	if err != nil {
		return nil, fmt.Errorf("reading comments: %w", err)
	}
	for key, comment := range r.CommentMap {
		r.CommentMap[key] = strings.Join(strings.Fields(comment), " ")
	}
	schema := r.Reflect(&specs.Backup{})
	schema.ID = "https://s3export.cargomedia.ch/v1alpha1/backup.schema.json"
	schema.Title = "s3export Backup"
	if err := restrict(schema); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(schema); err != nil {
		return nil, fmt.Errorf("encoding: %w", err)
	}
	return b.Bytes(), nil
}
