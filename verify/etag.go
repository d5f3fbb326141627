package verify

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// etag is an ETag by its form (S3 API reference, Object): 32 hex digits, or with
// the number of parts behind a dash. Anything else says nothing about content.
type etag struct {
	text  string
	parts int // 0: a single upload
	ok    bool
}

func parseETag(text string) etag {
	digits, count, multipart := strings.Cut(text, "-")
	if len(digits) != 32 {
		return etag{text: text}
	}
	if _, err := hex.DecodeString(digits); err != nil {
		return etag{text: text}
	}
	if !multipart {
		return etag{text: text, ok: true}
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || strconv.Itoa(n) != count {
		return etag{text: text}
	}
	return etag{text: text, parts: n, ok: true}
}

func (e etag) method() Method {
	if e.parts > 0 {
		return ByMultipartMD5
	}
	return ByMD5
}
