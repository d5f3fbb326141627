package specs

import (
	"reflect"

	sigsyaml "sigs.k8s.io/yaml"

	"go.yaml.in/yaml/v3"
)

// Walked returns the texts of all values that the walk lets pass, by field, and
// what the decoder makes of the same document; ok is false when the walk objects.
func Walked(data []byte) (written map[string]string, decoded Backup, ok bool) {
	pieces, problems := split("fuzz", data)
	if len(problems) > 0 || len(pieces) != 1 || pieces[0].root.Kind != yaml.MappingNode {
		return nil, Backup{}, false
	}
	root := pieces[0].root
	w := &walker{places: map[string]place{}}
	w.value(reflect.TypeFor[Backup](), root, "")
	if w.patched {
		return nil, Backup{}, false
	}
	if err := sigsyaml.UnmarshalStrict([]byte(pieces[0].text), &decoded); err != nil {
		return nil, Backup{}, false
	}
	written = map[string]string{}
	for field := range w.places {
		if n := nodeAt(root, field); n != nil && n.Kind == yaml.ScalarNode {
			written[field] = n.Value
		}
	}
	return written, decoded, true
}

func nodeAt(root *yaml.Node, field string) *yaml.Node {
	w := &finder{want: field}
	w.find(root, "")
	return w.found
}

type finder struct {
	want  string
	found *yaml.Node
}

func (f *finder) find(n *yaml.Node, field string) {
	if field == f.want {
		f.found = n
		return
	}
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			f.find(n.Content[i+1], under(field, n.Content[i].Value))
		}
	}
}
