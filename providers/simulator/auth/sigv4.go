package auth

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// verify checks a claim against the request. It returns the signing key, which
// the chunks of a streamed body are signed with too.
// Source: "Create a signed AWS API request" of the AWS IAM User Guide.
func (k Keys) verify(r *http.Request, c claim, payload string, services []string) ([]byte, *problem) {
	secret, known := k[c.keyID]
	if !known {
		return nil, &problem{why: unknownKey}
	}
	if !slices.Contains(services, c.scope[2]) {
		return nil, &problem{wrongService, "Credential should be scoped to correct service: '" + strings.Join(services, "' or '") + "'."}
	}
	key := signingKey(secret, c.scope)
	text := strings.Join([]string{algorithm, c.date, strings.Join(c.scope, "/"), hexSHA256([]byte(canonical(r, c, payload)))}, "\n")
	if !equalHex(mac(key, text), c.signature) {
		return nil, &problem{why: mismatched}
	}
	return key, nil
}

func signingKey(secret string, scope []string) []byte {
	key := []byte("AWS4" + secret)
	for _, part := range scope {
		key = mac(key, part)
	}
	return key
}

// canonical returns the canonical request.
func canonical(r *http.Request, c claim, payload string) string {
	path := escape(r.URL.Path, true)
	if c.scope[2] != "s3" {
		path = escape(path, true) // all services but S3 encode twice
	}
	if path == "" {
		path = "/"
	}
	lines := []string{r.Method, path, canonicalQuery(r.URL.RawQuery)}
	for _, name := range c.signed {
		lines = append(lines, name+":"+headerValue(r, name))
	}
	lines = append(lines, "", strings.Join(c.signed, ";"), payload)
	return strings.Join(lines, "\n")
}

// canonicalQuery sorts the parameters by their encoded names, then values. It
// does not use url.ParseQuery, which refuses semicolons that AWS takes as text.
func canonicalQuery(raw string) string {
	var pairs []string
	for part := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(part, "=")
		if part == "" || name == "X-Amz-Signature" {
			continue
		}
		pairs = append(pairs, reescape(name)+"="+reescape(value))
	}
	slices.SortFunc(pairs, func(a, b string) int {
		aName, aValue, _ := strings.Cut(a, "=")
		bName, bValue, _ := strings.Cut(b, "=")
		if n := strings.Compare(aName, bName); n != 0 {
			return n
		}
		return strings.Compare(aValue, bValue)
	})
	return strings.Join(pairs, "&")
}

func reescape(s string) string {
	plain, err := url.QueryUnescape(s)
	if err != nil {
		plain = s
	}
	return escape(plain, false)
}

// headerValue returns the value that a signed header has in the canonical
// request. The server takes some headers out of the map, so they come from the
// request's fields.
func headerValue(r *http.Request, name string) string {
	values := r.Header.Values(name)
	switch {
	case name == "host":
		values = []string{r.Host}
	case name == "content-length" && len(values) == 0:
		values = []string{strconv.FormatInt(r.ContentLength, 10)}
	case name == "transfer-encoding" && len(values) == 0:
		values = r.TransferEncoding
	}
	trimmed := make([]string, len(values))
	for i, v := range values {
		trimmed[i] = strings.Join(strings.FieldsFunc(v, func(c rune) bool { return c == ' ' || c == '\t' }), " ")
	}
	return strings.Join(trimmed, ",")
}

// escape percent-encodes as AWS does: everything but RFC 3986's unreserved
// characters, and a slash where it separates.
func escape(s string, keepSlash bool) string {
	const digits = "0123456789ABCDEF"
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		switch {
		case 'A' <= c && c <= 'Z', 'a' <= c && c <= 'z', '0' <= c && c <= '9',
			c == '-', c == '_', c == '.', c == '~', c == '/' && keepSlash:
			b.WriteByte(c)
		default:
			b.Write([]byte{'%', digits[c>>4], digits[c&15]})
		}
	}
	return b.String()
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

func hexSHA256(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

func isHash(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == sha256.Size
}

func equalHex(sum []byte, claimed string) bool {
	return hmac.Equal([]byte(hex.EncodeToString(sum)), []byte(claimed))
}
