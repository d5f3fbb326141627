package s3

import (
	"encoding/base64"
	"hash"
	"net/http"
	"strings"

	"github.com/cargomedia/s3export/providers/simulator/store"
)

// declared is a checksum that the client sends with a body, in a header or in a
// trailer. A nil one declares nothing.
type declared struct {
	algorithm string
	value     string // "" until the trailer is read
	h         hash.Hash
}

func checksumHeader(algorithm string) string { return "x-amz-checksum-" + strings.ToLower(algorithm) }

// declaredChecksum finds the one checksum that a request may declare.
// Source: "Checking object integrity for data uploads" of the Amazon S3 User Guide.
func declaredChecksum(h http.Header) (*declared, error) {
	if err := supported(h); err != nil {
		return nil, err
	}
	var found []*declared
	for _, algorithm := range store.Algorithms() {
		name := checksumHeader(algorithm)
		value := h.Get(name)
		if value == "" && !strings.EqualFold(strings.TrimSpace(h.Get("X-Amz-Trailer")), name) {
			continue
		}
		d := &declared{algorithm: algorithm, value: value, h: store.NewHash(algorithm)}
		if value != "" && !d.wellFormed() {
			return nil, invalid("Value for " + name + " header is invalid.")
		}
		found = append(found, d)
	}
	named := h.Get("X-Amz-Sdk-Checksum-Algorithm")
	switch {
	case len(found) > 1:
		return nil, invalid("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	case len(found) == 1 && named != "" && !strings.EqualFold(named, found[0].algorithm):
		return nil, invalid("Value for x-amz-sdk-checksum-algorithm header is invalid.")
	case len(found) == 1:
		return found[0], nil
	case h.Get("X-Amz-Trailer") != "":
		return nil, invalid("The value specified in the x-amz-trailer header is not supported")
	case named != "":
		return nil, invalid("x-amz-sdk-checksum-algorithm specified, but no corresponding x-amz-checksum-* or x-amz-trailer headers were found.")
	}
	return nil, nil
}

// supported refuses the algorithms of S3 that are not taken here, by name: a client
// that declares one believes that it was checked.
func supported(h http.Header) error {
	for _, algorithm := range store.UnsupportedAlgorithms() {
		name := checksumHeader(algorithm)
		named := strings.EqualFold(h.Get("X-Amz-Sdk-Checksum-Algorithm"), algorithm) ||
			strings.EqualFold(h.Get("X-Amz-Checksum-Algorithm"), algorithm) ||
			strings.EqualFold(strings.TrimSpace(h.Get("X-Amz-Trailer")), name)
		if named || h.Get(name) != "" {
			return newError(http.StatusNotImplemented, "NotImplemented",
				"A header you provided implies functionality that is not implemented").with("Header", name)
		}
	}
	return nil
}

func (d *declared) wellFormed() bool { return isSum(d.algorithm, d.value) }

// isSum reports whether a value has the form of a checksum.
func isSum(algorithm, value string) bool {
	raw, err := base64.StdEncoding.DecodeString(value)
	return err == nil && len(raw) == store.NewHash(algorithm).Size()
}

func (d *declared) hash() hash.Hash {
	if d == nil {
		return nil
	}
	return d.h
}

// check compares after the body was read.
func (d *declared) check(trailer http.Header) error {
	if d == nil {
		return nil
	}
	name := checksumHeader(d.algorithm)
	if d.value == "" {
		if d.value = trailer.Get(name); d.value == "" {
			return newError(http.StatusBadRequest, "MalformedTrailerError",
				"The request contained trailing data that was not well-formed or did not conform to our published schema.")
		}
		if !d.wellFormed() {
			return invalid("Value for " + name + " trailing header is invalid.")
		}
	}
	if base64.StdEncoding.EncodeToString(d.h.Sum(nil)) != d.value {
		return newError(http.StatusBadRequest, "BadDigest", "The "+d.algorithm+" you specified did not match the calculated checksum.")
	}
	return nil
}

// kept returns what the store keeps of it; valid after check.
func (d *declared) kept() store.Checksum {
	if d == nil {
		return store.Checksum{}
	}
	return store.Checksum{Algorithm: d.algorithm, Value: d.value, Type: store.FullObject}
}

// computed returns the checksum of what went through the hash, when nobody
// declared one.
func (d *declared) computed() store.Checksum {
	d.value = base64.StdEncoding.EncodeToString(d.h.Sum(nil))
	return d.kept()
}

// setChecksum writes the headers of a checksum, if there is one.
func (x *exchange) setChecksum(c store.Checksum) {
	if c.Value == "" {
		return
	}
	x.set(checksumHeader(c.Algorithm), c.Value)
	x.set("x-amz-checksum-type", string(c.Type))
}

func (d *document) checksum(c store.Checksum) {
	if c.Value == "" {
		return
	}
	d.text("Checksum"+c.Algorithm, c.Value)
	d.textIf("ChecksumType", string(c.Type))
}
