package verify

import (
	"context"

	"github.com/cargomedia/s3export/verify/digest"
)

// byParts looks at a multipart upload part by part, with the sizes and checksums that
// the service tells: it proves an object of uneven parts, and says where a file differs.
// False: the service does not tell enough.
func (m *comparison) byParts(ctx context.Context, f Finding, at *lookup) (Finding, bool, error) {
	one := m.multipart()
	if one == nil || m.c.ladder.source == nil {
		return f, false, nil
	}
	parts := m.c.ladder.parts(ctx, one)
	if parts == nil {
		return f, false, nil // what is known without stands
	}
	p := newPartwise(parts, one)
	if f.Outcome == Differ && !p.told && evenParts(parts) {
		return f, false, nil // it would only be unequal again
	}
	if err := p.read(ctx, m, at); err != nil {
		return Finding{}, true, err
	}
	g, err := p.conclude(m, one, f)
	return g, true, err
}

// multipart returns the state that is a multipart upload.
func (m *comparison) multipart() *candidate {
	for _, one := range m.candidates {
		if one.etag.parts > 1 && (one.out == Differ || one.reason == UnevenParts) {
			return one
		}
	}
	return nil
}

func partsFit(parts []Part, one *candidate) bool {
	var sum int64
	for _, p := range parts {
		sum += p.Size
	}
	return len(parts) == one.etag.parts && sum == one.state.Size
}

func evenParts(parts []Part) bool {
	for i := range parts[:len(parts)-1] {
		if parts[i].Size != parts[0].Size {
			return false
		}
	}
	return true
}

// commonChecksum is an algorithm by which all parts have a checksum.
func commonChecksum(parts []Part) digest.Algorithm {
	for _, c := range parts[0].Checksums {
		all := c.Algorithm.Computable()
		for i := range parts {
			all = all && parts[i].sum(c.Algorithm) != nil
		}
		if all {
			return c.Algorithm
		}
	}
	return ""
}

func (p *Part) sum(a digest.Algorithm) []byte {
	for _, c := range p.Checksums {
		if c.Algorithm == a {
			return c.Sum
		}
	}
	return nil
}
