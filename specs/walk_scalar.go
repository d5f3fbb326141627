package specs

import (
	"reflect"
	"regexp"

	"go.yaml.in/yaml/v3"

	"github.com/cargomedia/s3export/specs/manifest"
	"github.com/cargomedia/s3export/specs/plain"
)

// scalar checks that a value is decoded to the text that was written.
func (w *walker) scalar(t reflect.Type, n *yaml.Node, field string) {
	switch {
	case n.Kind != yaml.ScalarNode && t == reflect.TypeFor[Sample]():
		w.refuse(n, field, "a list "+sampleProblem, sampleRemedy)
	case n.Kind != yaml.ScalarNode:
		w.refuse(n, field, "one value is wanted here", "write it on the line of its key")
	case t.Kind() == reflect.Bool:
		if n.Style != 0 || n.Value != "true" && n.Value != "false" {
			w.refuse(n, field, "neither true nor false", "write true or false, without quotes")
		}
	case t.Kind() == reflect.Int:
		w.number(n, field)
	case t == reflect.TypeFor[manifest.YesNo]():
		w.yesNo(n, field)
	case n.Style == 0:
		w.plainText(t, n, field)
	}
}

func (w *walker) yesNo(n *yaml.Node, field string) {
	switch n.Value {
	case "yes", "no", "true", "false":
	default:
		w.refuse(n, field, "neither yes nor no", "write yes or no")
	}
}

// number lets numbers of 1 and more pass that everybody reads alike: 010 and 1e3 are
// not, and 0 would be taken for a value that is not there.
func (w *walker) number(n *yaml.Node, field string) {
	if n.Style != 0 || !regexp.MustCompile(`^[1-9][0-9]{0,8}$`).MatchString(n.Value) {
		w.refuse(n, field, quote(n.Value)+" is no whole number of at least 1", "write it in digits and without quotes, such as 14")
	}
}

func (w *walker) plainText(t reflect.Type, n *yaml.Node, field string) {
	meaning := plain.Meaning(n.Value)
	if meaning == "" || isQuantity(t) && isCount(n.Value) {
		return
	}
	n.Style = yaml.DoubleQuotedStyle
	if w.hides(field) {
		w.report(n, field, "YAML takes this for "+meaning, "put it in quotes")
		return
	}
	w.report(n, field, "YAML takes "+n.Value+" for "+meaning, `put it in quotes: "`+n.Value+`"`)
}

// isQuantity names the types that may be written as a number without quotes.
func isQuantity(t reflect.Type) bool {
	switch t {
	case reflect.TypeFor[Size](), reflect.TypeFor[Sample](), reflect.TypeFor[Percent](), reflect.TypeFor[Duration]():
		return true
	}
	return false
}

// isCount finds the numbers that are decoded to the text that was written.
func isCount(text string) bool {
	return regexp.MustCompile(`^(0|[1-9][0-9]{0,17})$`).MatchString(text)
}

// hides reports whether a value may be a secret that was put in the wrong place.
func (w *walker) hides(field string) bool {
	return regexp.MustCompile(`\.(pinCode|trueCryptPassword|secret)\b`).MatchString(field)
}
