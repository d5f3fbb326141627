package manifest

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/specs/secret"
)

// SetGenerator puts generator into a manifest text, or in place of the one that is
// there. Every other byte is kept: a byte order mark, CRLF, comments, and the
// style without spaces. It is an error when the text is no manifest, or is written
// so that this cannot be done; the text itself never shows in an error.
func SetGenerator(text secret.Value, generator string) (secret.Value, error) {
	before, err := Read([]byte(text.Reveal()))
	if err != nil {
		return secret.Value{}, fmt.Errorf("reading the manifest: %w", err)
	}
	value, err := inlineScalar(generator)
	if err != nil {
		return secret.Value{}, err
	}
	lines := splitLines(text.Reveal())
	if at, ok := before.lines["generator"]; ok {
		lines[at-1] = replaceValue(lines[at-1], value)
	} else {
		at := before.firstLine()
		lines = slices.Insert(lines, at-1, newLine(&lines[at-1], value))
	}
	out := strings.Join(lines, "")
	want := before.Manifest
	want.Generator = generator
	if after, err := Read([]byte(out)); err != nil || !reflect.DeepEqual(after.Manifest, want) {
		return secret.Value{}, &Problem{
			Line:    before.Line("generator"),
			Field:   "generator",
			Message: "cannot be put into this text without changing the rest of it",
			Remedy:  "write the manifest in lines of \"key: value\", with the generator on a line of its own or not at all",
		}
	}
	return secret.NewValue(out), nil
}

// Redact returns a manifest text with secret.Redacted in place of its secrets, of
// options that are not known, and of comments that name a secret. All else is kept
// where that is possible; otherwise the manifest is rendered anew.
func Redact(text secret.Value) (string, error) {
	r, err := Read([]byte(text.Reveal()))
	if err != nil {
		return "", fmt.Errorf("reading the manifest: %w", err)
	}
	lines := splitLines(text.Reveal())
	want := r.Manifest
	for _, s := range want.secrets() {
		if *s.at == nil {
			continue
		}
		at := r.lines[s.field] - 1
		lines[at] = replaceValue(lines[at], secret.Redacted)
		hidden := secret.Literal(secret.NewValue(secret.Redacted))
		*s.at = &hidden
	}
	for _, o := range r.unknown {
		lines[o.line-1] = replaceValue(lines[o.line-1], secret.Redacted)
	}
	comment := regexp.MustCompile(`(?i)#.*(?:pin|password|secret).*`)
	for i, line := range lines {
		body, end := cutEnd(line)
		lines[i] = comment.ReplaceAllString(body, "# "+secret.Redacted) + end
	}
	out := strings.Join(lines, "")
	after, err := Read([]byte(out))
	if err != nil || !reflect.DeepEqual(after.Manifest, want) || !after.hidesUnknown(len(r.unknown)) {
		return r.Manifest.Redacted()
	}
	return out, nil
}

// hidesUnknown reports whether each of the n options that are not known is hidden
// as a whole.
func (r Reading) hidesUnknown(n int) bool {
	shown := slices.ContainsFunc(r.unknown, func(o option) bool { return o.value.Value != secret.Redacted })
	return !shown && len(r.unknown) == n
}

// firstLine returns the line of the first option, 1 when there is none.
func (r Reading) firstLine() int {
	const none = 1 << 30
	first := none
	for field, line := range r.lines {
		if !strings.ContainsAny(field, ".[") {
			first = min(first, line)
		}
	}
	for _, o := range r.unknown {
		first = min(first, o.line)
	}
	if first == none {
		return 1
	}
	return first
}

// newLine makes a generator line in the style of the line that it is put before:
// indentation, space after the colon, line end. A byte order mark moves to it.
func newLine(next *string, value string) string {
	mark := ""
	if strings.HasPrefix(*next, bom) {
		mark, *next = bom, strings.TrimPrefix(*next, bom)
	}
	indent := (*next)[:len(*next)-len(strings.TrimLeft(*next, " \t"))]
	colon := ": "
	if regexp.MustCompile(`^[A-Za-z0-9]+:[^ \t\r\n]`).MatchString((*next)[len(indent):]) {
		colon = ":"
	}
	_, end := cutEnd(*next)
	if end == "" {
		end = "\n"
	}
	return mark + indent + "generator" + colon + value + end
}

// replaceValue replaces the value of a "key: value" line and keeps what stands
// around it. A line that has another shape is returned as it is.
func replaceValue(line, value string) string {
	shape := regexp.MustCompile(`^((?:\x{FEFF})?[ \t]*(?:-[ \t]+)*(?:"[A-Za-z0-9]+"|'[A-Za-z0-9]+'|[^ \t:#"']+)[ \t]*:)([ \t]*)(.*)$`)
	body, end := cutEnd(line)
	m := shape.FindStringSubmatch(body)
	if m == nil {
		return line
	}
	head, space, rest := m[1], m[2], m[3]
	old := valueLength(rest)
	if old == 0 && space == "" {
		space = " "
	}
	if strings.HasPrefix(rest, "#") {
		value += " "
	}
	return head + space + value + rest[old:] + end
}

// valueLength returns how many bytes at the start of rest are the value: up to
// the closing quote, or to a comment, or to the end less white space.
func valueLength(rest string) int {
	for _, quoted := range []string{`^"(?:[^"\\]|\\.)*"`, `^'(?:[^']|'')*'`} {
		if q := regexp.MustCompile(quoted).FindString(rest); q != "" {
			return len(q)
		}
	}
	if strings.HasPrefix(rest, "#") {
		return 0
	}
	if i := regexp.MustCompile(`[ \t]#`).FindStringIndex(rest); i != nil {
		rest = rest[:i[0]]
	}
	return len(strings.TrimRight(rest, " \t"))
}

// inlineScalar returns text as YAML on one line.
func inlineScalar(text string) (string, error) {
	out, err := render(Manifest{Generator: text})
	value, ok := strings.CutPrefix(out, "generator: ")
	if err != nil || !ok {
		return "", &Problem{Field: "generator", Message: "is empty or not UTF-8 text", Remedy: "report this as a defect of s3export"}
	}
	return strings.TrimSuffix(value, "\n"), nil
}
