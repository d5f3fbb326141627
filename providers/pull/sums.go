package pull

import (
	"crypto/sha256"
	"slices"

	"github.com/cargomedia/s3export/verify/digest"
)

// sums takes the checksums of an object while its bytes pass in order.
type sums struct {
	whole  *digest.Set // SHA-256, then what is kept of the content
	part   *digest.Set // MD5, then what is kept of the parts
	sizes  []int64     // of the parts; one for all that is no multipart upload
	left   int64       // bytes of the part under way
	byPart [][][]byte  // for each sum of part, those of the parts that have ended
}

// newSums takes the sums that what was learned of the object can be compared with. MD5s are
// computed beside those of other objects in lanes; nil: alone. Close them.
func newSums(l *looked, lanes *digest.Lanes) (*sums, error) {
	whole := []digest.Wanted{{Algorithm: digest.SHA256}}
	part := []digest.Wanted{}
	if l.etag.usable {
		part = append(part, digest.Wanted{Algorithm: digest.MD5})
	}
	for _, a := range l.algorithms(false) {
		whole = append(whole, digest.Wanted{Algorithm: a})
	}
	for _, a := range l.algorithms(true) {
		part = append(part, digest.Wanted{Algorithm: a})
	}
	s := &sums{sizes: l.sizes()}
	var err error
	if s.whole, err = digest.New(whole...); err != nil {
		return nil, err
	}
	if s.part, err = lanes.New(part...); err != nil {
		return nil, err
	}
	s.byPart = make([][][]byte, len(part))
	s.left = s.sizes[0]
	return s, nil
}

func (s *sums) close() { _ = s.part.Close() } // never fails

func (s *sums) write(p []byte) {
	_, _ = s.whole.Write(p) // a hash never fails
	if len(s.byPart) == 0 {
		return
	}
	for len(p) > 0 {
		if s.left == 0 && len(s.sizes) > 1 {
			s.next()
		}
		now := p
		if len(s.sizes) > 1 {
			now = p[:min(int64(len(p)), s.left)]
		}
		_, _ = s.part.Write(now)
		s.left -= int64(len(now))
		p = p[len(now):]
	}
}

// next ends a part.
func (s *sums) next() {
	for i, sum := range s.part.Sums() {
		s.byPart[i] = append(s.byPart[i], slices.Clone(sum.Raw))
	}
	_ = s.part.Reset() // fails for arguments only
	s.sizes = s.sizes[1:]
	s.left = s.sizes[0]
}

// digests is what sums came to.
type digests struct {
	sha256 [sha256.Size]byte
	whole  map[digest.Algorithm][]byte   // of the content
	parts  map[digest.Algorithm][][]byte // of the parts in order
}

// end ends the last part.
func (s *sums) end() digests {
	d := digests{whole: map[digest.Algorithm][]byte{}, parts: map[digest.Algorithm][][]byte{}}
	for _, sum := range s.whole.Sums() {
		d.whole[sum.Algorithm] = slices.Clone(sum.Raw)
	}
	copy(d.sha256[:], d.whole[digest.SHA256])
	for i, sum := range s.part.Sums() {
		d.parts[sum.Algorithm] = append(s.byPart[i], slices.Clone(sum.Raw))
	}
	return d
}
