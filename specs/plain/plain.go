// Package plain knows what YAML makes of a plain scalar, one without quotes.
//
// The answer is the union of YAML 1.1, YAML 1.2 and the libraries in use: a text
// that any of them reads as something else is not safe without quotes. A postal
// code is the standard victim: 02134 is the number 1116 in YAML 1.1.
//
// It must not know: manifests, specs, files.
package plain

import (
	"strings"

	"go.yaml.in/yaml/v3"
)

// Meaning returns what YAML makes of a plain scalar, such as "a number", or the
// empty string when all of YAML agrees that it is a text.
// Source: https://yaml.org/type/ (int, float, bool, null, timestamp, merge, value).
func Meaning(text string) string {
	switch strings.ToLower(text) {
	case "y", "n", "yes", "no", "on", "off", "true", "false":
		return "a boolean"
	case "", "~", "null":
		return "nothing"
	case "=", "<<":
		return "a special key"
	}
	switch strings.TrimLeft(strings.ToLower(text), "+-") {
	case ".inf", ".nan", "inf", "nan", "infinity":
		return "a number"
	}
	if !strings.ContainsAny(text[:1], "+-.0123456789") {
		return ""
	}
	if isSexagesimal(text) {
		return "a number"
	}
	switch (&yaml.Node{Kind: yaml.ScalarNode, Value: text}).ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!timestamp":
		return "a date"
	case "!!str":
		return ""
	}
	return "something else than a text"
}

// isSexagesimal finds numbers with the base 60, such as 12:30:45: digits between
// colons, the last part with a fraction if it likes.
func isSexagesimal(text string) bool {
	if !strings.Contains(text, ":") {
		return false
	}
	for _, part := range strings.Split(strings.TrimLeft(text, "+-"), ":") {
		if strings.Trim(part, "0123456789_.") != "" {
			return false
		}
	}
	return true
}
