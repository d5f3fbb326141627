package specs

import (
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"
)

// MaxFile is the largest spec file that is read, in bytes.
const MaxFile = 1 << 20

// piece is the text of one document of a file, and its node.
type piece struct {
	text string
	line int // lines of the file before the text
	root *yaml.Node
}

// split cuts a file into its documents and parses each by itself, so that a
// document that cannot be read hides no problem of the others.
func split(name string, data []byte) ([]piece, []FieldError) {
	if p := checkBytes(data); p != nil {
		p.File = name
		return nil, []FieldError{*p}
	}
	text := strings.TrimPrefix(string(data), "\uFEFF")
	var pieces []piece
	var problems []FieldError
	for _, c := range cut(text) {
		root, problem := parse(c.text)
		if problem != nil {
			problem.File = name
			problem.Line += c.line
			problems = append(problems, *problem)
		}
		if root != nil {
			c.root = root
			pieces = append(pieces, c)
		}
	}
	if len(pieces) == 0 && len(problems) == 0 {
		problems = append(problems, FieldError{
			File: name, Problem: "holds no document", Remedy: "write a Backup into it; examples/minimal.yaml is one",
		})
	}
	return pieces, problems
}

// cut cuts at the lines that begin with "---", which YAML allows nowhere else.
func cut(text string) []piece {
	var pieces []piece
	start, startLine, line := 0, 0, 0
	for at := 0; at < len(text); line++ {
		next := len(text)
		if i := strings.IndexByte(text[at:], '\n'); i >= 0 {
			next = at + i + 1
		}
		body := text[at:next]
		if at > start && isMarker(body) {
			pieces = append(pieces, piece{text: text[start:at], line: startLine})
			start, startLine = at, line
		}
		at = next
	}
	return append(pieces, piece{text: text[start:], line: startLine})
}

func isMarker(line string) bool {
	rest, ok := strings.CutPrefix(line, "---")
	return ok && (rest == "" || strings.IndexByte(" \t\r\n", rest[0]) >= 0)
}

// checkBytes finds what no YAML text may hold.
func checkBytes(data []byte) *FieldError {
	if len(data) > MaxFile {
		return &FieldError{
			Problem: fmt.Sprintf("larger than %d bytes", MaxFile), Remedy: "give the path of a spec file",
		}
	}
	line, column := 1, 1
	for at := 0; at < len(data); {
		r, size := utf8.DecodeRune(data[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			return &FieldError{Line: line, Column: column, Problem: "not UTF-8 text", Remedy: "save the file as UTF-8"}
		case r == '\n':
			line, column = line+1, 0
		case r < ' ' && r != '\t' && r != '\r' || r == 0x7F:
			return &FieldError{
				Line: line, Column: column, Problem: fmt.Sprintf("a control character, %U", r), Remedy: "remove it",
			}
		}
		column++
		at += size
	}
	return nil
}

// parse returns the node of the one document in text, nil when it is empty.
func parse(text string) (*yaml.Node, *FieldError) {
	decoder := yaml.NewDecoder(strings.NewReader(text))
	var doc, more yaml.Node
	err := decoder.Decode(&doc)
	if errors.Is(err, io.EOF) {
		return nil, nil //nolint:nilnil // an empty document is no problem
	}
	if err != nil {
		return nil, syntaxError(text, err)
	}
	if err := decoder.Decode(&more); !errors.Is(err, io.EOF) {
		return nil, &FieldError{
			Line: max(more.Line, 1), Problem: "a second document begins here", Remedy: `write a line "---" before it`,
		}
	}
	root := doc.Content[0]
	if root.Kind == yaml.ScalarNode && root.Tag == "!!null" {
		return nil, nil //nolint:nilnil // an empty document is no problem
	}
	return root, nil
}

// syntaxError gives the parser's message a place. One message of the parser quotes
// the text, the name of an alias, which may be a password that begins with "*".
func syntaxError(text string, err error) *FieldError {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	e := &FieldError{Line: 1, Remedy: "look for the mistake from this line on: a bracket, quote or colon too many or too few"}
	if m := regexp.MustCompile(`^line (\d+): `).FindStringSubmatch(message); m != nil {
		e.Line, _ = strconv.Atoi(m[1])
		message = message[len(m[0]):]
	}
	e.Problem = "not YAML: " + message
	if strings.HasPrefix(message, "unknown anchor") {
		e.Line, e.Column = placeOf(text, `(?:[:\-,?]|^)[ \t]+(\*)|[\[{](\*)`)
		e.Problem, e.Remedy = aliasProblem, aliasRemedy
		return e
	}
	if line, column := placeOf(text, `(?m)^ *(\t)[ \t]*[^ \t\r\n#]`); line > 0 {
		e.Line, e.Column = line, column
		e.Problem, e.Remedy = "a tab stands in the indentation", "indent with spaces"
	}
	return e
}

// placeOf returns line and column of the group of a pattern in text.
func placeOf(text, pattern string) (line, column int) {
	m := regexp.MustCompile(pattern).FindStringSubmatchIndex(text)
	if m == nil {
		return 0, 0
	}
	at := m[2]
	if at < 0 {
		at = m[4]
	}
	before := text[:at]
	return strings.Count(before, "\n") + 1, utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]) + 1
}
