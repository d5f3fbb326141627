package s3

import "math/bits"

// charset is a set of bytes.
type charset [4]uint64

func (s *charset) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *charset) has(b byte) bool { return s[b>>6]&(1<<(b&63)) != 0 }

func (s *charset) size() int {
	n := 0
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

func (s *charset) addRange(from, through byte) {
	for b := int(from); b <= int(through); b++ {
		s.add(byte(b))
	}
}

func (s *charset) hasAny(from, through byte) bool {
	for b := int(from); b <= int(through); b++ {
		if s.has(byte(b)) {
			return true
		}
	}
	return false
}

func (s *charset) union(t *charset) {
	for i := range s {
		s[i] |= t[i]
	}
}

// below counts the members that are less than b.
func (s *charset) below(b byte) uint64 {
	n := 0
	for i := 0; i < int(b>>6); i++ {
		n += bits.OnesCount64(s[i])
	}
	return uint64(n + bits.OnesCount64(s[b>>6]&(1<<(b&63)-1)))
}

// at returns the member that has n members below it, of those that there are.
func (s *charset) at(n uint64) byte {
	for i, w := range s {
		count := uint64(bits.OnesCount64(w))
		if n >= count {
			n -= count
			continue
		}
		for ; n > 0; n-- {
			w &= w - 1
		}
		return byte(i<<6 + bits.TrailingZeros64(w))
	}
	return 0
}
