package digest

import "hash"

// piece is how many bytes one hash takes before the next one's turn. They stay in
// the nearest cache for all of a set's hashes, and it is the most that md5-simd
// takes at once.
const piece = 32 << 10

// Set computes several checksums in one pass over the bytes. It is for one goroutine
// at a time. After the first file [Set.Reset], [Set.Write] and [Set.Sums] allocate
// nothing, but for the sums of more parts than there were before.
type Set struct {
	lanes *Lanes // nil: MD5 by the standard library
	all   []*running
	n     int // of all, what is wanted now
	sums  []Sum
}

// New returns a set for these sums. An algorithm that cannot be computed and a
// layout that is none are errors.
func New(wanted ...Wanted) (*Set, error) { return (*Lanes)(nil).New(wanted...) }

// Reset forgets what was written. With arguments, those are wanted from now on;
// after an error the set is unchanged.
func (s *Set) Reset(wanted ...Wanted) error {
	for _, w := range wanted {
		if err := w.check(); err != nil {
			return err
		}
	}
	if len(wanted) == 0 {
		for _, r := range s.all[:s.n] {
			r.reset(r.wanted)
		}
		return nil
	}
	s.n = len(wanted)
	for i, w := range wanted {
		s.at(i, w).reset(w)
	}
	return nil
}

// at returns the i-th running sum with a hash of the algorithm that is wanted.
func (s *Set) at(i int, w Wanted) *running {
	if i == len(s.all) {
		s.all = append(s.all, &running{hash: s.newHash(w.Algorithm)})
		return s.all[i]
	}
	if s.all[i].wanted.Algorithm != w.Algorithm {
		s.all[i].close()
		s.all[i] = &running{hash: s.newHash(w.Algorithm)}
	}
	return s.all[i]
}

func (s *Set) newHash(a Algorithm) hash.Hash {
	if a == MD5 && s.lanes != nil {
		return s.lanes.NewStream()
	}
	return a.newHash()
}

// Write adds bytes to all sums. It never fails.
func (s *Set) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		now := rest[:min(piece, len(rest))]
		for _, r := range s.all[:s.n] {
			r.write(now)
		}
		rest = rest[len(now):]
	}
	return len(p), nil
}

// Sums returns the sums of what was written so far, in the order in which they were
// wanted. They are valid until the next call of any method.
func (s *Set) Sums() []Sum {
	s.sums = s.sums[:0]
	for _, r := range s.all[:s.n] {
		s.sums = append(s.sums, r.sum())
	}
	return s.sums
}

// Close gives the lanes of a set of [Lanes.New] back; it may be repeated. The set
// must not be used afterwards. Sets of [New] need not be closed.
func (s *Set) Close() error {
	for _, r := range s.all {
		r.close()
	}
	s.all, s.n = nil, 0
	return nil
}
