package specs

import (
	"reflect"

	"go.yaml.in/yaml/v3"
)

// DecodeStrict decodes a file that is no Backup, read from name, into a pointer to
// a struct with json tags, as strictly as Decode: an unknown key, a wrong case, a
// key given twice, an alias, and a plain scalar that YAML takes for something else
// than the text that was written are problems, all of them at once, as *FieldError
// in the error. A file without a document leaves into as it is. refuse says what is
// wrong with a key that people have a reason to write, and what to do; nil, or an
// empty problem, for an ordinary unknown key. No value shows in a problem of such a
// key.
func DecodeStrict(name string, data []byte, into any, refuse func(key string) (problem, remedy string)) error {
	pieces, problems := split(name, data)
	if len(pieces) == 0 && isEmpty(data) {
		return nil
	}
	if len(pieces) > 1 {
		problems = append(problems, FieldError{
			File: name, Line: pieces[1].root.Line + pieces[1].line, Problem: "more than one document", Remedy: "keep one of them",
		})
	}
	if len(problems) > 0 {
		return join(problems)
	}
	d := &decoder{file: name, piece: pieces[0]}
	root := d.piece.root
	w := d.walker()
	w.refusal = refuse
	w.value(reflect.TypeOf(into), root, "")
	if len(w.problems) > 0 || !d.unmarshal(w, root, into) {
		return join(append(w.problems, d.problems...))
	}
	return nil
}

// isEmpty reports whether a text has no document that says anything.
func isEmpty(data []byte) bool {
	var n yaml.Node
	return yaml.Unmarshal(data, &n) == nil && (n.Kind == 0 || n.Content[0].Tag == "!!null")
}
