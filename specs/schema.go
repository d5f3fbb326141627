package specs

import (
	_ "embed"
	"slices"
)

//go:embed backup.schema.json
var schema []byte

// Schema returns the JSON Schema (2020-12) of a Backup document. It is made from
// the types and comments of this package by tools/schema. It is a help for
// editors; Decode is the authority and knows more rules.
func Schema() []byte { return slices.Clone(schema) }
