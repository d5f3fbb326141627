package verify

import (
	"bytes"
	"container/heap"
	"crypto/hmac"
	"crypto/sha256"
	"hash"
	"slices"
)

// drawing keeps the units whose keyed hash is smallest: a uniform sample without
// replacement, in one pass, the same for the same seed and population in whatever
// order they come.
type drawing struct {
	limit int64
	mac   hash.Hash
	best  ranked // a heap, largest rank first
	sum   [sha256.Size]byte
}

type rank [16]byte

type drawn struct {
	unit *unit
	rank rank
}

// newDrawing returns nil when all units are to be compared.
func newDrawing(d Draw) *drawing {
	if d.All {
		return nil
	}
	return &drawing{limit: d.Count, mac: hmac.New(sha256.New, d.Seed[:])}
}

func (d *drawing) rank(key string) rank {
	d.mac.Reset()
	d.mac.Write([]byte(key))
	return rank(d.mac.Sum(d.sum[:0])[:16])
}

func (d *drawing) offer(u *unit) {
	one := drawn{unit: u, rank: d.rank(u.key())}
	switch {
	case int64(len(d.best)) < d.limit:
		heap.Push(&d.best, one)
	case d.best.before(one, d.best[0]):
		d.best[0] = one
		heap.Fix(&d.best, 0)
	}
}

// units returns the sample in the order of paths.
func (d *drawing) units() []*unit {
	units := make([]*unit, 0, len(d.best))
	for _, one := range d.best {
		units = append(units, one.unit)
	}
	slices.SortFunc(units, func(a, b *unit) int { return order(&a.states[0], &b.states[0]) })
	return units
}

type ranked []drawn

func (r ranked) before(a, b drawn) bool {
	if c := bytes.Compare(a.rank[:], b.rank[:]); c != 0 {
		return c < 0
	}
	return order(&a.unit.states[0], &b.unit.states[0]) < 0
}

func (r ranked) Len() int           { return len(r) }
func (r ranked) Less(i, j int) bool { return r.before(r[j], r[i]) }
func (r ranked) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *ranked) Push(x any)        { *r = append(*r, x.(drawn)) }

func (r *ranked) Pop() any {
	old := *r
	last := old[len(old)-1]
	*r = old[:len(old)-1]
	return last
}
