package manifest

import (
	"fmt"
	"strings"
)

func checkOperations(c *checker, m Manifest, _ Setting) {
	if len(m.Operations) == 0 {
		c.refuse("operations", "missing", "write at least one operation with an exportBucket")
	}
	for i, o := range m.Operations {
		at := fmt.Sprintf("operations[%d]", i)
		c.require(at+".exportBucket", o.ExportBucket, "name the bucket to export")
		checkBucket(c, at+".exportBucket", o.ExportBucket)
		checkDirectory(c, at+".targetDirectory", o.TargetDirectory)
		checkRange(c, at, o)
	}
}

// checkBucket refuses what no bucket of any age can be named. Buckets in US East
// made before 2018 may have up to 255 bytes, capitals and underscores.
func checkBucket(c *checker, field, bucket string) {
	if bucket == "" {
		return
	}
	if strings.ContainsFunc(bucket, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_", r))
	}) || len(bucket) < 3 || len(bucket) > 255 {
		c.refuse(field, fmt.Sprintf("%q cannot be the name of a bucket", bucket),
			"write the bucket's name alone: 3 to 63 letters, digits, dots and hyphens")
	}
}

// checkDirectory keeps a directory on the device below the device's root.
func checkDirectory(c *checker, field, dir string) {
	if dir == "" {
		return
	}
	if strings.HasPrefix(dir, "/") {
		c.refuse(field, fmt.Sprintf("%q is absolute", dir), "leave the leading / out: it is relative to the root of the drive")
		return
	}
	for _, part := range strings.Split(strings.TrimSuffix(dir, "/"), "/") {
		switch {
		case part == "." || part == "..":
			c.refuse(field, fmt.Sprintf("%q has the part %q", dir, part), "write the directory without . and ..")
			return
		case part == "":
			c.refuse(field, fmt.Sprintf("%q has an empty part", dir), "write single slashes")
			return
		case len(part) > 255:
			c.refuse(field, "has a part of more than 255 bytes", "shorten it: ext4 takes no longer names")
			return
		}
	}
}

// checkRange warns of ranges that select nothing, which is no error to AWS.
func checkRange(c *checker, at string, o Operation) {
	switch {
	case o.EndMarker != "" && o.BeginMarker >= o.EndMarker:
		c.warn(at+".endMarker", "no key comes after beginMarker and up to endMarker",
			"exchange them; beginMarker itself is not exported, endMarker is")
	case o.EndMarker != "" && o.EndMarker < o.Prefix:
		c.warn(at+".endMarker", "comes before all keys with this prefix, so nothing is exported",
			"correct prefix or endMarker")
	case o.Prefix != "" && o.BeginMarker > o.Prefix && !strings.HasPrefix(o.BeginMarker, o.Prefix):
		c.warn(at+".beginMarker", "comes after all keys with this prefix, so nothing is exported",
			"correct prefix or beginMarker")
	}
}
