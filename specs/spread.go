package specs

import (
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cargomedia/s3export/specs/manifest"
)

// Spread writes one Backup document of a file anew for several drives, each with
// the operations of its own; where the document has a source, they are its ranges. The
// first one keeps its name, its drive and its set; the others
// get a number behind all of them that nothing in the file has, and the selector of a real
// drive is left out, for a person to fill in. So a part never counts as a copy of another
// part. Everything else, comments included, is kept. A document whose
// manifest stands in another file cannot be spread.
func Spread(file string, data []byte, name string, drives [][]manifest.Operation) ([]byte, error) {
	f, err := open(file, data, name)
	if err != nil {
		return nil, err
	}
	return f.spread(drives)
}

// SpreadFile is Spread within its file: what it returns can take the place of the whole
// file. The specs of all drives stand where the document stood, and every other document
// is there as it was, byte for byte.
func SpreadFile(file string, data []byte, name string, drives [][]manifest.Operation) ([]byte, error) {
	f, err := open(file, data, name)
	if err != nil {
		return nil, err
	}
	text, err := f.spread(drives)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	for i, p := range f.pieces {
		if i != f.at {
			out.WriteString(p.text)
			continue
		}
		if marker, _, _ := strings.Cut(p.text, "\n"); isMarker(marker) {
			out.WriteString("---\n")
		}
		out.Write(text)
	}
	return out.Bytes(), nil
}

// spreading is a document among those of its file.
type spreading struct {
	file   string
	pieces []piece    // all of the file, with those that hold no document
	at     int        // the piece of it
	doc    *yaml.Node // of YAML, which has the comments above and below
}

func open(file string, data []byte, name string) (*spreading, error) {
	all, problems := split(file, data)
	if len(problems) > 0 {
		return nil, join(problems)
	}
	f := &spreading{file: file, at: -1}
	for i, c := range cut(strings.TrimPrefix(string(data), "\uFEFF")) {
		if len(all) > 0 && all[0].line == c.line {
			c, all = all[0], all[1:]
		}
		f.pieces = append(f.pieces, c)
		if n := at(c.root, "metadata", "name"); f.at < 0 && n != nil && n.Value == name {
			f.at = i
		}
	}
	if f.at < 0 {
		return nil, &FieldError{
			File: file, Field: "metadata.name", Problem: "no document of its own is named " + quote(name),
			Remedy: "write the backup as a document, not into a List",
		}
	}
	f.doc = &yaml.Node{}
	return f, yaml.Unmarshal([]byte(f.pieces[f.at].text), f.doc)
}

// spread gives the documents of all drives.
func (f *spreading) spread(drives [][]manifest.Operation) ([]byte, error) {
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	taken, n := f.taken(), 1
	for i, operations := range drives {
		doc := cloneNode(f.doc)
		d := doc.Content[0]
		if !setOperations(d, operations) {
			return nil, &FieldError{
				File: f.file, Line: d.Line + f.pieces[f.at].line, Field: "spec.manifest", Problem: "the operations do not stand in the spec",
				Remedy: "turn the manifest into a spec with `s3export init --from-manifest`, then split that",
			}
		}
		if i > 0 {
			n = taken.free(d, n+1)
			numberDrive(d, n)
		}
		if err := e.Encode(doc); err != nil {
			return nil, fmt.Errorf("writing the spec of drive %d: %w", i+1, err)
		}
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("writing the specs: %w", err)
	}
	return out.Bytes(), nil
}

// at follows the keys of mappings; nil where one is missing.
func at(n *yaml.Node, path ...string) *yaml.Node {
	for _, key := range path {
		if n == nil || n.Kind != yaml.MappingNode {
			return nil
		}
		n = child(n, key)
	}
	return n
}

func cloneNode(n *yaml.Node) *yaml.Node {
	c := *n
	c.Content = make([]*yaml.Node, len(n.Content))
	for i, m := range n.Content {
		c.Content[i] = cloneNode(m)
	}
	return &c
}

// setOperations puts operations where the document says what is copied.
func setOperations(d *yaml.Node, operations []manifest.Operation) bool {
	list, names := at(d, "spec", "manifest", "operations"), []string{"exportBucket", "prefix", "beginMarker", "endMarker", "targetDirectory"}
	if list == nil {
		list, names = at(d, "spec", "source", "ranges"), []string{"bucket", "prefix", "after", "through", "directory"}
	}
	if list == nil {
		return false
	}
	list.Kind, list.Tag, list.Value, list.Style = yaml.SequenceNode, "!!seq", "", 0
	list.Content = nil
	for _, o := range operations {
		item := &yaml.Node{Kind: yaml.MappingNode, Style: yaml.FlowStyle}
		for i, value := range []string{o.ExportBucket, o.Prefix, o.BeginMarker, o.EndMarker, o.TargetDirectory} {
			if value != "" {
				item.Content = append(item.Content,
					&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: names[i]},
					&yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: value, Style: yaml.DoubleQuotedStyle})
			}
		}
		list.Content = append(list.Content, item)
	}
	return true
}
