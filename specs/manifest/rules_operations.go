package manifest

import (
	"fmt"
	"strings"

	"github.com/cargomedia/s3export/specs/wording"
)

// maxKey is the longest key of an S3 object, in bytes.
const maxKey = 1024

func checkOperations(c *checker, m Manifest, _ Setting) {
	if len(m.Operations) == 0 {
		c.refuse("operations", "missing", "write at least one operation with an exportBucket")
	}
	for i, o := range m.Operations {
		at := operationAt(i)
		c.require(at+".exportBucket", o.ExportBucket, "name the bucket to export")
		checkBucket(c, at+".exportBucket", o.ExportBucket)
		checkKeys(c, at, o)
		checkRange(c, at, o)
		if o.TargetDirectory != root {
			checkDirectory(c, at+".targetDirectory", o.TargetDirectory)
		}
	}
}

func operationAt(i int) string { return fmt.Sprintf("operations[%d]", i) }

// root is the targetDirectory that puts keys at the root of the drive. Manifests of
// AWS's users have it, and the service took it.
const root = "/"

// checkBucket refuses what no bucket of any age can be named. Buckets in US East
// made before 2018 may have up to 255 bytes, capitals and underscores.
func checkBucket(c *checker, field, bucket string) {
	if bucket == "" {
		return
	}
	if strings.ContainsFunc(bucket, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune(".-_", r))
	}) || len(bucket) < 3 || len(bucket) > 255 {
		c.refuse(field, wording.Quote(bucket)+" cannot be the name of a bucket",
			"write the bucket's name alone: 3 to 63 letters, digits, dots and hyphens")
	}
}

// checkDirectory keeps a directory on the device below the device's root.
func checkDirectory(c *checker, field, dir string) {
	if dir == "" {
		return
	}
	if strings.HasPrefix(dir, "/") {
		c.refuse(field, wording.Quote(dir)+" is absolute", "leave the leading / out: it is relative to the root of the drive")
		return
	}
	for part := range strings.SplitSeq(strings.TrimSuffix(dir, "/"), "/") {
		switch {
		case part == "." || part == "..":
			c.refuse(field, fmt.Sprintf("%s has the part %q", wording.Quote(dir), part), "write the directory without . and ..; / alone is the root of the drive")
			return
		case part == "":
			c.refuse(field, wording.Quote(dir)+" has an empty part", "write single slashes")
			return
		case len(part) > 255:
			c.refuse(field, "has a part of more than 255 bytes", "shorten it: ext4 takes no longer names")
			return
		}
	}
}

// checkKeys warns of prefixes and markers that no key can have, or hardly any has.
func checkKeys(c *checker, at string, o Operation) {
	for _, k := range []struct{ name, text string }{
		{"prefix", o.Prefix}, {"beginMarker", o.BeginMarker}, {"endMarker", o.EndMarker},
	} {
		switch {
		case len(k.text) > maxKey:
			c.warn(at+"."+k.name, fmt.Sprintf("has %d bytes, a key has at most %d", len(k.text), maxKey), "correct it")
		case strings.HasPrefix(k.text, "/"):
			c.warn(at+"."+k.name, "begins with a slash, which keys seldom do", "leave the slash out, unless the keys really begin with one")
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
