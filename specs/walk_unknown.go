package specs

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/secret"
)

// unknown reports a key that the type does not have.
func (w *walker) unknown(t reflect.Type, key *yaml.Node, field string) {
	at := under(field, key.Value)
	if problem, remedy := w.notHere(t, key.Value); problem != "" {
		w.report(key, at, problem, remedy)
		if t == reflect.TypeFor[Provider]() {
			w.silent = append(w.silent, field) // it is not missing
		}
		return
	}
	known := inOrder(t)
	meant := suggest(key.Value, known)
	switch {
	case meant != "":
		// What was meant is not missing.
		w.silent = append(w.silent, under(field, meant))
		problem := "unknown key"
		if strings.EqualFold(meant, key.Value) {
			problem = "unknown key, upper and lower case count"
		}
		w.report(key, at, problem, "did you mean "+meant+"?")
	case t == reflect.TypeFor[secret.Source]():
		// The key may be the secret itself.
		w.report(key, field, "unknown kind of secret source", "write one of "+sourceExample)
	default:
		w.report(key, at, "unknown key", "remove it, or write "+among(known))
	}
}

func (w *walker) notHere(t reflect.Type, key string) (problem, remedy string) {
	if w.refusal != nil {
		return w.refusal(key)
	}
	return notHere(t, key)
}

// notHere explains keys that people have a reason to write.
func notHere(t reflect.Type, key string) (problem, remedy string) {
	type at struct {
		t   reflect.Type
		key string
	}
	provider, sheet := reflect.TypeFor[Provider](), reflect.TypeFor[manifest.Manifest]()
	if t == sheet && manifest.IsImportOption(key) {
		return "belongs to import jobs", "remove it"
	}
	switch (at{t, key}) {
	case at{provider, "snowball"}:
		return "this version knows importExport and pull", "write one of them, or use a version that has " + key
	case at{sheet, "generator"}:
		return "s3export keeps its own mark here", "remove it"
	case at{sheet, "targetDirectory"}:
		return "belongs into an operation", "move it into operations"
	case at{reflect.TypeFor[Backup](), "status"}:
		return "status is never written into a spec", `remove it; "s3export get" shows the status`
	case at{reflect.TypeFor[Metadata](), "namespace"}:
		return "backups have no namespaces", "remove it"
	}
	return "", ""
}

// inOrder returns the names of the members of a struct as they are declared.
func inOrder(t reflect.Type) []string {
	known := members(t)
	names := slices.Collect(maps.Keys(known))
	index := map[string]int{}
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ",")
		index[name] = i
	}
	slices.SortFunc(names, func(a, b string) int { return index[a] - index[b] })
	return names
}
