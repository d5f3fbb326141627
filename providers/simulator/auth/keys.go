package auth

import (
	"net/http"
	"net/url"
	"strings"
)

// Keys holds the known credentials: the access key id and its secret.
type Keys map[string]string

// Failure is a refusal as AWS words it. It is an error, so that the reader of a
// signed body can return it.
type Failure struct {
	Status  int    // HTTP status
	Code    string // AWS's error code
	Message string // AWS's text; holds no secret
}

// Error returns code and message.
func (f *Failure) Error() string { return f.Code + ": " + f.Message }

// Check verifies the signature of r over body, by Signature Version 4 for one of
// the service names, or by Version 2 when the parameters say so. Parameters of
// Version 2 are taken from the query and from a form body together, or from the body
// alone: clients that post to /?Operation=… sign what they post. The age of the
// signature is not checked and any region is accepted. Codes are those that are
// common to AWS's query services; repeats are safe.
func (k Keys) Check(r *http.Request, body []byte, services ...string) (string, *Failure) {
	if all, posted := formsOf(r, body); all.Get("Signature") != "" {
		id, failure := k.checkV2(r, all)
		if failure != nil && len(posted) < len(all) && posted.Get("Signature") != "" {
			return k.checkV2(r, posted)
		}
		return id, failure
	}
	c, p := claimOf(r)
	if p != nil {
		return "", p.forQuery()
	}
	payload := r.Header.Get("X-Amz-Content-Sha256")
	if hash := hexSHA256(body); payload == "" || isHash(payload) {
		if payload != "" && payload != hash {
			return "", (&problem{why: mismatched}).forQuery()
		}
		payload = hash
	}
	if _, p = k.verify(r, c, payload, services); p != nil {
		return "", p.forQuery()
	}
	return c.keyID, nil
}

// formsOf returns the parameters of query and form body together, and those of the
// body.
func formsOf(r *http.Request, body []byte) (all, posted url.Values) {
	all, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return nil, nil
	}
	if !strings.HasPrefix(r.Header.Get("Content-Type"), "application/x-www-form-urlencoded") {
		return all, nil
	}
	if posted, err = url.ParseQuery(string(body)); err != nil {
		return nil, nil
	}
	for name, values := range posted {
		all[name] = append(all[name], values...)
	}
	return all, posted
}
