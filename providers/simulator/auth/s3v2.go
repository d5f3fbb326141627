package auth

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// checkS3V2 verifies the presigned query of Signature Version 2, which boto3 still
// makes when nobody asks it for version 4.
// Source: "Signing and authenticating REST requests" of the Amazon S3 User Guide
// (2013), section "Query string request authentication alternative".
func (k Keys) checkS3V2(r *http.Request, query url.Values) (*Grant, *Failure) {
	id, expires := query.Get("AWSAccessKeyId"), query.Get("Expires")
	if id == "" || expires == "" {
		return nil, &Failure{http.StatusForbidden, "AccessDenied",
			"Query-string authentication requires the Signature, Expires and AWSAccessKeyId parameters"}
	}
	secret, known := k[id]
	if !known {
		return nil, (&problem{why: unknownKey}).forS3()
	}
	h := hmac.New(sha1.New, []byte(secret))
	h.Write([]byte(strings.Join([]string{r.Method, r.Header.Get("Content-Md5"), r.Header.Get("Content-Type"), expires,
		amzHeaders(r.Header) + resource(r.URL, query)}, "\n")))
	claimed, err := base64.StdEncoding.DecodeString(query.Get("Signature"))
	if err != nil || !hmac.Equal(h.Sum(nil), claimed) {
		return nil, (&problem{why: mismatched}).forS3()
	}
	return &Grant{AccessKeyID: id, Payload: Unsigned}, nil
}

func amzHeaders(h http.Header) string {
	var lines []string
	for name, values := range h {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") {
			lines = append(lines, name+":"+strings.Join(values, ",")+"\n")
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "")
}

// resource returns the path as it was sent, with those parameters that choose what
// is addressed or how it is answered.
func resource(u *url.URL, query url.Values) string {
	counted := []string{
		"accelerate", "acl", "cors", "defaultObjectAcl", "delete", "lifecycle", "location", "logging", "notification", "partNumber",
		"policy", "replication", "requestPayment", "restore", "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning",
		"versions", "website", "response-cache-control", "response-content-disposition", "response-content-encoding",
		"response-content-language", "response-content-type", "response-expires",
	}
	slices.Sort(counted)
	var pairs []string
	for _, name := range counted {
		switch {
		case !query.Has(name):
		case query.Get(name) == "":
			pairs = append(pairs, name)
		default:
			pairs = append(pairs, name+"="+query.Get(name))
		}
	}
	if len(pairs) == 0 {
		return u.EscapedPath()
	}
	return u.EscapedPath() + "?" + strings.Join(pairs, "&")
}
