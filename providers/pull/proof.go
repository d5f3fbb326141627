package pull

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"github.com/cargomedia/s3export/providers/s3"
	"github.com/cargomedia/s3export/verify/digest"
)

// The proofs by ETag, as Copied.Proven names them.
const (
	byMD5          = "MD5"
	byMultipartMD5 = "MULTIPART-MD5"
)

const maxParts = 10_000 // of a multipart upload

// etag is an ETag by its form: 32 hex digits, or with the number of parts behind a dash.
type etag struct {
	sum    []byte
	parts  int  // 0: a single upload
	usable bool // is made of MD5s
}

// parseETag reads an ETag. What is encrypted with a key of KMS or of the customer has
// one of that form that is no MD5 (S3 API reference, Object).
func parseETag(text, encryption string) etag {
	digits, count, multipart := strings.Cut(text, "-")
	sum, err := hex.DecodeString(digits)
	e := etag{sum: sum, usable: err == nil && len(digits) == 32 && (encryption == "" || encryption == "AES256")}
	if !multipart {
		return e
	}
	n, err := strconv.Atoi(count)
	if err != nil || n < 1 || n > maxParts {
		return etag{}
	}
	e.parts = n
	return e
}

// verdict is what the comparison with what the service keeps came to.
type verdict struct {
	proven     string // the checksum that was equal; empty: none was
	differs    bool   // one was compared, and none was equal
	want, have string
}

// compare holds the sums against all that the service keeps. One that is equal proves the
// content: servers that are not S3 have ETags that look like an MD5 and are none.
func (l *looked) compare(d digests) verdict {
	var v verdict
	try := func(name string, want, have []byte) {
		switch {
		case v.proven != "":
		case bytes.Equal(want, have):
			v = verdict{proven: name}
		case !v.differs:
			v = verdict{differs: true, want: fmt.Sprintf("%s %x", name, want), have: fmt.Sprintf("%x", have)}
		}
	}
	if md5s := d.parts[digest.MD5]; l.etag.usable && l.etag.parts == 0 && len(md5s) == 1 {
		try(byMD5, l.etag.sum, md5s[0])
	} else if l.etag.usable && l.etag.parts > 0 && len(md5s) == l.etag.parts {
		try(byMultipartMD5, l.etag.sum, composed(digest.MD5, md5s))
	}
	for _, c := range l.Checksums {
		want, err := base64.StdEncoding.DecodeString(c.Value)
		a := digest.Algorithm(c.Algorithm)
		switch {
		case err != nil:
		case composite(c) && len(d.parts[a]) > 0 && (c.Parts == 0 || c.Parts == len(d.parts[a])):
			try(c.Algorithm, want, composed(a, d.parts[a]))
		case !composite(c) && d.whole[a] != nil:
			try(c.Algorithm, want, d.whole[a])
		}
	}
	return v
}

func composite(c s3.Checksum) bool { return c.Type == s3.Composite }

// composed is the checksum over those of the parts.
func composed(a digest.Algorithm, parts [][]byte) []byte {
	sum, err := digest.Compose(digest.Wanted{Algorithm: a, Layout: digest.Layout{Parts: len(parts), Size: 1}}, parts)
	if err != nil {
		return nil // equals nothing
	}
	return sum.Raw
}

// algorithms returns what the sums of the content, or of the parts, are to be taken of.
// A checksum that is as slow as MD5 is taken only where the ETag proves nothing.
func (l *looked) algorithms(ofParts bool) []digest.Algorithm {
	var all []digest.Algorithm
	for _, c := range l.Checksums {
		a := digest.Algorithm(c.Algorithm)
		fast := strings.HasPrefix(c.Algorithm, "CRC")
		switch {
		case !a.Computable() || composite(c) != ofParts, l.etag.usable && !fast:
		case ofParts && (len(l.Parts) == 0 || a == digest.MD5 && l.etag.usable), !ofParts && a == digest.SHA256:
		default:
			all = append(all, a)
		}
	}
	return all
}

// sizes returns the lengths of the parts; a single one where there are none, or where
// they are not known.
func (l *looked) sizes() []int64 {
	if len(l.Parts) == 0 {
		return []int64{l.Item.Size}
	}
	return l.Parts
}
