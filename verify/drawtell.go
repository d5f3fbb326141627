package verify

// tell writes into the report what was asked for, and what it came to. It is called when
// the sample was read.
func (d *drawing) tell(s *Sample) {
	if d == nil {
		return
	}
	switch draw := d.draw; {
	case draw.Confidence != nil:
		s.Wanted = draw.needed(d.offered)
	case draw.Rolling != nil:
		arc := draw.Rolling.Arc
		arc.To = d.reached(arc)
		after := draw.Rolling.Ledger.Cover(arc)
		s.Rolling = &Turn{Seed: draw.Rolling.Ledger.Seed, Arc: arc, Share: after.Covered(after.Since()), Since: after.Since()}
	}
}

// reached is where the arc ends that the sample covers: it is longer when the first
// object lies behind it, and shorter when there are too many in it.
func (d *drawing) reached(arc Arc) Point {
	width := arc.width()
	switch {
	case len(d.best) == 1 && width != 0 && uint64(d.best[0].rank.point()) >= width:
		width = uint64(d.best[0].rank.point()) + 1 // 0, the whole circle, behind the last point
	case d.cut != nil && (width == 0 || uint64(d.cut.rank.point()) < width):
		width = uint64(d.cut.rank.point())
	}
	return arc.From + Point(width)
}
