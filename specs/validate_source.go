package specs

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	maxKey       = 1024 // bytes of the key of an S3 object
	maxComponent = 255  // bytes of a name in ext4
)

// reserved are the names at the root of a drive that are not for copies: ours, that of
// the file system, and those that a service leaves there.
func reserved() []string {
	return []string{".s3export", "lost+found", "SIGNATURE", "EXPORT-RECOVERY"}
}

func checkRanges(r *resolver, b Backup) {
	source := b.Spec.Source
	switch p := b.Spec.Provider; {
	case p.ImportExport != nil:
		return
	case source == nil && p.Pull != nil:
		r.problem("spec.source", "missing", "write what is copied, such as source: {ranges: [{bucket: photos}]}")
		return
	case source == nil:
		return
	case len(source.Ranges) == 0:
		r.problem("spec.source.ranges", "missing", "write at least one range with a bucket, such as {bucket: photos}")
		return
	}
	ranges := withBucketDirectories(source.Ranges)
	for i, g := range ranges {
		at := rangeAt(i)
		checkBucket(r, at+".bucket", g.Bucket)
		checkKeys(r, at, g)
		if problem, remedy := directoryProblem(g.Directory); problem != "" {
			r.problem(at+".directory", problem, remedy)
		}
		checkApart(r, ranges, i)
	}
}

func rangeAt(i int) string { return fmt.Sprintf("spec.source.ranges[%d]", i) }

// checkBucket takes the names of S3 and those that servers like it allow: capitals and
// underscores too.
func checkBucket(r *resolver, field, bucket string) {
	switch {
	case bucket == "":
		r.problem(field, "missing", "name the bucket to copy")
	case !regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$`).MatchString(bucket):
		r.problem(field, quote(bucket)+" cannot be the name of a bucket",
			"write the bucket's name alone: 3 to 63 letters, digits, dots and hyphens")
	}
}

// checkKeys refuses keys that cannot be, and ranges without any.
func checkKeys(r *resolver, at string, g Range) {
	for _, k := range []struct{ name, text string }{{"prefix", g.Prefix}, {"after", g.After}, {"through", g.Through}} {
		if len(k.text) > maxKey {
			r.problem(at+"."+k.name, fmt.Sprintf("has %d bytes, a key has at most %d", len(k.text), maxKey), "shorten it")
		}
	}
	switch {
	case g.Through != "" && g.After >= g.Through:
		r.problem(at+".through", "no key comes after "+quote(g.After)+" and up to "+quote(g.Through),
			"exchange them; after itself is not in the range, through is")
	case g.Through != "" && g.Through < g.Prefix:
		r.warn(at+".through", "comes before all keys with this prefix, so nothing is copied", "correct prefix or through")
	case g.After > g.Prefix && !strings.HasPrefix(g.After, g.Prefix):
		r.warn(at+".after", "comes after all keys with this prefix, so nothing is copied", "correct prefix or after")
	}
}

// directoryProblem says why files cannot be in a directory of the drive; empty when
// they can, and for no directory, which is the fault of the bucket's name.
func directoryProblem(dir string) (problem, remedy string) {
	first, _, _ := strings.Cut(dir, "/")
	switch {
	case dir == "":
		return "", ""
	case !utf8.ValidString(dir) || strings.ContainsFunc(dir, unicode.IsControl):
		return quote(dir) + " has characters that cannot be seen", "write a name that can be read"
	case strings.HasPrefix(dir, "/"):
		return quote(dir) + " begins with a slash", "write a directory below the root of the drive, such as photos/2026"
	case strings.HasSuffix(dir, "/"):
		return quote(dir) + " ends in a slash", "write " + quote(strings.TrimRight(dir, "/"))
	case slices.Contains(reserved(), first):
		return quote(first) + " is taken: it has a meaning of its own on a drive", "write another directory"
	}
	for part := range strings.SplitSeq(dir, "/") {
		switch {
		case part == "":
			return quote(dir) + " has an empty part", "write single slashes"
		case part == "." || part == "..":
			return fmt.Sprintf("%s has the part %q", quote(dir), part), "write the directory without . and .."
		case len(part) > maxComponent:
			return "has a part of more than 255 bytes", "shorten it: ext4 takes no longer names"
		}
	}
	return "", ""
}

// checkApart compares a range with those before it: a file must be of one object, and
// an object one file. Ranges of one bucket may share a directory, because their keys
// are different names in it.
func checkApart(r *resolver, ranges []Range, i int) {
	g := ranges[i]
	if g.Bucket == "" {
		return
	}
	for j, earlier := range ranges[:i] {
		same := g.Directory == earlier.Directory
		switch {
		case g == earlier:
			r.problem(rangeAt(i), "is ranges["+fmt.Sprint(j)+"] again", "keep one of them")
			return
		case g.Bucket == earlier.Bucket && same, !isWithin(g.Directory, earlier.Directory) && !isWithin(earlier.Directory, g.Directory):
			continue
		case g.Bucket == earlier.Bucket:
			r.problem(rangeAt(i)+".directory", fmt.Sprintf("%s and that of ranges[%d] are one inside the other", quote(g.Directory), j),
				"give both ranges the same directory, or each one that is outside the other")
			return
		default:
			r.problem(rangeAt(i)+".directory", fmt.Sprintf("%s is also, or is inside or around, the directory of another bucket in ranges[%d]", quote(g.Directory), j),
				"give each bucket a directory of its own that is not inside another's")
			return
		}
	}
}

func isWithin(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }
