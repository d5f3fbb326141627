package digest

import (
	"cmp"
	"crypto/md5"
	"hash"
	"slices"
)

const (
	// width is how many buffers are hashed at once: the lanes of AVX-512, or twice
	// those of AVX2.
	width = 16
	// fewest is how many buffers at once, and shortest how many bytes each, are hashed
	// in lanes 1.5 times as fast as by crypto/md5.
	fewest   = 6
	shortest = 4 << 10
)

// batch is what one call of Many needs; it is kept for the next one.
type batch struct {
	order   []int // indexes of buffers
	hashers []hash.Hash
}

// Many puts the MD5 of each buffer into the sum of the same index, of which there
// are at least as many. Files of 4 to 64 KiB gain most, 16 or more at a time; what
// cannot gain is left to crypto/md5. It allocates next to nothing
// from the second call on.
func (l *Lanes) Many(buffers [][]byte, sums [][md5.Size]byte) {
	b := l.borrow()
	defer l.giveBack(b)
	for i, p := range buffers {
		if len(p) < shortest {
			sums[i] = md5.Sum(p)
			continue
		}
		b.order = append(b.order, i)
	}
	// Lanes of unequal length idle.
	slices.SortFunc(b.order, func(i, j int) int { return cmp.Compare(len(buffers[j]), len(buffers[i])) })
	for rest := b.order; len(rest) > 0; {
		group := rest[:min(width, len(rest))]
		b.sum(group, buffers, sums)
		rest = rest[len(group):]
	}
}

func (b *batch) sum(group []int, buffers [][]byte, sums [][md5.Size]byte) {
	if len(group) < fewest {
		for _, i := range group {
			sums[i] = md5.Sum(buffers[i])
		}
		return
	}
	for j := range group {
		b.hashers[j].Reset()
	}
	for at, more := 0, true; more; at += piece {
		more = false
		for j, i := range group {
			more = feed(b.hashers[j], buffers[i], at) || more
		}
	}
	for j, i := range group {
		b.hashers[j].Sum(sums[i][:0])
	}
}

func (l *Lanes) borrow() *batch {
	l.mu.Lock()
	defer l.mu.Unlock()
	b := &batch{}
	if last := len(l.batches) - 1; last >= 0 {
		b, l.batches = l.batches[last], l.batches[:last]
	}
	for range width {
		b.hashers = append(b.hashers, l.lend())
	}
	return b
}

func (l *Lanes) giveBack(b *batch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, h := range b.hashers {
		l.back(h)
	}
	b.order, b.hashers = b.order[:0], b.hashers[:0]
	l.batches = append(l.batches, b)
}
