package auth

import (
	"errors"
	"io"
	"net/http"
	"strings"
)

// chain holds the signature that the next chunk's signature builds on.
type chain struct {
	key         []byte
	date, scope string
	last        string
}

// next checks the next signature of the chain: kind is the first line of the
// string to sign, tail what this kind adds to it.
func (c *chain) next(kind, tail, claimed string) error {
	text := strings.Join([]string{kind, c.date, c.scope, c.last, tail}, "\n")
	if !equalHex(mac(c.key, text), claimed) {
		return (&problem{why: mismatched}).forS3()
	}
	c.last = claimed
	return nil
}

func emptyHash() string { return hexSHA256(nil) }

// broken turns a read error into S3's words; other errors than an early end stay.
func broken(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return incomplete("the body ends early")
	}
	return err
}

func incomplete(detail string) *Failure {
	return &Failure{http.StatusBadRequest, "IncompleteBody",
		"You did not provide the number of bytes specified by the Content-Length HTTP header: " + detail + "."}
}

func malformedTrailer() *Failure {
	return &Failure{http.StatusBadRequest, "MalformedTrailerError",
		"The request contained trailing data that was not well-formed or did not conform to our published schema."}
}
