package main

import (
	"regexp"
	"strings"
)

// phpKind is the kind of a token.
type phpKind int

const (
	phpSign phpKind = iota // =>, =, ->, a bracket, anything else
	phpWord
	phpText // a literal text, without its quotes
)

type phpToken struct {
	kind phpKind
	text string
	line int
}

// phpTokens cuts a PHP program into tokens, comments left out. It understands as
// much as a configuration needs; what it does not know becomes signs.
func phpTokens(program string) []phpToken {
	r := phpReader{
		blank: regexp.MustCompile(`^(?:\s+|//[^\n]*|#[^\n]*|(?s:/\*.*?(?:\*/|$)))`),
		word:  regexp.MustCompile(`^\$?[A-Za-z_\\][A-Za-z0-9_\\]*`),
	}
	var tokens []phpToken
	for line, rest := 1, program; rest != ""; {
		token, length := r.next(rest)
		if token != nil {
			token.line = line
			tokens = append(tokens, *token)
		}
		line += strings.Count(rest[:length], "\n")
		rest = rest[length:]
	}
	return tokens
}

type phpReader struct{ blank, word *regexp.Regexp }

// next returns the token that a program begins with, nil for white space and
// comments, and its length, at least 1.
func (r phpReader) next(program string) (*phpToken, int) {
	if n := len(r.blank.FindString(program)); n > 0 {
		return nil, n
	}
	if w := r.word.FindString(program); w != "" {
		return &phpToken{kind: phpWord, text: w}, len(w)
	}
	if program[0] == '\'' || program[0] == '"' {
		return phpQuoted(program)
	}
	for _, sign := range []string{"===", "==", "=>", "->"} {
		if strings.HasPrefix(program, sign) {
			return &phpToken{text: sign}, len(sign)
		}
	}
	return &phpToken{text: program[:1]}, 1
}

// phpQuoted reads a quoted text. One with a variable or an escape of another kind
// than a quote or backslash is no literal that we could take over.
func phpQuoted(program string) (*phpToken, int) {
	quote := program[0]
	var text strings.Builder
	literal := true
	for i := 1; i < len(program); i++ {
		switch c := program[i]; {
		case c == quote && literal:
			return &phpToken{kind: phpText, text: text.String()}, i + 1
		case c == quote:
			return &phpToken{text: "?"}, i + 1
		case c == '\\' && i+1 < len(program) && (program[i+1] == quote || program[i+1] == '\\'):
			i++
			text.WriteByte(program[i])
		case quote == '"' && (c == '$' || c == '\\'):
			literal = false
		default:
			text.WriteByte(c)
		}
	}
	return &phpToken{text: "?"}, len(program)
}
