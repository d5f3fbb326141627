package verify

import (
	"bytes"
	"context"

	"github.com/cargomedia/s3export/verify/digest"
)

// partwise is a look at a file part by part.
type partwise struct {
	parts     []Part
	algorithm digest.Algorithm // beside MD5; empty: none
	told      bool             // the parts have checksums of that algorithm
	md5s      [][]byte         // of the parts
	sums      [][]byte         // of the parts, of the algorithm
	differ    []ByteRange
}

func newPartwise(parts []Part, one *candidate) *partwise {
	p := &partwise{parts: parts, algorithm: commonChecksum(parts)}
	p.told = p.algorithm != ""
	if !p.told && one.kept != nil {
		p.algorithm = one.kept.Algorithm
	}
	return p
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
		sum := got.of(wanted[len(wanted)-1])
		p.md5s, p.sums = append(p.md5s, got.of(wanted[0])), append(p.sums, sum)
		if p.told && !bytes.Equal(sum, p.parts[i].sum(p.algorithm)) {
			p.differ = append(p.differ, ByteRange{Offset: offset, Length: p.parts[i].Size})
		}
		offset += p.parts[i].Size
	}
	return nil
}

// conclude says what the parts come to. Their true sizes have the last word, but over a
// checksum of the whole, which has none.
func (p *partwise) conclude(m *comparison, one *candidate, f Finding) (Finding, error) {
	proof, equal, err := p.weigh(one)
	if err != nil {
		return Finding{}, err
	}
	whole := one.best.Method != "" && one.best.Parts == 0
	if f.Outcome == Differ && (!equal || whole) {
		f.Ranges = p.differ
		return f, nil
	}
	o, r := Match, m.history.equal(one.state)
	if !equal {
		o, r = m.history.unequal(ContentDiffers)
	}
	g := m.item.unit.finding(o, r)
	g.Ranges, g.SHA256, g.Evidence = p.differ, f.SHA256, proof
	return g, nil
}

// weigh returns the best evidence that there is, and whether it says equal.
func (p *partwise) weigh(one *candidate) (Evidence, bool, error) {
	t := one.md5Trials(0)[0]
	have := md5Of(p.md5s)
	byETag, proven := t.evidence(have), bytes.Equal(have, t.want)
	method := methodOf(p.algorithm)
	byChecksum := Evidence{Method: method, Class: method.class(), Witness: WitnessStored, Parts: len(p.parts)}
	same := p.told && len(p.differ) == 0
	if one.kept != nil && one.kept.Algorithm == p.algorithm {
		over, err := overParts(p.algorithm, p.sums)
		if err != nil {
			return Evidence{}, false, err
		}
		byChecksum = one.kept.trial(digest.Layout{Parts: len(p.parts)}).evidence(over)
		same = bytes.Equal(over, one.kept.Sum)
	}
	switch {
	case p.algorithm == "", proven && byChecksum.Class != Cryptographic:
		return byETag, proven, nil
	default: // the ETag may be no MD5
		return byChecksum, same, nil
	}
}

// overParts is the checksum over those of the parts, as services keep it.
func overParts(a digest.Algorithm, all [][]byte) ([]byte, error) {
	whole := digest.Wanted{Algorithm: a}
	set, err := digest.New(whole)
	if err != nil {
		return nil, err
	}
	_, _ = set.Write(bytes.Join(all, nil)) // it never fails
	return sums(set.Sums()).of(whole), nil
}
