package auth

import (
	"io"
	"net/http"
	"slices"
	"strings"
)

// The values of x-amz-content-sha256 that are not the hash of the body.
// Source: "Signature Calculations for the Authorization Header" of the Amazon S3
// API Reference.
const (
	Unsigned              = "UNSIGNED-PAYLOAD"
	StreamSigned          = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	StreamSignedTrailer   = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER"
	StreamUnsignedTrailer = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
)

// Grant is what an accepted S3 request may do with its body.
type Grant struct {
	AccessKeyID string
	// Payload is what the client declared about the body: its SHA-256 in hex, or
	// one of the constants of this package. Who reads the body holds it to that.
	Payload string

	key   []byte
	claim claim
}

// Streaming reports whether the body is in aws-chunked encoding.
func (g *Grant) Streaming() bool { return strings.HasPrefix(g.Payload, "STREAMING-") }

// Hash returns the declared SHA-256 of the body in hex, "" when there is none.
func (g *Grant) Hash() string {
	if isHash(g.Payload) {
		return strings.ToLower(g.Payload)
	}
	return ""
}

// Body decodes the aws-chunked body of a request with a Streaming payload.
func (g *Grant) Body(body io.Reader) *ChunkedReader {
	c := &ChunkedReader{in: newLineReader(body), trailing: strings.HasSuffix(g.Payload, "-TRAILER")}
	if strings.HasPrefix(g.Payload, StreamSigned) {
		c.chain = &chain{key: g.key, date: g.claim.date, scope: strings.Join(g.claim.scope, "/"), last: g.claim.signature}
	}
	return c
}

// CheckS3 verifies the signature of an S3 request from its headers and its query,
// with the hash of the body as the client declared it. The body is not read. A
// presigned query may be of Signature Version 2 as well.
// Age and region are not checked; repeats are safe.
func (k Keys) CheckS3(r *http.Request) (*Grant, *Failure) {
	if query := r.URL.Query(); query.Has("Signature") && r.Header.Get("Authorization") == "" {
		return k.checkS3V2(r, query)
	}
	c, p := claimOf(r)
	if p != nil {
		return nil, p.forS3()
	}
	payload := r.Header.Get("X-Amz-Content-Sha256")
	if payload == "" && c.presigned {
		payload = r.URL.Query().Get("X-Amz-Content-Sha256")
		if payload == "" {
			payload = Unsigned
		}
	}
	if f := checkPayload(payload); f != nil {
		return nil, f
	}
	key, p := k.verify(r, c, payload, []string{"s3"})
	if p == nil {
		p = headersSigned(r, c)
	}
	if p != nil {
		return nil, p.forS3()
	}
	return &Grant{AccessKeyID: c.keyID, Payload: payload, key: key, claim: c}, nil
}

func checkPayload(payload string) *Failure {
	switch {
	case payload == "":
		return &Failure{http.StatusBadRequest, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256"}
	case strings.HasPrefix(payload, "STREAMING-AWS4-ECDSA-P256-SHA256-PAYLOAD"):
		return &Failure{http.StatusNotImplemented, "NotImplemented", "Signature Version 4A is not supported here."}
	case isHash(payload), payload == Unsigned, payload == StreamSigned, payload == StreamSignedTrailer, payload == StreamUnsignedTrailer:
		return nil
	}
	return &Failure{http.StatusBadRequest, "InvalidArgument", "x-amz-content-sha256 must be " + Unsigned + ", " + StreamUnsignedTrailer +
		", " + StreamSigned + ", " + StreamSignedTrailer + " or a valid sha256 value."}
}

// headersSigned holds S3's rule that every x-amz- header must be signed.
func headersSigned(r *http.Request, c claim) *problem {
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && name != "x-amz-content-sha256" && !slices.Contains(c.signed, name) {
			return &problem{notSigned, "There were headers present in the request which were not signed"}
		}
	}
	return nil
}
