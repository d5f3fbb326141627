package s3

import (
	"net/http"
	"strings"
	"time"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// precondition compares the conditional headers of a read with the object, in the
// order of RFC 9110 section 13.2.2, which S3 documents for its pairs.
func (x *exchange) precondition(o store.Object) error {
	name, modified := failing(x.r.Header, "", o)
	switch {
	case name == "":
		return nil
	case modified:
		return &refusal{status: http.StatusNotModified, code: "NotModified"}
	}
	return preconditionFailed(name)
}

// sourcePrecondition does the same for the source of a copy, where all that fails
// is a precondition.
func (x *exchange) sourcePrecondition(o store.Object) error {
	if name, _ := failing(x.r.Header, "x-amz-copy-source-", o); name != "" {
		return preconditionFailed(name)
	}
	return nil
}

// failing returns the header whose condition does not hold, and whether it is one
// that only asks for news.
func failing(h http.Header, prefix string, o store.Object) (name string, notModified bool) {
	match, none := h.Get(prefix+"If-Match"), h.Get(prefix+"If-None-Match")
	since, sinceGiven := timeOf(h.Get(prefix + "If-Modified-Since"))
	until, untilGiven := timeOf(h.Get(prefix + "If-Unmodified-Since"))
	switch {
	case match != "" && !matches(match, o.ETag):
		return prefix + "If-Match", false
	case match == "" && untilGiven && o.LastModified.After(until):
		return prefix + "If-Unmodified-Since", false
	case none != "" && matches(none, o.ETag):
		return prefix + "If-None-Match", true
	case none == "" && sinceGiven && !o.LastModified.After(since):
		return prefix + "If-Modified-Since", true
	}
	return "", false
}

// matches reports whether an ETag is in a list of them. S3 takes them without
// quotes too.
func matches(list, etag string) bool {
	for part := range strings.SplitSeq(list, ",") {
		part = strings.TrimPrefix(strings.TrimSpace(part), "W/")
		if part == "*" || unquoted(part) == etag {
			return true
		}
	}
	return false
}

func unquoted(etag string) string { return strings.Trim(strings.TrimSpace(etag), `"`) }

func timeOf(header string) (time.Time, bool) {
	t, err := http.ParseTime(header)
	return t, err == nil
}

// writeConditions reads the conditions of a write.
func (x *exchange) writeConditions(o *store.PutOptions) error {
	match, none := x.r.Header.Get("If-Match"), x.r.Header.Get("If-None-Match")
	switch {
	case match != "" && none != "":
		return x.notImplemented("If-Match and If-None-Match")
	case none != "" && none != "*":
		return x.notImplemented("If-None-Match")
	}
	o.IfAbsent = none != ""
	o.IfMatch = unquoted(match)
	return nil
}
