package verify

import (
	"bytes"
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
	m.c.ladder.requests.attributes.Add(1)
	parts, err := m.c.ladder.source.Parts(ctx, one.state.Object)
	if err != nil || !partsFit(parts, one) {
		return f, false, nil //nolint:nilerr // what is known without stands
	}
	p := partwise{parts: parts, algorithm: commonChecksum(parts)}
	if f.Outcome == Differ && p.algorithm == "" && evenParts(parts) {
		return f, false, nil // it would only be unequal again
	}
	if err := p.read(ctx, m, at); err != nil {
		return Finding{}, true, err
	}
	return p.conclude(m, one, f), true, nil
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

// partwise is a look at a file part by part.
type partwise struct {
	parts     []Part
	algorithm digest.Algorithm // empty: the parts have no checksums
	md5s      [][]byte         // of the parts
	differ    []ByteRange
}

func (p *partwise) read(ctx context.Context, m *comparison, at *lookup) error {
	wanted := []digest.Wanted{{Algorithm: digest.MD5}}
	if p.algorithm != "" && p.algorithm != digest.MD5 {
		wanted = append(wanted, digest.Wanted{Algorithm: p.algorithm})
	}
	var offset int64
	for i := range p.parts {
		set, err := digest.New(wanted...)
		if err != nil {
			return err
		}
		if err := m.stream(ctx, at, ByteRange{offset, p.parts[i].Size}, set); err != nil {
			return err
		}
		got := sums(set.Sums())
		p.md5s = append(p.md5s, got.of(wanted[0]))
		if p.algorithm != "" && !bytes.Equal(got.of(wanted[len(wanted)-1]), p.parts[i].sum(p.algorithm)) {
			p.differ = append(p.differ, ByteRange{Offset: offset, Length: p.parts[i].Size})
		}
		offset += p.parts[i].Size
	}
	return nil
}

// conclude says what the parts come to.
func (p *partwise) conclude(m *comparison, one *candidate, f Finding) Finding {
	t := one.md5Trials(0)[0]
	have := md5Of(p.md5s)
	equal := bytes.Equal(have, t.want)
	if !equal && f.Outcome == Differ {
		f.Ranges = p.differ
		return f
	}
	o, r := Match, m.history.equal(one.state)
	if len(p.differ) > 0 || !equal && p.algorithm == "" {
		o, r = m.history.unequal(ContentDiffers)
	}
	g := m.item.unit.finding(o, r)
	g.Ranges, g.SHA256 = p.differ, f.SHA256
	g.Evidence = t.evidence(have)
	if !equal && p.algorithm != "" { // the ETag is no MD5; the parts' own checksums have decided
		method := methodOf(p.algorithm)
		g.Evidence = Evidence{Method: method, Class: method.class(), Witness: WitnessStored, Parts: len(p.parts)}
	}
	return g
}
