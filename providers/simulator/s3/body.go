package s3

import (
	"bytes"
	"crypto/md5"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"hash"
	"io"
	"net/http"
	"strconv"

	"github.com/cargomedia/s3export/providers/simulator/auth"
)

const (
	maxPut      = 5 << 30 // bytes of one request
	maxDocument = 4 << 20 // bytes of an XML request: 10,000 parts with their checksums fit
)

// body is a request's decoded body. All that the client declared about it is
// checked before its end is reported, so who reads to io.EOF has what was sent.
type body struct {
	in      io.Reader
	chunked *auth.ChunkedReader // nil when it is not aws-chunked
	size    int64               // declared
	read    int64
	sha256  hash.Hash
	md5     hash.Hash
	wantMD5 []byte
	wantSHA string
	sum     *declared // checksum; nil for none
}

// body returns the body with the checksum that the headers declare for it.
func (x *exchange) body() (*body, error) {
	b, err := x.plainBody()
	if err != nil {
		return nil, err
	}
	b.sum, err = declaredChecksum(x.r.Header)
	return b, err
}

// plainBody leaves checksum headers to the caller: those of some requests are
// about an object, not about the body.
func (x *exchange) plainBody() (*body, error) {
	b := &body{in: x.r.Body, size: x.r.ContentLength, wantSHA: x.grant.Hash()}
	if x.grant.Streaming() {
		size, err := strconv.ParseInt(x.r.Header.Get("X-Amz-Decoded-Content-Length"), 10, 64)
		if err != nil || size < 0 {
			return nil, missingLength()
		}
		b.chunked = x.grant.Body(x.r.Body)
		b.in, b.size = b.chunked, size
	}
	switch {
	case b.size < 0:
		return nil, missingLength()
	case b.size > maxPut:
		return nil, newError(http.StatusBadRequest, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size").
			with("ProposedSize", strconv.FormatInt(b.size, 10)).with("MaxSizeAllowed", strconv.Itoa(maxPut))
	}
	if b.wantSHA != "" {
		b.sha256 = sha256.New()
	}
	return b, b.expectMD5(x.r.Header.Get("Content-Md5"))
}

func missingLength() *refusal {
	return newError(http.StatusLengthRequired, "MissingContentLength", "You must provide the Content-Length HTTP header.")
}

func (b *body) expectMD5(header string) error {
	if header == "" {
		return nil
	}
	var err error
	if b.wantMD5, err = base64.StdEncoding.DecodeString(header); err != nil || len(b.wantMD5) != md5.Size {
		return newError(http.StatusBadRequest, "InvalidDigest", "The Content-MD5 you specified was invalid.").with("Content-MD5", header)
	}
	b.md5 = md5.New()
	return nil
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (int, error) {
	n, err := b.in.Read(p)
	b.read += int64(n)
	for _, h := range []hash.Hash{b.sha256, b.md5, b.sum.hash()} {
		if h != nil {
			h.Write(p[:n])
		}
	}
	switch {
	case b.read > b.size:
		return n, incomplete()
	case errors.Is(err, io.ErrUnexpectedEOF):
		return n, incomplete()
	case err == io.EOF:
		if err := b.check(); err != nil {
			return n, err
		}
	}
	return n, err
}

func incomplete() *refusal {
	return newError(http.StatusBadRequest, "IncompleteBody", "You did not provide the number of bytes specified by the Content-Length HTTP header")
}

func (b *body) check() error {
	if b.read != b.size {
		return incomplete()
	}
	if b.sha256 != nil {
		if got := hex.EncodeToString(b.sha256.Sum(nil)); got != b.wantSHA {
			return newError(http.StatusBadRequest, "XAmzContentSHA256Mismatch",
				"The provided 'x-amz-content-sha256' header does not match what was computed.").
				with("ClientComputedContentSHA256", b.wantSHA).with("S3ComputedContentSHA256", got)
		}
	}
	if b.md5 != nil {
		if got := b.md5.Sum(nil); !bytes.Equal(got, b.wantMD5) {
			return newError(http.StatusBadRequest, "BadDigest", "The Content-MD5 you specified did not match what we received.").
				with("ExpectedDigest", hex.EncodeToString(b.wantMD5)).with("CalculatedDigest", base64.StdEncoding.EncodeToString(got))
		}
	}
	var trailer http.Header
	if b.chunked != nil {
		trailer = b.chunked.Trailer()
	}
	return b.sum.check(trailer)
}

// document reads the body as XML into v.
func (b *body) document(v any) error {
	if b.size > maxDocument {
		return newError(http.StatusBadRequest, "MaxMessageLengthExceeded", "Your request was too big.")
	}
	text, err := io.ReadAll(b)
	if err != nil {
		return err
	}
	if err := xml.Unmarshal(text, v); err != nil {
		return malformedXML()
	}
	return nil
}
