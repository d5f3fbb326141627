package auth

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

const (
	algorithm  = "AWS4-HMAC-SHA256"
	timeFormat = "20060102T150405Z"
)

// claim is a Signature Version 4 as a request carries it.
type claim struct {
	keyID     string
	scope     []string // date, region, service, "aws4_request"
	signed    []string // names of the signed headers, lower case
	signature string
	date      string // in timeFormat
	presigned bool
}

func claimOf(r *http.Request) (claim, *problem) {
	header := r.Header.Get("Authorization")
	query := r.URL.Query()
	switch {
	case strings.HasPrefix(header, algorithm):
		return claimOfHeader(r, strings.TrimPrefix(header, algorithm))
	case strings.HasPrefix(header, "AWS4-ECDSA-P256-SHA256"):
		return claim{}, &problem{unsupported, "Signature Version 4A is not supported here. Please use AWS4-HMAC-SHA256."}
	case header != "":
		return claim{}, &problem{unsupported, "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256."}
	case query.Get("X-Amz-Algorithm") != "":
		return claimOfQuery(query)
	}
	return claim{}, &problem{why: anonymous}
}

func claimOfHeader(r *http.Request, rest string) (claim, *problem) {
	fields := map[string]string{}
	for part := range strings.SplitSeq(rest, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[name] = value
	}
	for _, name := range []string{"Credential", "SignedHeaders", "Signature"} {
		if fields[name] == "" {
			return claim{}, &problem{malformed, "the " + name + " component is missing."}
		}
	}
	c, p := newClaim(fields["Credential"], fields["SignedHeaders"], fields["Signature"])
	if p != nil {
		return claim{}, p
	}
	return c.dated(dateOf(r.Header))
}

func claimOfQuery(query url.Values) (claim, *problem) {
	if query.Get("X-Amz-Algorithm") != algorithm {
		return claim{}, &problem{unsupported, "X-Amz-Algorithm only supports \"AWS4-HMAC-SHA256\""}
	}
	c, p := newClaim(query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Signature"))
	if p != nil {
		return claim{}, p
	}
	c.presigned = true
	return c.dated(query.Get("X-Amz-Date"))
}

func newClaim(credential, signed, signature string) (claim, *problem) {
	parts := strings.Split(credential, "/")
	if len(parts) < 5 {
		return claim{}, &problem{malformed, "the Credential is mal-formed; expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\"."}
	}
	scope := parts[len(parts)-4:]
	if scope[3] != "aws4_request" {
		return claim{}, &problem{malformed, "the Credential must end in \"aws4_request\"."}
	}
	c := claim{
		keyID:     strings.Join(parts[:len(parts)-4], "/"),
		scope:     scope,
		signed:    strings.Split(strings.ToLower(signed), ";"),
		signature: signature,
	}
	if !slices.Contains(c.signed, "host") {
		return claim{}, &problem{malformed, "SignedHeaders must contain \"host\"."}
	}
	return c, nil
}

// dated adds the time of signing, which must fit the scope's day.
func (c claim) dated(date string) (claim, *problem) {
	if _, err := time.Parse(timeFormat, date); err != nil {
		return claim{}, &problem{malformed, "a valid X-Amz-Date or Date is required."}
	}
	if !strings.HasPrefix(date, c.scope[0]+"T") {
		return claim{}, &problem{malformed, "Invalid credential date \"" + c.scope[0] + "\". This date is not the same as X-Amz-Date: \"" + date[:8] + "\"."}
	}
	c.date = date
	return c, nil
}

// dateOf returns the time of signing: X-Amz-Date, else Date in either of the
// forms that AWS takes.
func dateOf(h http.Header) string {
	if date := h.Get("X-Amz-Date"); date != "" {
		return date
	}
	date := h.Get("Date")
	if t, err := http.ParseTime(date); err == nil {
		return t.UTC().Format(timeFormat)
	}
	return date
}
