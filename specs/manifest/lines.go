package manifest

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"
)

// splitLines cuts a text behind each of its line breaks: all that YAML 1.1 knows,
// because those are what the parser counts.
func splitLines(text string) []string {
	breaks := regexp.MustCompile("\r\n|[\n\r\u0085\u2028\u2029]")
	var lines []string
	at := 0
	for _, b := range breaks.FindAllStringIndex(text, -1) {
		lines = append(lines, text[at:b[1]])
		at = b[1]
	}
	return append(lines, text[at:])
}

// cutEnd returns a line and its line break.
func cutEnd(line string) (body, end string) {
	body = strings.TrimRight(line, "\r\n\u0085\u2028\u2029")
	return body, line[len(body):]
}

// checkBytes finds what no manifest holds, whatever its form: it says so in better
// words than a parser that stumbles over it.
func checkBytes(text []byte) *Problem {
	if len(text) > MaxText {
		return &Problem{Message: fmt.Sprintf("longer than %d bytes", MaxText), Remedy: "give the path of a manifest"}
	}
	if s := string(text); strings.HasPrefix(s, "\xff\xfe") || strings.HasPrefix(s, "\xfe\xff") {
		return &Problem{Line: 1, Message: "not UTF-8 text, but UTF-16", Remedy: "save the manifest as UTF-8"}
	}
	line := 1
	for at := 0; at < len(text); {
		r, size := utf8.DecodeRune(text[at:])
		switch {
		case r == utf8.RuneError && size == 1:
			return &Problem{Line: line, Message: "not UTF-8 text", Remedy: "save the manifest as UTF-8"}
		case r == '\n':
			line++
		case r < ' ' && r != '\t' && r != '\r' || r == 0x7F:
			return &Problem{Line: line, Message: fmt.Sprintf("a control character, %U", r), Remedy: "remove it; if the file is no text, give the path of a manifest"}
		}
		at += size
	}
	return nil
}
