package verify

import (
	"bytes"
	"container/heap"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"hash"
	"math/big"
	"slices"
)

// drawing keeps the units whose keyed hash is smallest: a uniform sample without
// replacement, in one pass, the same for the same seed and population in whatever
// order they come. How many, its limits say; each of them keeps what is below a rank.
type drawing struct {
	draw    Draw
	most    int64 // units
	bytes   int64 // that they have together; 0: any
	below   *rank // of units besides the first; nil: any
	from    Point // where the circle begins
	mac     hash.Hash
	sum     [sha256.Size]byte
	offered int64
	best    ranked // a heap, largest rank first
	held    int64  // bytes of these
	cut     *drawn // neither this unit nor one beyond it is in the sample
}

type rank [16]byte

// point is where the rank lies, measured from where the circle begins.
func (r rank) point() Point { return Point(binary.BigEndian.Uint64(r[:8])) }

type drawn struct {
	unit *unit
	rank rank
}

// newDrawing returns nil when all units are to be compared.
func newDrawing(d Draw) *drawing {
	if d.All {
		return nil
	}
	w := &drawing{draw: d, most: d.most(), bytes: d.Bytes, mac: hmac.New(sha256.New, d.Seed[:])}
	switch {
	case d.Share != nil:
		below := shareRank(d.Share)
		w.below = &below
	case d.Rolling != nil:
		w.mac, w.from = hmac.New(sha256.New, d.Rolling.Ledger.Seed[:]), d.Rolling.Arc.From
		if width := d.Rolling.Arc.width(); width != 0 {
			w.below = new(rank)
			binary.BigEndian.PutUint64(w.below[:8], width)
		}
	}
	return w
}

// shareRank returns the rank that a unit is below with this probability, rounded up.
func shareRank(share *big.Rat) (r rank) {
	scaled := new(big.Int).Lsh(share.Num(), 8*uint(len(r)))
	scaled.Add(scaled, new(big.Int).Sub(share.Denom(), big.NewInt(1)))
	scaled.Quo(scaled, share.Denom())
	scaled.FillBytes(r[:])
	return r
}

func (d *drawing) rank(key string) rank {
	d.mac.Reset()
	d.mac.Write([]byte(key))
	r := rank(d.mac.Sum(d.sum[:0])[:len(rank{})])
	binary.BigEndian.PutUint64(r[:8], uint64(r.point()-d.from))
	return r
}

func (d *drawing) offer(u *unit) {
	d.offered++
	one := drawn{unit: u, rank: d.rank(u.key())}
	if d.cut != nil && !d.best.before(one, *d.cut) {
		return
	}
	heap.Push(&d.best, one)
	d.held += u.bytes()
	for len(d.best) > 1 && d.tooMany() {
		last := heap.Pop(&d.best).(drawn)
		d.held -= last.unit.bytes()
		d.cut = &last
	}
}

// tooMany reports whether the largest rank is not in the sample. What is added later
// has a smaller one, so it never will be.
func (d *drawing) tooMany() bool {
	return int64(len(d.best)) > d.most || d.bytes > 0 && d.held > d.bytes || d.below != nil && !less(d.best[0].rank, *d.below)
}

func less(a, b rank) bool { return bytes.Compare(a[:], b[:]) < 0 }

// end drops what a sample does not need, now that the population is known.
func (d *drawing) end() {
	if d.draw.Confidence == nil {
		return
	}
	for wanted := d.draw.needed(d.offered); int64(len(d.best)) > wanted; {
		heap.Pop(&d.best)
	}
}

// units returns the sample in the order of paths.
func (d *drawing) units() []*unit {
	d.end()
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
	return order(&a.unit.states[0], &b.unit.states[0]) < 0 // as good as never
}

func (r ranked) Len() int           { return len(r) }
func (r ranked) Less(i, j int) bool { return r.before(r[j], r[i]) }
func (r ranked) Swap(i, j int)      { r[i], r[j] = r[j], r[i] }
func (r *ranked) Push(x any)        { *r = append(*r, x.(drawn)) }

func (r *ranked) Pop() any {
	old := *r
	last := old[len(old)-1]
	old[len(old)-1] = drawn{} // not to be kept alive
	*r = old[:len(old)-1]
	return last
}
