package s3

import (
	"bytes"
	"errors"
	"strings"
)

// errUnusual is the answer about a document that this cutter leaves to the SDK,
// which knows all of XML. It is no error of the document.
var errUnusual = errors.New("unusual XML")

// The spellings that S3 and its like use. Whatever differs is unusual.
const (
	declaration   = `<?xml version="1.0" encoding="UTF-8"?>`
	listRoot      = "<ListBucketResult>"
	listNamespace = `<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">`
)

// cutter takes elements off the front of a document that is written the way S3
// writes listings: printable ASCII, exact names, no attributes. It never guesses:
// what it does not know by heart is errUnusual.
type cutter struct{ rest []byte }

func (c *cutter) literal(s string) bool {
	if len(c.rest) < len(s) || string(c.rest[:len(s)]) != s {
		return false
	}
	c.rest = c.rest[len(s):]
	return true
}

func (c *cutter) space() {
	i := 0
	for i < len(c.rest) && (c.rest[i] == ' ' || c.rest[i] == '\n' || c.rest[i] == '\t') {
		i++
	}
	c.rest = c.rest[i:]
}

// begin takes the declaration, if there is one, and the root.
func (c *cutter) begin() error {
	if c.literal(declaration) {
		c.space()
	}
	if !c.literal(listNamespace) && !c.literal(listRoot) {
		return errUnusual
	}
	return nil
}

// tag takes the next tag. end is of a closing tag, empty of one that closes itself.
// The name points into the document.
func (c *cutter) tag() (name []byte, end, empty bool, err error) {
	c.space()
	if len(c.rest) == 0 || c.rest[0] != '<' {
		return nil, false, false, errUnusual
	}
	i := bytes.IndexByte(c.rest, '>')
	if i < 2 {
		return nil, false, false, errUnusual
	}
	name = c.rest[1:i]
	c.rest = c.rest[i+1:]
	switch {
	case name[0] == '/':
		name, end = name[1:], true
	case name[len(name)-1] == '/':
		name, empty = name[:len(name)-1], true
	}
	if len(name) == 0 || !isName(name) {
		return nil, false, false, errUnusual
	}
	return name, end, empty, nil
}

func isName(b []byte) bool {
	for i, c := range b {
		letter := (c|0x20) >= 'a' && (c|0x20) <= 'z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return true
}

// text takes the text of a leaf and its closing tag. It points into the document,
// or at a copy where entities were resolved.
func (c *cutter) text(name []byte) ([]byte, error) {
	i := bytes.IndexByte(c.rest, '<')
	if i < 0 {
		return nil, errUnusual
	}
	text := c.rest[:i]
	c.rest = c.rest[i:]
	if len(c.rest) < len(name)+3 || c.rest[1] != '/' || !bytes.Equal(c.rest[2:2+len(name)], name) || c.rest[2+len(name)] != '>' {
		return nil, errUnusual
	}
	c.rest = c.rest[len(name)+3:]
	entities := false
	for _, b := range text {
		if b < ' ' || b > '~' || b == '>' {
			return nil, errUnusual
		}
		entities = entities || b == '&'
	}
	if !entities {
		return text, nil
	}
	return unescape(text)
}

// unescape resolves the entities that servers write.
func unescape(text []byte) ([]byte, error) {
	out := make([]byte, 0, len(text))
	for len(text) > 0 {
		if text[0] != '&' {
			out, text = append(out, text[0]), text[1:]
			continue
		}
		i := bytes.IndexByte(text, ';')
		if i < 0 {
			return nil, errUnusual
		}
		char, ok := entity(string(text[1:i]))
		if !ok {
			return nil, errUnusual
		}
		out, text = append(out, char), text[i+1:]
	}
	return out, nil
}

func entity(name string) (byte, bool) {
	switch name {
	case "quot", "#34":
		return '"', true
	case "amp", "#38":
		return '&', true
	case "apos", "#39":
		return '\'', true
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	default:
		return 0, false
	}
}

// interned returns a string for one of the few words of which a listing is full,
// without making it anew for each key.
func interned(word []byte) string {
	for _, known := range [...]string{
		"STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER", "GLACIER_IR", "DEEP_ARCHIVE", "REDUCED_REDUNDANCY",
		"CRC64NVME", "CRC32", "CRC32C", "SHA1", "SHA256", "FULL_OBJECT", "COMPOSITE",
	} {
		if string(word) == known {
			return known
		}
	}
	return strings.Clone(string(word))
}
