package specs

import (
	"io"
	"reflect"

	"go.yaml.in/yaml/v3"
	sigsyaml "sigs.k8s.io/yaml"
)

// Options of Decode and Load. The zero value reads single files and resolves the
// paths in a document from standard input against the working directory.
type Options struct {
	// Recursive takes the directories below a directory as well.
	Recursive bool
	// Stdin is read for "-".
	Stdin io.Reader
	// Dir is what relative paths in a document from "-" are relative to.
	Dir string
}

// list is kubectl's kind List.
type list struct {
	APIVersion string            `json:"apiVersion"`
	Kind       string            `json:"kind"`
	Metadata   map[string]string `json:"metadata,omitempty"`
	Items      []Backup          `json:"items"`
}

// Decode returns the documents of one file, read from name ("-" for standard
// input): YAML or JSON, one or several documents, or a List of them. The result
// holds the documents that are valid; the error joins a *FieldError for every
// problem of the others (see Problems). The only file that it reads is the one
// that manifestFrom names.
func Decode(name string, data []byte, o Options) ([]Document, error) {
	pieces, problems := split(name, data)
	var docs []Document
	for _, p := range pieces {
		d := &decoder{file: name, options: o, piece: p}
		docs = append(docs, d.decode()...)
		problems = append(problems, d.problems...)
	}
	docs, twice := refuseTwins(docs)
	problems = append(problems, twice...)
	sortByPlace(problems)
	return docs, join(problems)
}

// decoder decodes one piece of a file.
type decoder struct {
	file     string
	options  Options
	piece    piece
	problems []FieldError
}

func (d *decoder) decode() []Document {
	root := d.piece.root
	if root.Kind != yaml.MappingNode {
		d.problem(root, "", "not a Backup", "begin with apiVersion: "+APIVersion)
		return nil
	}
	kind, version := child(root, "kind"), child(root, "apiVersion")
	switch {
	case kind != nil && kind.Value == "List":
		return d.list(root)
	case kind != nil && kind.Value != Kind:
		d.problem(kind, "kind", quote(kind.Value)+" is not known", "write "+Kind)
		return nil
	case version != nil && version.Value != APIVersion:
		d.problem(version, "apiVersion", quote(version.Value)+" is not known", "write "+APIVersion)
		return nil
	}
	w := d.walker()
	line := root.Line + d.piece.line
	w.places[""] = place{line, root.Column}
	w.value(reflect.TypeFor[Backup](), root, "")
	var b Backup
	if !d.unmarshal(w, root, &b) {
		return nil
	}
	return d.finish(w, b, line)
}

func (d *decoder) list(root *yaml.Node) []Document {
	items := child(root, "items")
	bad := d.header(root)
	if items == nil || len(items.Content) == 0 || items.Kind != yaml.SequenceNode {
		d.problem(root, "", "a List without items", "write the Backups as items")
		return nil
	}
	walkers := make([]*walker, len(items.Content))
	for i, item := range items.Content {
		if kind := child(item, "kind"); kind != nil && kind.Value != Kind {
			d.problem(kind, "kind", quote(kind.Value)+" is not known", "write "+Kind)
			return nil
		}
		w := d.walker()
		w.places[""] = place{item.Line + d.piece.line, item.Column}
		w.value(reflect.TypeFor[Backup](), item, "")
		bad = bad || w.patched
		walkers[i] = w
	}
	all := d.walker()
	if bad {
		all.patched = true
	}
	var l list
	if !d.unmarshal(all, root, &l) {
		for _, w := range walkers {
			d.problems = append(d.problems, w.problems...)
		}
		return nil
	}
	var docs []Document
	for i, b := range l.Items {
		docs = append(docs, d.finish(walkers[i], b, walkers[i].places[""].line)...)
	}
	return docs
}

// header walks a List without its items and reports whether it has problems.
func (d *decoder) header(root *yaml.Node) (bad bool) {
	w := d.walker()
	w.pairs(root, "", func(key, value *yaml.Node) bool {
		switch key.Value {
		case "apiVersion", "kind":
			w.value(reflect.TypeFor[string](), value, key.Value)
		case "metadata", "items":
		default:
			w.unknown(reflect.TypeFor[list](), key, "")
			return false
		}
		return true
	})
	d.problems = append(d.problems, w.problems...)
	return len(w.problems) > 0
}

func (d *decoder) walker() *walker {
	return &walker{file: d.file, line: d.piece.line, places: map[string]place{}}
}

// unmarshal decodes the text, or after problems what the walk left of the node.
func (d *decoder) unmarshal(w *walker, root *yaml.Node, into any) bool {
	text := []byte(d.piece.text)
	if w.patched {
		left, err := yaml.Marshal(root)
		if err != nil {
			return d.giveUp(w)
		}
		text = left
	}
	if err := sigsyaml.UnmarshalStrict(text, into); err != nil {
		if !w.patched {
			// The walk missed something. The decoder's message may quote a value.
			d.problem(root, "", "cannot be decoded", "compare the file with s3export schema")
		}
		return d.giveUp(w)
	}
	return true
}

func (d *decoder) giveUp(w *walker) bool {
	d.problems = append(d.problems, w.problems...)
	return false
}

// finish makes a Document of a Backup, unless it has problems.
func (d *decoder) finish(w *walker, b Backup, line int) []Document {
	doc := Document{Backup: withDefaults(b), File: d.file, Line: line}
	r := &resolver{doc: &doc, walker: w, base: base(d.file, d.options)}
	r.resolve()
	d.problems = append(d.problems, w.problems...)
	if len(w.problems) > 0 {
		return nil
	}
	return []Document{doc}
}

func (d *decoder) problem(n *yaml.Node, field, problem, remedy string) {
	d.problems = append(d.problems, FieldError{
		File: d.file, Line: n.Line + d.piece.line, Column: n.Column, Field: field, Problem: problem, Remedy: remedy,
	})
}

// child returns the value of a key, nil if there is none.
func child(n *yaml.Node, key string) *yaml.Node {
	if n.Kind != yaml.MappingNode {
		return nil
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return n.Content[i+1]
		}
	}
	return nil
}
