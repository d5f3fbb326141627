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
	sum   []byte
	parts int // 0: a single upload
	ok    bool
}

// partsMost is how many parts an upload can have (S3 User Guide, multipart upload limits).
const partsMost = 10_000

func parseETag(text string) etag {
	digits, count, multipart := strings.Cut(text, "-")
	if len(digits) != 32 {
		return etag{text: text}
	}
	sum, err := hex.DecodeString(digits)
	if err != nil {
		return etag{text: text}
	}
	if !multipart {
		return etag{text: text, sum: sum, ok: true}
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > partsMost || strconv.Itoa(n) != count {
		return etag{text: text}
	}
	return etag{text: text, sum: sum, parts: n, ok: true}
}
