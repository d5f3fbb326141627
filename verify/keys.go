package verify

import (
	"regexp"
	"strings"
)

// KeyPattern means keys, written as s3://bucket/key or as key: * stands for any text
// without /, ** for any text, ? for one character that is no /.
type KeyPattern struct {
	expr    *regexp.Regexp
	buckets bool // buckets are meant too
}

// ParseKeys reads a pattern.
func ParseKeys(text string) (KeyPattern, error) {
	expr := strings.NewReplacer(`\*\*`, `.*`, `\*`, `[^/]*`, `\?`, `[^/]`).Replace(regexp.QuoteMeta(text))
	pattern, err := regexp.Compile(`(?s)^` + expr + `$`)
	return KeyPattern{expr: pattern, buckets: strings.HasPrefix(text, "s3://")}, err
}

// Match reports whether the key of the bucket is meant. Where the bucket is empty no
// pattern that names one is.
func (k KeyPattern) Match(bucket, key string) bool {
	if !k.buckets {
		return k.expr.MatchString(key)
	}
	return bucket != "" && k.expr.MatchString("s3://"+bucket+"/"+key)
}
