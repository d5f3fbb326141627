package convert

import (
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/wording"
)

// Kind says what a Note asks of a person.
type Kind string

// The kinds.
const (
	FillIn  Kind = "fill in"  // the spec is not valid without it
	Secret  Kind = "secret"   // a secret has to be put somewhere
	Guessed Kind = "guessed"  // may be wrong
	LeftOut Kind = "left out" // of the manifest, and not in the spec
)

// Note is what a person has to know about one field. It holds no secret.
type Note struct {
	Kind Kind
	// Field of the spec, such as spec.manifest.logBucket; empty for what has no place
	// there.
	Field string
	// Text says what there is to know, and what to do.
	Text string
}

// String returns the note on one line: "kind: field: text".
func (n Note) String() string {
	text := string(n.Kind) + ": "
	if n.Field != "" {
		text += n.Field + ": "
	}
	return text + n.Text
}

// notes gathers what is said while a manifest is converted.
type notes []Note

func (n *notes) guess(field, text string)    { *n = append(*n, Note{Guessed, field, text}) }
func (n *notes) leaveOut(field, text string) { *n = append(*n, Note{LeftOut, field, text}) }

// ordered returns the notes by kind, each kind in the order of the spec, without
// those on what was left out and has to be filled in anyway.
func (c Conversion) ordered() []Note {
	order := c.render().order
	var all []Note
	for _, kind := range []Kind{FillIn, Secret, Guessed, LeftOut} {
		for _, i := range order {
			if n := c.Notes[i]; n.Kind == kind && !(kind == LeftOut && c.fillsIn(n.Field)) {
				all = append(all, n)
			}
		}
	}
	return all
}

// fillsIn reports whether a field or one around it is to be filled in.
func (c Conversion) fillsIn(field string) bool {
	return slices.ContainsFunc(c.Notes, func(n Note) bool {
		return n.Kind == FillIn && (field == n.Field || strings.HasPrefix(field, n.Field+".") || strings.HasPrefix(field, n.Field+"["))
	})
}

func quote(text string) string { return wording.Quote(text) }
