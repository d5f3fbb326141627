package main

import (
	"bytes"
	"encoding/json"

	"go.yaml.in/yaml/v3"

	"github.com/cargomedia/s3export/specs"
	"github.com/cargomedia/s3export/specs/plain"
)

// specText returns a Backup as the text of a spec file: members in the order of the
// schema, those that are not set left out, and every text that YAML could take for
// something else in quotes.
func specText(b specs.Backup) ([]byte, error) {
	data, err := json.Marshal(b)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil {
		return nil, err
	}
	tidy(&doc)
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(&doc); err != nil {
		return nil, err
	}
	return out.Bytes(), e.Close()
}

// tidy turns the nodes of JSON into those that a person writes.
func tidy(n *yaml.Node) {
	n.Style = 0
	switch n.Kind {
	case yaml.ScalarNode:
		if n.Tag == "!!str" && plain.Meaning(n.Value) != "" {
			n.Style = yaml.DoubleQuotedStyle
		}
	case yaml.MappingNode:
		kept := n.Content[:0]
		for i := 0; i+1 < len(n.Content); i += 2 {
			key, value := n.Content[i], n.Content[i+1]
			key.Style = 0
			tidy(value)
			if value.Kind != yaml.MappingNode || len(value.Content) > 0 {
				kept = append(kept, key, value)
			}
		}
		n.Content = kept
	default:
		for _, c := range n.Content {
			tidy(c)
		}
	}
}
