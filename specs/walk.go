package specs

import (
	"reflect"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cargomedia/s3export/specs/plain"
	"github.com/cargomedia/s3export/specs/secret"
)

const (
	aliasProblem = "anchors and aliases of YAML are not used here"
	aliasRemedy  = "write the value out, in quotes if it begins with & or *"
	noValue      = "has no value"
)

type place struct{ line, column int }

// walker compares the nodes of a document with the Go types that they are decoded
// into, and finds what the decoder would take without a word. What is wrong is
// made harmless in the node, so that the rest can be decoded and checked as well;
// such a document is never used.
type walker struct {
	file     string
	line     int // lines of the file before the document
	places   map[string]place
	problems []FieldError
	silent   []string // fields about which enough was said
	patched  bool     // the nodes are no longer what the text says
	// refusal explains keys of a file that is no Backup; nil: there are none.
	refusal func(key string) (problem, remedy string)
}

func (w *walker) report(n *yaml.Node, field, problem, remedy string) {
	w.problems = append(w.problems, FieldError{
		File: w.file, Line: n.Line + w.line, Column: n.Column, Field: field, Problem: problem, Remedy: remedy,
	})
	w.silent = append(w.silent, field)
	w.patched = true
}

// refuse reports n and makes it null.
func (w *walker) refuse(n *yaml.Node, field, problem, remedy string) {
	w.report(n, field, problem, remedy)
	*n = yaml.Node{Kind: yaml.ScalarNode, Tag: "!!null", Value: "null", Line: n.Line, Column: n.Column}
}

func (w *walker) value(t reflect.Type, n *yaml.Node, field string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[secret.Source]() && n.Kind != yaml.MappingNode:
		w.refuse(n, field, "a secret never stands in a spec file", "say where it is to be read from: "+sourceExample)
	case n.Kind == yaml.AliasNode || n.Anchor != "":
		w.refuse(n, field, aliasProblem, aliasRemedy)
	case n.Style&yaml.TaggedStyle != 0:
		w.refuse(n, field, "tags of YAML are not used here", "remove the word that begins with !, or put the value in quotes")
	case n.Kind == yaml.ScalarNode && n.Style == 0 && n.Tag == "!!null":
		w.refuse(n, field, noValue, valueFor(t))
	case t == reflect.TypeFor[Sample]() && n.Kind == yaml.MappingNode:
		w.structure(reflect.TypeFor[sampleTerms](), n, field)
	case t.Kind() == reflect.Struct:
		w.structure(t, n, field)
	case t.Kind() == reflect.Map:
		w.mapping(t, n, field)
	case t.Kind() == reflect.Slice:
		w.list(t, n, field)
	default:
		w.scalar(t, n, field)
	}
}

// valueFor says what to write where there is nothing.
func valueFor(t reflect.Type) string {
	if t == reflect.TypeFor[Pull]() {
		return "write pull: {} to have its defaults"
	}
	return "write one, or leave the key out"
}

const sourceExample = "{env: NAME}, {file: PATH}, {credential: NAME}, {exec: [PROGRAM]} or {secretsManager: NAME}"

func (w *walker) list(t reflect.Type, n *yaml.Node, field string) {
	if n.Kind != yaml.SequenceNode {
		w.refuse(n, field, "a list is wanted here", `begin each item with "- "`)
		return
	}
	for i, item := range n.Content {
		at := field + "[" + strconv.Itoa(i) + "]"
		w.mark(at, item, item)
		w.value(t.Elem(), item, at)
	}
}

func (w *walker) mapping(t reflect.Type, n *yaml.Node, field string) {
	w.pairs(n, field, func(key, value *yaml.Node) bool {
		at := under(field, key.Value)
		w.mark(at, key, value)
		if meaning := plain.Meaning(key.Value); meaning != "" && key.Style == 0 {
			w.report(key, at, "YAML takes this key for "+meaning, "put it in quotes")
			key.Style = yaml.DoubleQuotedStyle
		}
		w.value(t.Elem(), value, at)
		return true
	})
}

func (w *walker) structure(t reflect.Type, n *yaml.Node, field string) {
	known := members(t)
	if t == reflect.TypeFor[Provider]() && len(n.Content) > 2 {
		w.report(n.Content[2], field, "more than one provider", "keep exactly one member")
	}
	w.pairs(n, field, func(key, value *yaml.Node) bool {
		at := under(field, key.Value)
		member, ok := known[key.Value]
		if !ok {
			w.unknown(t, key, field)
			return false
		}
		w.mark(at, key, value)
		w.value(member, value, at)
		return true
	})
}

// pairs visits the pairs of a mapping and keeps those that visit returns true for.
func (w *walker) pairs(n *yaml.Node, field string, visit func(key, value *yaml.Node) bool) {
	if n.Kind != yaml.MappingNode {
		w.refuse(n, field, "members are wanted here", `write lines of "key: value"`)
		return
	}
	seen := map[string]int{}
	kept := n.Content[:0:0]
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.Kind != yaml.ScalarNode || key.Anchor != "" || key.Style&yaml.TaggedStyle != 0 || key.Tag == "!!merge":
			w.report(key, field, "a key must be a simple text; merge keys, anchors and tags are not used here", "write the members out")
			continue
		case seen[key.Value] > 0:
			w.report(key, under(field, key.Value), "duplicate key, first given in line "+strconv.Itoa(seen[key.Value]), "keep one of them")
			continue
		}
		seen[key.Value] = key.Line + w.line
		if visit(key, value) {
			kept = append(kept, key, value)
		}
	}
	n.Content = kept
}

// mark remembers where a field stands: a scalar by its value, else by its key.
func (w *walker) mark(field string, key, value *yaml.Node) {
	n := key
	if value.Kind == yaml.ScalarNode {
		n = value
	}
	w.places[field] = place{n.Line + w.line, n.Column}
}

// locate returns the place of a field, or of the nearest one around it.
func (w *walker) locate(field string) place {
	for ; field != ""; field = field[:max(strings.LastIndexAny(field, ".["), 0)] {
		if p, ok := w.places[field]; ok {
			return p
		}
	}
	return w.places[""]
}

// isSilent reports whether enough was said about a field or one around it.
func (w *walker) isSilent(field string) bool {
	for _, s := range w.silent {
		if field == s || strings.HasPrefix(field, s+".") || strings.HasPrefix(field, s+"[") {
			return true
		}
	}
	return false
}

// under returns the path of a member; a key that is no plain word is quoted.
func under(field, key string) string {
	if strings.ContainsFunc(key, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '-' || r == '_')
	}) || key == "" || len(key) > 63 {
		return field + "[" + quote(key) + "]"
	}
	return strings.TrimPrefix(field+"."+key, ".")
}

// members returns the type of each member of a struct by its name in JSON.
func members(t reflect.Type) map[string]reflect.Type {
	known := make(map[string]reflect.Type, t.NumField())
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" {
			known[name] = t.Field(i).Type
		}
	}
	return known
}

// isSilentBelow reports whether enough was said about one of the members.
func (w *walker) isSilentBelow(field string, members ...string) bool {
	for _, m := range members {
		if w.isSilent(under(field, m)) {
			return true
		}
	}
	return false
}
