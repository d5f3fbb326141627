package keyname

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"unicode/utf8"
)

const (
	// nameMax is the longest file name of ext4, in bytes (NAME_MAX of linux/limits.h).
	nameMax = 255
	// hashed begins a name that is a digest.
	hashed = "%~"
	digits = "0123456789ABCDEF"
)

// Encode returns the path of an object with content, where no other key stands in its
// way; see Namer.
func Encode(key string) string { return encode(key, nil) }

// encode returns the path of a key. Files are the lengths of its prefixes that are files
// themselves.
func encode(key string, files []int) string {
	var path strings.Builder
	start := 0
	for i := range len(key) {
		for len(files) > 0 && files[0] < i {
			files = files[1:]
		}
		taken := len(files) > 0 && files[0] == i
		if key[i] != '/' || i == start || i == len(key)-1 || taken {
			continue
		}
		path.WriteString(component(key[start:i], start == 0))
		path.WriteByte('/')
		start = i + 1
	}
	if start == 0 {
		return component(key, true)
	}
	path.WriteString(component(key[start:], false))
	return path.String()
}

// component returns the file name that stands for a part of a key.
func component(part string, top bool) string {
	var name string
	switch {
	case part == ".", part == "..":
		name = strings.ReplaceAll(part, ".", "%2E")
	case top && (part == ".s3export" || part == "lost+found"):
		name = escaped(part[0]) + part[1:]
	default:
		name = escape(part)
	}
	if len(name) <= nameMax {
		return name
	}
	sum := sha256.Sum256([]byte(part))
	return hashed + hex.EncodeToString(sum[:])
}

func escape(part string) string {
	at := unfit(part, 0)
	if at == len(part) {
		return part
	}
	var name strings.Builder
	done := 0
	for ; at < len(part); at = unfit(part, done) {
		name.WriteString(part[done:at])
		name.WriteString(escaped(part[at]))
		done = at + 1
	}
	name.WriteString(part[done:])
	return name.String()
}

// unfit returns where the next byte is that has to be written as %XX.
func unfit(part string, from int) int {
	for at := from; at < len(part); {
		r, size := utf8.DecodeRuneInString(part[at:])
		switch {
		case r == utf8.RuneError && size == 1, r < 0x20, r == 0x7F, r == '/':
			return at
		case r == '%' && (isEscape(part[at:]) || at == 0 && strings.HasPrefix(part, hashed)):
			return at
		}
		at += size
	}
	return len(part)
}

func escaped(b byte) string { return string([]byte{'%', digits[b>>4], digits[b&15]}) }

// isEscape reports whether the text begins with %XX, in capital letters or small ones.
func isEscape(text string) bool {
	return len(text) > 2 && text[0] == '%' && value(text[1]) >= 0 && value(text[2]) >= 0
}

func value(digit byte) int {
	if 'a' <= digit && digit <= 'f' {
		digit -= 'a' - 'A'
	}
	return strings.IndexByte(digits, digit)
}

// Decode returns the key that a path stands for. It is not ok for what no key leads to,
// and where a name is a digest; see Hashed.
func Decode(path string) (key string, ok bool) {
	var all strings.Builder
	top := true
	for name := range strings.SplitSeq(path, "/") {
		part := unescape(name)
		if name == "" || component(part, top) != name || strings.HasPrefix(name, hashed) {
			return "", false
		}
		if !top {
			all.WriteByte('/')
		}
		all.WriteString(part)
		top = false
	}
	return all.String(), true
}

func unescape(name string) string {
	if strings.IndexByte(name, '%') < 0 {
		return name
	}
	var part strings.Builder
	for i := 0; i < len(name); i++ {
		if !isEscape(name[i:]) {
			part.WriteByte(name[i])
			continue
		}
		part.WriteByte(byte(value(name[i+1])<<4 | value(name[i+2])))
		i += 2
	}
	return part.String()
}

// Hashed reports whether a name of the path is a digest, and returns what the key begins
// with before it.
func Hashed(path string) (prefix string, ok bool) {
	for at, rest := 0, path; ; {
		name, below, more := strings.Cut(rest, "/")
		if isHash(name) {
			if at == 0 {
				return "", true
			}
			prefix, ok = Decode(path[:at-1])
			return prefix + "/", ok
		}
		if !more {
			return "", false
		}
		at += len(name) + 1
		rest = below
	}
}

func isHash(name string) bool {
	sum, ok := strings.CutPrefix(name, hashed)
	return ok && len(sum) == 2*sha256.Size && strings.Trim(sum, "0123456789abcdef") == ""
}
