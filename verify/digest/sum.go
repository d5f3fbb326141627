package digest

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strconv"
)

// Sum is a checksum that was computed.
type Sum struct {
	Wanted
	// Raw is the sum: of the content, or for a layout of the raw sums of its parts.
	Raw []byte
	// Parts are the raw sums of the parts in order, nil without a layout. They are
	// fewer than Layout.Parts when the content was too short for it.
	Parts [][]byte
}

// Compose returns the composite checksum of an object whose parts were hashed one
// by one. The parts are kept, not copied.
func Compose(w Wanted, parts [][]byte) (Sum, error) {
	if err := w.check(); err != nil {
		return Sum{}, err
	}
	if len(parts) == 0 || len(parts) != w.Layout.Parts {
		return Sum{}, fmt.Errorf("%d sums for %d parts", len(parts), w.Layout.Parts)
	}
	h := w.newHash()
	for i, part := range parts {
		if len(part) != w.Algorithm.Size() {
			return Sum{}, fmt.Errorf("part %d has %d bytes, which is no %s", i+1, len(part), w.Algorithm)
		}
		h.Write(part)
	}
	return Sum{Wanted: w, Raw: h.Sum(nil), Parts: parts}, nil
}

// Base64 returns the sum as S3 writes a checksum: base64 of the big-endian bytes,
// with "-N" behind that of N parts. GetObjectAttributes leaves the "-N" out.
func (s Sum) Base64() string { return base64.StdEncoding.EncodeToString(s.Raw) + s.count() }

// ETag returns the sum as S3 writes an ETag, without the quotes: lower-case hex,
// with "-N" behind that of N parts. Only an MD5 is an ETag.
func (s Sum) ETag() string { return hex.EncodeToString(s.Raw) + s.count() }

func (s Sum) count() string {
	if s.Layout.Parts == 0 {
		return ""
	}
	return "-" + strconv.Itoa(len(s.Parts))
}
