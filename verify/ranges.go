package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/cargomedia/s3export/verify/keyname"
)

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
		if r.Naming != ranges[0].Naming || r.Naming != AsServiceNames && r.Naming != Encoded {
			return nil, problem("reading the ranges", fmt.Sprintf("the naming %q is unknown, or not that of all ranges", r.Naming), "name all ranges in one way that this version knows")
		}
		clean = append(clean, r)
	}
	return clean, apart(clean)
}

// apart refuses encoded ranges of which one could take the paths of another: a path must
// lead to one key.
func apart(ranges []Range) error {
	if namingOf(ranges) != Encoded {
		return nil
	}
	var dirs []string
	for _, group := range byDirectory(ranges) {
		dirs = append(dirs, group[0].Directory)
	}
	slices.SortFunc(dirs, func(a, b string) int { return strings.Compare(a+"/", b+"/") })
	for i, dir := range dirs {
		if within(dir, ".s3export") || within(dir, "lost+found") {
			return problem("reading the ranges", fmt.Sprintf("%q is not for objects", dir), "name another directory")
		}
		if i > 0 && within(dir, dirs[i-1]) || dir == "" && len(dirs) > 1 {
			return problem("reading the ranges", fmt.Sprintf("the directory %q would hold the objects of two buckets or ranges", dir),
				"give each bucket a directory that is neither that of another nor above or below it")
		}
	}
	return nil
}

// namingOf returns how the files of clean ranges are named: all of them alike.
func namingOf(ranges []Range) Naming { return ranges[0].Naming }

// byDirectory returns the ranges in groups that share a bucket and a directory.
func byDirectory(ranges []Range) [][]Range {
	type place struct{ bucket, directory string }
	at := map[place]int{}
	var groups [][]Range
	for _, r := range ranges {
		key := place{r.Bucket, r.Directory}
		i, ok := at[key]
		if !ok {
			i = len(groups)
			at[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], r)
	}
	return groups
}

// holds reports whether the path is one that an object of the range would have. Of a
// name that is a digest nobody knows; it may be one.
func (r Range) holds(path string) bool {
	if !below(path, r.Directory) {
		return false
	}
	key := path
	if r.Directory != "" {
		key = path[len(r.Directory)+1:]
	}
	if r.Naming != Encoded {
		return r.selects(key)
	}
	if begin, ok := keyname.Hashed(key); ok {
		return strings.HasPrefix(begin, r.Prefix) || strings.HasPrefix(r.Prefix, begin)
	}
	key, ok := keyname.Decode(key)
	return ok && r.selects(key)
}

// selects reports whether the key is in the range.
func (r Range) selects(key string) bool {
	return strings.HasPrefix(key, r.Prefix) && key > r.After && (r.Through == "" || key <= r.Through)
}
