package paperwork

import "strings"

// FieldError is a text that a form cannot hold.
type FieldError struct {
	// Field of the spec, such as spec.manifest.returnAddress.name; "job" and "date"
	// do not come from a spec.
	Field string
	// Rune is the first that cannot be printed; 0 when the text as a whole is wrong.
	Rune rune
	// Problem says what is wrong.
	Problem string
	// Remedy says what a person can do.
	Remedy string
}

// Error returns "field: problem; remedy".
func (e *FieldError) Error() string {
	return strings.Join([]string{e.Field, ": ", e.Problem, "; ", e.Remedy}, "")
}
