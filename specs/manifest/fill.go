package manifest

import (
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cargomedia/s3export/specs/secret"
	"github.com/cargomedia/s3export/specs/wording"
)

// filler puts YAML nodes into a Manifest by the names in the json tags. Scalars
// are taken as written, whatever type YAML gives them.
type filler struct {
	problems []Problem
	warnings []Warning
	lines    map[string]int
	unknown  []option
	target   string // a targetDirectory outside of the operations
}

// option is one that we do not know.
type option struct {
	line  int
	value *yaml.Node
}

func (f *filler) problem(n *yaml.Node, field, message, remedy string) {
	f.problems = append(f.problems, Problem{Line: n.Line, Field: field, Message: message, Remedy: remedy})
}

func (f *filler) warn(n *yaml.Node, field, message, remedy string) {
	f.warnings = append(f.warnings, Warning{Line: n.Line, Field: field, Message: message, Remedy: remedy, Minor: true})
}

func (f *filler) value(v reflect.Value, n *yaml.Node, field string) {
	switch {
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		f.problem(n, field, "an anchor or alias of YAML", "write the value out, in quotes if it begins with & or *")
	case n.Kind == yaml.ScalarNode && n.Tag == "!!null" && n.Style == 0 && field != "":
		// An option without a value, as in samples of AWS.
	case v.Type() == reflect.TypeFor[*secret.Source]():
		f.secret(v, n, field)
	case v.Kind() == reflect.Pointer:
		p := reflect.New(v.Type().Elem())
		f.value(p.Elem(), n, field)
		v.Set(p)
	case v.Kind() == reflect.Struct:
		f.fields(v, n, field)
	case v.Kind() == reflect.Slice:
		f.list(v, n, field)
	case n.Kind != yaml.ScalarNode:
		f.problem(n, field, "a text is wanted here", "write one value")
	case v.Type() == reflect.TypeFor[YesNo]():
		v.SetString(string(parseYesNo(n.Value)))
	default:
		v.SetString(n.Value)
	}
}

func (f *filler) secret(v reflect.Value, n *yaml.Node, field string) {
	if n.Kind != yaml.ScalarNode {
		f.problem(n, field, "a text is wanted here", "write the secret itself: sources belong in a spec file")
		return
	}
	if n.Value == "" {
		return
	}
	source := secret.Literal(secret.NewValue(n.Value))
	v.Set(reflect.ValueOf(&source))
}

func (f *filler) list(v reflect.Value, n *yaml.Node, field string) {
	if n.Kind != yaml.SequenceNode {
		f.problem(n, field, "a list is wanted here", "begin each item with \"- \"")
		return
	}
	for i, item := range n.Content {
		e := reflect.New(v.Type().Elem()).Elem()
		at := field + "[" + strconv.Itoa(i) + "]"
		f.lines[at] = item.Line
		f.value(e, item, at)
		v.Set(reflect.Append(v, e))
	}
}

func (f *filler) fields(v reflect.Value, n *yaml.Node, field string) {
	if n.Kind != yaml.MappingNode {
		f.problem(n, field, "options are wanted here", "write \"key: value\" lines")
		return
	}
	known := fieldsByName(v.Type())
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, val := n.Content[i], n.Content[i+1]
		if key.Kind != yaml.ScalarNode {
			f.problem(key, field, "a key must be a text", "write \"key: value\" lines")
			continue
		}
		at := strings.TrimPrefix(field+"."+key.Value, ".")
		index, ok := known[key.Value]
		switch {
		case ok && seen[key.Value]:
			f.problem(key, at, "given twice", "keep one of them")
		case ok:
			f.lines[at] = key.Line
			f.value(v.Field(index), val, at)
		default:
			f.other(key, val, field, known)
		}
		seen[key.Value] = true
	}
}

// other takes an option that the type does not have. Its key is shown only when it
// looks like one, because the line may be a password that went astray.
func (f *filler) other(key, val *yaml.Node, field string, known map[string]int) {
	if field == "" && key.Value == "targetDirectory" && val.Kind == yaml.ScalarNode {
		f.target = val.Value
		f.warn(key, "targetDirectory", "stands outside of the operations",
			"it is used for each operation that has none; write it into the operations")
		return
	}
	f.unknown = append(f.unknown, option{line: key.Line, value: val})
	if field == "" && IsImportOption(key.Value) {
		f.warn(key, key.Value, "belongs to import jobs", "remove the line")
		return
	}
	if _, top := fieldsByName(reflect.TypeFor[Manifest]())[key.Value]; top && field != "" {
		f.warn(key, key.Value, "stands inside "+field+", where it is not looked for", "move the line to the top level of the manifest")
		return
	}
	remedy := "remove the line, or correct its name"
	if near := wording.Near(key.Value, slices.Sorted(maps.Keys(known))); near != "" {
		remedy = "did you mean " + near + "?"
	}
	f.warn(key, field, "an option that exports do not have", remedy)
}

// IsImportOption reports whether a top-level option is one that manifests of import
// jobs have, and those of exports have not.
func IsImportOption(name string) bool {
	switch name {
	case "eraseDevice", "bucket", "prefix", "acl", "cacheControl", "contentTypes", "ignore", "substitutions":
		return true
	}
	return false
}

// spreadTarget gives the old tool's targetDirectory to the operations without one.
func (f *filler) spreadTarget(m *Manifest) {
	for i := range m.Operations {
		if m.Operations[i].TargetDirectory == "" {
			m.Operations[i].TargetDirectory = f.target
		}
	}
}

// fieldsByName returns the index of each field of a struct by AWS's name.
func fieldsByName(t reflect.Type) map[string]int {
	known := map[string]int{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name == "-" { // the generator, which a spec cannot set
			name = strings.ToLower(t.Field(i).Name)
		}
		known[name] = i
	}
	return known
}
