package verify

import (
	"strings"
	"unicode/utf8"
)

// Kind says whether an object's key can be the name of a file.
type Kind string

// The values of Kind.
const (
	KindFile Kind = "" // the key is a path that ext4 can hold
	// KindMarker is an empty object whose key ends with a slash: the directory of a
	// console. It is outside the population and counted. Its path ends with a slash.
	KindMarker Kind = "marker"
	// KindUnnameable is a key that ext4 cannot hold, or that the service renames: an
	// empty, "." or ".." component, a component of more than 255 bytes, NUL, bytes
	// that are no UTF-8, or content under a key that ends with a slash. There is none
	// where names are Encoded.
	KindUnnameable Kind = "unnameable"
)

// nameMax is the longest file name of ext4, in bytes (NAME_MAX of linux/limits.h).
const nameMax = 255

func kindOf(o Object, n Naming) Kind {
	key, directory := strings.CutSuffix(o.Key, "/")
	switch {
	case n == Encoded && directory && o.Size == 0:
		return KindMarker
	case n == Encoded:
		return KindFile
	case !nameable(key), directory && o.Size > 0:
		return KindUnnameable
	case directory:
		return KindMarker
	}
	return KindFile
}

func nameable(path string) bool {
	if !utf8.ValidString(path) || strings.IndexByte(path, 0) >= 0 {
		return false
	}
	for name := range strings.SplitSeq(path, "/") {
		if name == "" || name == "." || name == ".." || len(name) > nameMax {
			return false
		}
	}
	return true
}

// pathIn returns the path that a key's own path has below a range's directory.
func pathIn(directory, path string) string {
	if directory == "" {
		return path
	}
	return directory + "/" + path
}

func below(path, directory string) bool {
	return directory == "" || len(path) > len(directory) &&
		path[len(directory)] == '/' && path[:len(directory)] == directory
}
