package auth

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"hash"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// checkV2 verifies Signature Version 2 over the parameters of the query and the
// form body. Source: "Signature Version 2" of the AWS General Reference (2013).
func (k Keys) checkV2(r *http.Request, form url.Values) (string, *Failure) {
	id := form.Get("AWSAccessKeyId")
	if id == "" || form.Get("SignatureVersion") != "2" {
		p := &problem{malformed, "Signature Version 2 needs AWSAccessKeyId and SignatureVersion=2."}
		return "", p.forQuery()
	}
	if form.Get("Timestamp") == "" && form.Get("Expires") == "" {
		p := &problem{malformed, "Signature Version 2 needs Timestamp or Expires."}
		return "", p.forQuery()
	}
	secret, known := k[id]
	if !known {
		return "", (&problem{why: unknownKey}).forQuery()
	}
	var method func() hash.Hash
	switch form.Get("SignatureMethod") {
	case "HmacSHA256":
		method = sha256.New
	case "HmacSHA1":
		method = sha1.New
	default:
		p := &problem{malformed, "SignatureMethod must be HmacSHA256 or HmacSHA1."}
		return "", p.forQuery()
	}
	h := hmac.New(method, []byte(secret))
	h.Write([]byte(stringToSignV2(r, form)))
	claimed, err := base64.StdEncoding.DecodeString(form.Get("Signature"))
	if err != nil || !hmac.Equal(h.Sum(nil), claimed) {
		return "", (&problem{why: mismatched}).forQuery()
	}
	return id, nil
}

func stringToSignV2(r *http.Request, form url.Values) string {
	path := r.URL.EscapedPath()
	if path == "" {
		path = "/"
	}
	var names []string
	for name := range form {
		if name != "Signature" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	var pairs []string
	for _, name := range names {
		for _, value := range form[name] {
			pairs = append(pairs, escape(name, false)+"="+escape(value, false))
		}
	}
	return strings.Join([]string{r.Method, strings.ToLower(r.Host), path, strings.Join(pairs, "&")}, "\n")
}
