package verify

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"math/bits"
	"slices"
	"time"
)

// Point is a place on the circle of a rolling sample: the first 64 bits of an object's
// keyed hash.
type Point uint64

// MarshalText writes 16 hex digits.
func (p Point) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%016x", uint64(p)), nil }

// UnmarshalText reads them.
func (p *Point) UnmarshalText(text []byte) error {
	var raw [8]byte
	if len(text) != 2*len(raw) {
		return problem("reading a ledger", fmt.Sprintf("%q has not 16 hex digits", text), "restore the ledger, or remove it: the next proof begins a new one")
	}
	if _, err := hex.Decode(raw[:], text); err != nil {
		return &Error{Op: "reading a ledger", Err: err, Remedy: "restore the ledger, or remove it: the next proof begins a new one"}
	}
	*p = Point(binary.BigEndian.Uint64(raw[:]))
	return nil
}

// Arc is a part of the circle that was compared: from From until just before To,
// upwards and over zero. From equal to To is the whole circle.
type Arc struct {
	From Point     `json:"from"`
	To   Point     `json:"to"`
	At   time.Time `json:"at"`
}

// turns is how many proofs go around the circle.
const turns = 10

// Ledger says which part of a copy was compared by content, and when. Objects lie on a
// circle at their keyed hash, so that any arc is a uniform sample of them, and a tenth of
// the circle about a tenth of the objects. It is of one copy: when a drive is loaded
// anew, a new ledger with another seed begins. A Ledger is not changed.
type Ledger struct {
	Seed Seed `json:"seed"`
	// Arcs do not overlap: of each place the latest time counts. They are in the order
	// in which they were compared, at most arcsMax.
	Arcs []Arc `json:"arcs"`
}

// arcsMax is more than ten turns of equal width leave.
const arcsMax = 32

// Next returns the arc that the next proof takes: a tenth of the circle, after what was
// compared last. That is what was longest unseen. The same ledger has the same Next.
func (l Ledger) Next(now time.Time) Arc {
	var from Point
	if n := len(l.Arcs); n > 0 {
		from = l.Arcs[n-1].To
	}
	const tenth = 1<<64/turns + 1 // ten of them leave nothing out
	return Arc{From: from, To: from + tenth, At: now.UTC()}
}

// Cover returns the ledger after an arc was compared. A repeat changes nothing.
func (l Ledger) Cover(a Arc) Ledger {
	var arcs []Arc
	for _, old := range l.Arcs {
		arcs = append(arcs, old.without(a)...)
	}
	arcs = append(arcs, a)
	for len(arcs) > arcsMax {
		arcs = fewer(arcs)
	}
	return Ledger{Seed: l.Seed, Arcs: arcs}
}

// fewer joins the two neighbors whose times are closest and gives them the older one; if
// there are none, it forgets the shortest arc. A ledger may say less than was done, never
// more. The last arc stays, as the next one begins at its end.
func fewer(arcs []Arc) []Arc {
	first, second, closest := -1, -1, time.Duration(math.MaxInt64)
	earlier := arcs[:len(arcs)-1]
	for i, a := range earlier {
		for j, b := range earlier {
			if apart := a.At.Sub(b.At).Abs(); i != j && a.To == b.From && apart < closest {
				first, second, closest = i, j, apart
			}
		}
	}
	if first < 0 {
		shortest := slices.MinFunc(earlier, func(a, b Arc) int { return cmp.Compare(a.width(), b.width()) })
		return slices.DeleteFunc(arcs, func(a Arc) bool { return a == shortest })
	}
	kept := min(first, second)
	arcs[kept] = Arc{From: arcs[first].From, To: arcs[second].To, At: arcs[kept].At}
	return slices.Delete(arcs, max(first, second), max(first, second)+1)
}

// width is 0 for the whole circle.
func (a Arc) width() uint64 { return uint64(a.To - a.From) }

// without returns what is left of an arc, in at most two pieces.
func (a Arc) without(b Arc) []Arc {
	if b.width() == 0 {
		return nil
	}
	// Measured from b's begin, b is [0, end), and what is left lies in [end, 2^64).
	end := b.width()
	from, to := uint64(a.From-b.From), uint64(a.To-b.From)
	piece := func(from, to uint64) Arc { return Arc{From: b.From + Point(from), To: b.From + Point(to), At: a.At} }
	var left []Arc
	if from >= to && to != 0 { // it goes over b's begin, and on from there
		if to > end {
			left = append(left, piece(end, to))
		}
		to = 0
	}
	if from = max(from, end); to == 0 || from < to {
		left = append(left, piece(from, to))
	}
	return left
}

// Covered returns the share of the circle, 0 to 1, that was compared since a time.
func (l Ledger) Covered(since time.Time) float64 {
	var sum, whole uint64
	for _, a := range l.Arcs {
		if a.At.Before(since) {
			continue
		}
		if a.width() == 0 {
			return 1
		}
		var carry uint64
		sum, carry = bits.Add64(sum, a.width(), 0)
		whole += carry // they do not overlap: 2^64 is the whole circle
	}
	if whole > 0 {
		return 1
	}
	return float64(sum) / (1 << 64)
}

// Since returns the oldest time of what is covered, zero if nothing is.
func (l Ledger) Since() time.Time {
	var oldest time.Time
	for _, a := range l.Arcs {
		if oldest.IsZero() || a.At.Before(oldest) {
			oldest = a.At
		}
	}
	return oldest
}

// String says "61 % covered since 2026-10-01", the share rounded down.
func (l Ledger) String() string {
	if len(l.Arcs) == 0 {
		return "nothing covered"
	}
	return coveredText(l.Covered(l.Since()), l.Since())
}

func coveredText(share float64, since time.Time) string {
	return fmt.Sprintf("%d %% covered since %s", int(rounded(share)), since.UTC().Format(time.DateOnly))
}
