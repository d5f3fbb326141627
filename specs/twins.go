package specs

import (
	"fmt"
	"slices"
)

// refuseTwins leaves out all documents that share a name and says where they are.
func refuseTwins(docs []Document) ([]Document, []FieldError) {
	first := map[string]Document{}
	twins := map[string]bool{}
	var problems []FieldError
	for _, d := range docs {
		name := d.Metadata.Name
		one, ok := first[name]
		if !ok {
			first[name] = d
			continue
		}
		twins[name] = true
		problems = append(problems, FieldError{
			File: d.File, Line: d.Line, Field: "metadata.name",
			Problem: fmt.Sprintf("%s is also the name of the backup at %s:%d", quote(name), one.File, one.Line),
			Remedy:  "give each backup a name of its own",
		})
	}
	return slices.DeleteFunc(docs, func(d Document) bool { return twins[d.Metadata.Name] }), problems
}
