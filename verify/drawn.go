package verify

import (
	"context"
	"strconv"
)

// Drawn is a sample of a population.
type Drawn struct {
	Objects    []Expected // in the order of a baseline; both states of one that changed
	Drawn      int64      // objects
	Population int64      // objects
}

// DrawFrom draws objects of a population, without looking at any drive: the same that
// Run compares. Directory markers are outside of it. Draws of all, and rolling ones,
// which no one command ends, are refused.
func DrawFrom(ctx context.Context, p Population, d Draw) (Drawn, error) {
	if err := d.check(); err != nil {
		return Drawn{}, err
	}
	if d.All || d.Rolling != nil {
		return Drawn{}, problem("drawing a sample", "of "+d.amount(), "ask for a number of objects, a share or an amount")
	}
	drawing := newDrawing(d)
	var u *unit
	offer := func() {
		if u != nil {
			drawing.offer(u)
		}
	}
	for e, err := range p.Objects(ctx) {
		switch {
		case err != nil:
			return Drawn{}, err
		case ctx.Err() != nil:
			return Drawn{}, ctx.Err()
		case e.Kind == KindMarker:
		case u != nil && order(&u.states[0], &e) == 0:
			u.states = append(u.states, e)
		default:
			offer()
			u = &unit{states: []Expected{e}}
		}
	}
	offer()
	drawn := Drawn{Population: drawing.offered}
	for _, one := range drawing.units() {
		drawn.Objects = append(drawn.Objects, one.states...)
		drawn.Drawn++
	}
	return drawn, nil
}

// BoundText says in words how many of a population can be bad at most, with Confidence,
// where so many were drawn and so many of these are bad; empty where nothing is ruled
// out. Of what was drawn as a whole it says nothing: that is known.
func BoundText(population, drawn, bad int64) string {
	if drawn == 0 || drawn >= population {
		return ""
	}
	limit := badLimit(population, drawn, bad, Confidence)
	if limit > population {
		return ""
	}
	return "fewer than " + percent(limit, population) + " % of files are bad, " + strconv.FormatFloat(rounded(Confidence), 'f', -1, 64) + " % confidence"
}
