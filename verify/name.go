package verify

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Kind says whether an object's key can be the name of a file.
type Kind string

// The values of Kind.
const (
	KindFile Kind = "" // the key is a path that ext4 can hold
	// KindMarker is an empty object whose key ends with a slash: the directory of a
	// console. It is outside the population and counted.
	KindMarker Kind = "marker"
	// KindUnnameable is a key that ext4 cannot hold, or that the service renames: an
	// empty, "." or ".." component, a component of more than 255 bytes, NUL, bytes
	// that are no UTF-8, or content under a key that ends with a slash.
	KindUnnameable Kind = "unnameable"
)

// nameMax is the longest file name of ext4, in bytes (NAME_MAX of linux/limits.h).
const nameMax = 255

func kindOf(o Object) Kind {
	key, directory := strings.CutSuffix(o.Key, "/")
	switch {
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

// pathOf returns the path that a key has below a range's directory.
func pathOf(directory, key string) string {
	if directory == "" {
		return key
	}
	return directory + "/" + key
}

func below(path, directory string) bool {
	return directory == "" || len(path) > len(directory) &&
		path[len(directory)] == '/' && path[:len(directory)] == directory
}

// cleanRanges returns the ranges with the slashes around their directories taken
// off, or the reason why they cannot be used.
func cleanRanges(ranges []Range) ([]Range, error) {
	const remedy = "name at least one bucket, and a target directory without \".\", \"..\" and empty parts"
	if len(ranges) == 0 {
		return nil, problem("reading the ranges", "there is none", remedy)
	}
	clean := make([]Range, 0, len(ranges))
	for _, r := range ranges {
		r.Directory = strings.Trim(r.Directory, "/")
		if r.Bucket == "" {
			return nil, problem("reading the ranges", "one has no bucket", remedy)
		}
		if r.Directory != "" && !nameable(r.Directory) {
			return nil, problem("reading the ranges", fmt.Sprintf("%q cannot be a directory", r.Directory), remedy)
		}
		clean = append(clean, r)
	}
	return clean, nil
}

// holds reports whether the path is one that an object of the range would have.
func (r Range) holds(path string) bool {
	if !below(path, r.Directory) {
		return false
	}
	key := path
	if r.Directory != "" {
		key = path[len(r.Directory)+1:]
	}
	return r.selects(key)
}

// selects reports whether the key is in the range.
func (r Range) selects(key string) bool {
	return strings.HasPrefix(key, r.Prefix) && key > r.After && (r.Through == "" || key <= r.Through)
}
