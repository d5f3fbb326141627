package specs

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cargomedia/s3export/specs/manifest"
)

// Spread writes one Backup document of a file anew for several drives, each with
// the operations of its own; where the document has a source, they are its ranges. The
// first one keeps its name and its drive; the others
// get a number behind both, and the selector of a real drive is left out, for a
// person to fill in. Everything else, comments included, is kept. A document whose
// manifest stands in another file cannot be spread.
func Spread(file string, data []byte, name string, drives [][]manifest.Operation) ([]byte, error) {
	root, err := documentNamed(file, data, name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	for i, operations := range drives {
		d := cloneNode(root)
		if !setOperations(d, operations) {
			return nil, &FieldError{
				File: file, Line: root.Line, Field: "spec.manifest", Problem: "the operations do not stand in the spec",
				Remedy: "turn the manifest into a spec with `s3export init --from-manifest`, then split that",
			}
		}
		if i > 0 {
			numberDrive(d, i+1)
		}
		if err := e.Encode(d); err != nil {
			return nil, fmt.Errorf("writing the spec of drive %d: %w", i+1, err)
		}
	}
	if err := e.Close(); err != nil {
		return nil, fmt.Errorf("writing the specs: %w", err)
	}
	return out.Bytes(), nil
}

func documentNamed(file string, data []byte, name string) (*yaml.Node, error) {
	pieces, problems := split(file, data)
	if len(problems) > 0 {
		return nil, join(problems)
	}
	for _, p := range pieces {
		if n := at(p.root, "metadata", "name"); n != nil && n.Value == name {
			return p.root, nil
		}
	}
	return nil, &FieldError{
		File: file, Field: "metadata.name", Problem: "no document of its own is named " + quote(name),
		Remedy: "write the backup as a document, not into a List",
	}
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

// numberDrive makes a document that of another drive.
func numberDrive(d *yaml.Node, n int) {
	suffix := fmt.Sprintf("-%d", n)
	if name := at(d, "metadata", "name"); name != nil {
		name.Value += suffix
	}
	if id := at(d, "spec", "manifest"); id != nil {
		drop(id, "deviceId")
	}
	device := at(d, "spec", "device")
	if device == nil {
		return
	}
	drop(device, "replaces")
	if name := child(device, "name"); name != nil {
		name.Value += suffix
	}
	if image := child(device, "image"); image != nil {
		ext := filepath.Ext(image.Value)
		image.Value = strings.TrimSuffix(image.Value, ext) + suffix + ext
		return
	}
	for _, key := range []string{"serial", "wwn", "byID"} {
		drop(device, key)
	}
	device.Style = 0
	device.HeadComment = fmt.Sprintf("fill in: the serial number of drive %d", n)
}

// drop takes a key out of a mapping.
func drop(n *yaml.Node, key string) {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			n.Content = append(n.Content[:i:i], n.Content[i+2:]...)
			return
		}
	}
}
