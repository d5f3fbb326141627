package manifest

import (
	"bytes"
	"errors"
	"io"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// MaxText is the longest manifest text in bytes that is read or made.
const MaxText = 64 << 10

const bom = "\uFEFF"

// Reading is a manifest text that was read.
type Reading struct {
	Manifest Manifest
	// Warnings are what AWS takes but a strict reader would not.
	Warnings []Warning

	lines   map[string]int // of each option's key, by field
	unknown []option
}

// Line returns the line of a field such as operations[0].prefix, counted from 1,
// or of the nearest field around it that the text holds; 0 if there is none.
func (r Reading) Line(field string) int {
	for field != "" {
		if line, ok := r.lines[field]; ok {
			return line
		}
		field = field[:max(strings.LastIndexAny(field, ".["), 0)]
	}
	return 0
}

// Parse reads a manifest text as AWS does: besides YAML also "key:value" without
// a space, CRLF, a byte order mark and tabs in the indentation. Values are taken
// as written (02134 stays 02134). Options that are not known are warnings.
// Passwords become literal secrets. The error joins *Problem.
func Parse(text []byte) (Manifest, []Warning, error) {
	r, err := Read(text)
	return r.Manifest, r.Warnings, err
}

// Read is Parse with the lines of the fields.
func Read(text []byte) (Reading, error) {
	if p := checkBytes(text); p != nil {
		return Reading{}, p
	}
	clean := strings.TrimPrefix(string(text), bom)
	strict, strictErr := readYAML(clean)
	if strictErr == nil {
		return strict, nil
	}
	repaired, first := repair(clean)
	if first == 0 {
		return Reading{}, strictErr
	}
	r, err := readYAML(repaired)
	if err != nil {
		return Reading{}, err
	}
	r.Warnings = append([]Warning{{
		Line:    first,
		Message: "not proper YAML: a space is missing after a colon, or a tab stands in the indentation",
		Remedy:  "AWS takes it; write \"key: value\" and indent with spaces",
		Minor:   true,
	}}, r.Warnings...)
	return r, nil
}

func readYAML(text string) (Reading, error) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if errors.Is(err, io.EOF) {
			return Reading{}, &Problem{Message: "the manifest is empty", Remedy: "give the path of a manifest"}
		}
		return Reading{}, syntaxProblem(text, err)
	}
	if err := decoder.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return Reading{}, &Problem{
			Message: "more than one document",
			Remedy:  "keep one manifest in one file",
		}
	}
	f := filler{lines: map[string]int{}}
	var m Manifest
	f.value(reflect.ValueOf(&m).Elem(), doc.Content[0], "")
	f.spreadTarget(&m)
	if len(f.problems) > 0 {
		return Reading{}, join(f.problems)
	}
	return Reading{Manifest: m, Warnings: f.warnings, lines: f.lines, unknown: f.unknown}, nil
}

// syntaxProblem gives the parser's message a line. The parser quotes the text in
// one message only, the name of an alias, which may be a password that begins
// with "*"; so that one is said in words of our own.
func syntaxProblem(text string, err error) *Problem {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	p := &Problem{Line: 1, Remedy: "look for the mistake from this line on; a value with special characters belongs in quotes"}
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(message); m != nil {
		p.Line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
	}
	if i := strings.IndexByte(message, '\''); i >= 0 && strings.Contains(message, "anchor") {
		p.Line = 0
		if at := regexp.MustCompile(`[:\-,\[{][ \t]*\*`).FindStringIndex(text); at != nil {
			p.Line = len(splitLines(text[:at[1]]))
		}
		p.Message, p.Remedy = `a value begins with "*", which refers to an anchor in YAML`, "put the value in quotes"
		return p
	}
	p.Message = "not YAML: " + message
	return p
}

// repair makes YAML of what AWS takes besides, line by line, and returns the
// first line that it changed, 0 for none.
func repair(text string) (string, int) {
	spaceless := regexp.MustCompile(`^( *(?:- +)*)([A-Za-z][A-Za-z0-9]*):([^ \t].*)$`)
	first := 0
	var out bytes.Buffer
	for i, line := range splitLines(text) {
		body, end := cutEnd(line)
		fixed := expandTabs(body)
		if m := spaceless.FindStringSubmatch(fixed); m != nil && !strings.HasPrefix(m[3], "//") {
			fixed = m[1] + m[2] + ": " + m[3]
		}
		if fixed != body && first == 0 {
			first = i + 1
		}
		out.WriteString(fixed + end)
	}
	return out.String(), first
}

// expandTabs makes each tab of the indentation two spaces and a tab after the dash
// of a list one, so that depth is kept when a file uses tabs throughout.
func expandTabs(line string) string {
	var b strings.Builder
	dash := false
	for i := range len(line) {
		switch {
		case line[i] == ' ':
			b.WriteByte(' ')
		case line[i] == '-' && !dash && i+1 < len(line) && (line[i+1] == ' ' || line[i+1] == '\t'):
			dash = true
			b.WriteByte('-')
		case line[i] == '\t' && dash:
			b.WriteByte(' ')
		case line[i] == '\t':
			b.WriteString("  ")
		default:
			return b.String() + line[i:]
		}
	}
	return b.String()
}
