package verify_test

import (
	"testing"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"pgregory.net/rapid"

	"github.com/cargomedia/s3export/verify"
)

var _ = Describe("the ledger of a rolling sample", func() {
	at := func(day int) time.Time { return verified.AddDate(0, 0, day) }
	It("says what was covered, and since when", func() {
		l := verify.Ledger{}
		Expect(l.String()).To(Equal("nothing covered"))
		for day := range 6 {
			l = l.Cover(l.Next(at(day)))
		}
		Expect(l.String()).To(Equal("60 % covered since 2026-11-20"))
		Expect(l.Covered(at(4))).To(BeNumerically("~", 0.2, 1e-9))
		Expect(l.Covered(at(9))).To(BeZero())
	})

	It("counts a repeat once", func() {
		l := verify.Ledger{}
		arc := l.Next(at(0))
		l = l.Cover(arc)
		Expect(l.Cover(arc)).To(Equal(l))
	})

	It("stays small, and says less rather than more, when arcs are short", func() {
		var l verify.Ledger
		var covered [64]time.Time
		for day := range 400 {
			place := day % len(covered)
			covered[place] = at(day)
			l = l.Cover(verify.Arc{From: verify.Point(place) << 58, To: verify.Point(place+1) << 58, At: at(day)})
			Expect(len(l.Arcs)).To(BeNumerically("<=", 32))
			for _, a := range l.Arcs {
				for p := a.From; p != a.To; p += 1 << 58 {
					Expect(a.At).NotTo(BeTemporally(">", covered[p>>58]), "place %d on day %d", p>>58, day)
				}
			}
			Expect(l.Covered(time.Time{})).To(BeNumerically("~", min(1, float64(day+1)/64), 1e-9), "nothing is forgotten")
			Expect(l.Since()).To(BeTemporally(">=", at(day-len(covered)-40)), "nor does it grow old")
		}
	})

	It("is read as it is written", func() {
		l := verify.Ledger{Seed: seedOf(9)}
		for day := range 13 {
			l = l.Cover(l.Next(at(day)))
		}
		text, again := asJSON(l), verify.Ledger{}
		Expect(fromJSON(text, &again)).To(Succeed())
		Expect(again).To(Equal(l))
		Expect(text).To(ContainSubstring(`"from":"1999999999999`))
		Expect(fromJSON(`{"arcs": [{"from": "12", "to": "0000000000000000"}]}`, &again)).To(MatchError(ContainSubstring("16 hex digits")))
		Expect(fromJSON(`{"arcs": [{"from": "xxxxxxxxxxxxxxxx", "to": "0000000000000000"}]}`, &again)).NotTo(Succeed())
	})
})

// Against a model of 64 places: the ledger stays small, knows of each place no later time
// than it was covered at, and goes on where it ended.
func TestLedgerProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const places, width = 64, 1 << 58
		var covered [places]time.Time
		l := verify.Ledger{}
		for day := range rapid.IntRange(1, 90).Draw(t, "proofs") {
			from, n := rapid.IntRange(0, places-1).Draw(t, "from"), rapid.IntRange(1, places).Draw(t, "places")
			if rapid.Bool().Draw(t, "goes on") {
				from, n = int(l.Next(verified).From/width), rapid.IntRange(1, 2).Draw(t, "few")
			}
			when := verified.AddDate(0, 0, day)
			l = l.Cover(verify.Arc{From: verify.Point(from) * width, To: verify.Point((from+n)%places) * width, At: when})
			for i := range n {
				covered[(from+i)%places] = when
			}
			if next := l.Next(when); next.From != verify.Point((from+n)%places)*width {
				t.Fatalf("goes on at %x", next.From)
			}
			agrees(t, l, covered[:])
		}
	})
}

// Whatever the number of objects and the limit of a sample: when the ledger calls all of
// the circle covered, each object was drawn.
func TestRollingProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		keys := keysOf(rapid.IntRange(1, 40).Draw(t, "objects"))
		most := rapid.Int64Range(1, 12).Draw(t, "most")
		l, seen := verify.Ledger{Seed: seedOf(rapid.Uint64().Draw(t, "seed"))}, map[string]bool{}
		for turn := 0; l.Covered(time.Time{}) < 1; turn++ {
			drawn, said := verify.DrawAtMost(most, verify.Draw{Rolling: rollingFrom(l)}, keys, nil)
			if len(drawn) == 0 || int64(len(drawn)) > most || turn > 60 {
				t.Fatalf("turn %d: %d drawn, %v", turn, len(drawn), l)
			}
			whole := l.Cover(said.Rolling.Arc).Covered(time.Time{}) == 1
			for _, key := range drawn {
				if seen[key] && !whole {
					t.Fatalf("turn %d: %q was drawn before", turn, key)
				}
				seen[key] = true
			}
			l = l.Cover(said.Rolling.Arc)
		}
		if len(seen) != len(keys) {
			t.Fatalf("%d of %d were drawn", len(seen), len(keys))
		}
	})
}

func agrees(t *rapid.T, l verify.Ledger, covered []time.Time) {
	if len(l.Arcs) > 32 {
		t.Fatalf("%d arcs", len(l.Arcs))
	}
	exact := len(l.Arcs) < 32
	for i, want := range covered {
		var got []time.Time
		for _, a := range l.Arcs {
			if middle := verify.Point(i)<<58 + 1<<57; a.From == a.To || middle-a.From < a.To-a.From {
				got = append(got, a.At)
			}
		}
		switch {
		case len(got) > 1:
			t.Fatalf("place %d twice in %v", i, l.Arcs)
		case len(got) == 1 && got[0].After(want):
			t.Fatalf("place %d covered at %v, not %v", i, want, got[0])
		case exact && want.IsZero() != (len(got) == 0):
			t.Fatalf("place %d: %v, not %v", i, got, want)
		}
	}
	share := 0.
	for _, want := range covered {
		if !want.IsZero() {
			share += 1. / float64(len(covered))
		}
	}
	if got := l.Covered(time.Time{}); got > share+1e-9 || exact && got < share-1e-9 {
		t.Fatalf("%v covered, not %v", got, share)
	}
}
