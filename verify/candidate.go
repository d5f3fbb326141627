package verify

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"strconv"

	"github.com/cargomedia/s3export/verify/digest"
)

// candidate is one state of an object that a file may be equal to.
type candidate struct {
	state    Expected
	etag     etag
	listed   Witness // of the ETag
	rung     rung
	trials   []*trial  // of the present rung
	trueSize int64     // of the first part, as HEAD has told; 0 when it was not asked
	cipher   string    // how the object is encrypted, as HEAD has told
	sealed   bool      // what the service keeps may not be read, as HEAD has told
	headed   bool      // HEAD was asked: an ETag that is not equal has no excuse but cipher
	kept     *Checksum // by the service, over parts
	out      Outcome   // decided; empty: not yet
	reason   Reason
	detail   string
	best     Evidence // of what was computed last, or not at all
}

// trial is a checksum that the content must have to be equal.
type trial struct {
	wanted  digest.Wanted
	want    []byte
	etag    bool // written as an ETag
	witness Witness
}

func (one *candidate) decide(o Outcome, r Reason, detail string) {
	one.out, one.reason, one.detail, one.trials = o, r, detail, nil
}

// encryption says why an ETag is no MD5, and which right would help.
func (one *candidate) encryption() string {
	if one.sealed {
		return one.cipher + "; a checksum may be kept, but these credentials may not read it: kms:Decrypt on the object's key is lacking"
	}
	return one.cipher
}

// doubt says, before why a question failed, what was found without it. An ETag that is not
// equal proves nothing until the source has told how the object is encrypted and uploaded.
func (one *candidate) doubt() string {
	if one.best.Method == "" {
		return ""
	}
	return "its checksum is another than the object's, which need not mean that it differs: "
}

func (one *candidate) try(rung rung, trials ...*trial) {
	one.rung, one.trials = rung, trials
}

// judge compares what was computed with the trials; true when one is equal.
func (one *candidate) judge(sums sums) bool {
	for _, t := range one.trials {
		have := sums.of(t.wanted)
		if have == nil {
			continue
		}
		one.best = t.evidence(have)
		if bytes.Equal(have, t.want) {
			one.decide(Match, Equal, "")
			return true
		}
	}
	one.trials = nil
	return false
}

// evidence is what the comparison of a checksum shows.
func (t *trial) evidence(have []byte) Evidence {
	m := methodOf(t.wanted.Algorithm)
	if t.etag && t.wanted.Parts > 0 {
		m = ByMultipartMD5
	}
	return Evidence{Method: m, Class: m.class(), Witness: t.witness, Want: t.text(t.want), Have: t.text(have),
		PartSize: t.wanted.Layout.Size, Parts: t.wanted.Parts}
}

// text writes a checksum as the service does.
func (t *trial) text(sum []byte) string {
	text := base64.StdEncoding.EncodeToString(sum)
	if t.etag || t.witness == WitnessBaseline || t.witness == WitnessCopied {
		text = hex.EncodeToString(sum)
	}
	if t.wanted.Parts > 0 {
		text += "-" + strconv.Itoa(t.wanted.Parts)
	}
	return text
}

// md5Trials are the ways in which an ETag can be the MD5 of the content or of its
// parts: one for each part size.
func (one *candidate) md5Trials(sizes ...int64) []*trial {
	if one.etag.parts == 0 {
		return []*trial{{wanted: digest.Wanted{Algorithm: digest.MD5}, want: one.etag.sum, etag: true, witness: one.listed}}
	}
	var all []*trial
	for _, size := range sizes {
		all = append(all, &trial{etag: true, want: one.etag.sum, witness: one.listed,
			wanted: digest.Wanted{Algorithm: digest.MD5, Layout: digest.Layout{Parts: one.etag.parts, Size: size}}})
	}
	return all
}

// layoutPossible reports whether the parts before the last fit into the object.
func layoutPossible(parts int, size, total int64) bool {
	return size > 0 && int64(parts-1)*size < total
}

// layoutEven reports whether all parts but the last can be of one size.
func layoutEven(parts int, size, total int64) bool {
	return size > 0 && (total+size-1)/size == int64(parts)
}
