package capacity

import "fmt"

// Verdict says what a drive does with what is written to it.
type Verdict string

// The verdicts.
const (
	Genuine Verdict = "Genuine" // all came back
	Ends    Verdict = "Ends"    // what was written beyond a place is lost
	Wraps   Verdict = "Wraps"   // what is written beyond a place goes over what came before
	Loses   Verdict = "Loses"   // some of it is lost, here and there
)

// Report is what a probe has found.
type Report struct {
	Verdict Verdict `json:"verdict"`
	Size    int64   `json:"size"` // bytes, as the device tells
	// The real capacity in bytes is at least Low and at most High. With Loses, Low is
	// what was kept before the first loss.
	Low  int64 `json:"low"`
	High int64 `json:"high"`
	// Sectors of 512 bytes that were written and read back, and how many of them were
	// not what was written.
	Sectors int64 `json:"sectors"`
	Bad     int64 `json:"bad"`
	// FirstBad is the offset of the first of these; with Wraps, CameBack is that of the
	// sector which was there instead.
	FirstBad int64 `json:"firstBad,omitempty"`
	CameBack int64 `json:"cameBack,omitempty"`
}

// Lies reports whether the device keeps less than it tells.
func (r Report) Lies() bool { return r.Verdict != Genuine }

// sighted is what was read back so far, in ascending order.
type sighted struct {
	kept, bad  int64
	low        int64 // end of what was kept before the first bad sector
	firstBad   int64 // -1: none
	keptBeyond bool  // a sector was kept after a bad one
	firstMoved move
	// shortest and common are the shortest distance over which a sector came back, and
	// the greatest common divisor of all of them.
	shortest, common int64
}

// move is a sector that was found at another place than its own.
type move struct{ at, of int64 }

func (s *sighted) add(at int64, m mark, own bool) {
	if own && m.offset == at {
		s.kept++
		s.keptBeyond = s.keptBeyond || s.firstBad >= 0
		if s.firstBad < 0 {
			s.low = at + SectorBytes
		}
		return
	}
	s.bad++
	if s.firstBad < 0 {
		s.firstBad = at
	}
	if !own {
		return
	}
	far := at - m.offset
	if s.common == 0 {
		s.firstMoved, s.shortest = move{at, m.offset}, far
	}
	s.shortest, s.common = min(s.shortest, far), divisor(s.common, far)
}

// wraps returns the length after which addresses begin anew: all sectors then come back
// over multiples of the shortest distance. 0: they do not.
func (s *sighted) wraps() int64 {
	if s.shortest > 0 && s.common == s.shortest {
		return s.shortest
	}
	return 0
}

// divisor is the greatest common divisor, which is positive unless both are 0.
func divisor(a, b int64) int64 {
	for b != 0 {
		a, b = b, a%b
	}
	return max(a, -a)
}

// report judges what was seen of a device of that size.
func (s *sighted) report(size int64) Report {
	r := Report{Verdict: Genuine, Size: size, Low: size, High: size, Sectors: s.kept + s.bad, Bad: s.bad}
	if s.bad == 0 {
		return r
	}
	r.FirstBad, r.Low, r.High = s.firstBad, s.low, s.firstBad
	wrap := s.wraps()
	switch {
	case wrap > 0:
		r.Verdict, r.CameBack = Wraps, s.firstMoved.of
		if s.firstBad >= wrap { // nothing was lost below
			r.Low, r.High = wrap, wrap
		}
	case s.keptBeyond:
		r.Verdict, r.High = Loses, size
	default:
		r.Verdict = Ends
	}
	return r
}

// narrows reports whether more places between Low and High may tell more.
func (r Report) narrows() bool {
	return (r.Verdict == Ends || r.Verdict == Wraps) && r.High-r.Low > blockBytes
}

// narrow takes in what was seen between Low and High.
func (r *Report) narrow(s sighted) {
	r.Low, r.Sectors, r.Bad = max(r.Low, s.low), r.Sectors+s.kept+s.bad, r.Bad+s.bad
	if s.bad > 0 {
		r.High = s.firstBad
		if r.Verdict == Ends {
			r.FirstBad = s.firstBad
		}
	}
}

// String says it in words, sizes in bytes.
func (r Report) String() string {
	switch r.Verdict {
	case Genuine:
		return fmt.Sprintf("it keeps what is written to it: %d sectors, all over its %d bytes, came back", r.Sectors, r.Size)
	case Loses:
		return fmt.Sprintf("it loses what is written to it: %d of %d sectors did not come back, the first at byte %d", r.Bad, r.Sectors, r.FirstBad)
	case Ends, Wraps:
	}
	keeps := fmt.Sprintf("between %d and %d bytes", r.Low, r.High)
	if r.Low == r.High {
		keeps = fmt.Sprintf("%d bytes", r.Low)
	}
	text := fmt.Sprintf("it lies about its size: it tells %d bytes and keeps %s", r.Size, keeps)
	if r.Verdict == Wraps {
		return text + fmt.Sprintf("; what is written beyond goes over what came before (at byte %d came back what was written at byte %d)", r.FirstBad, r.CameBack)
	}
	return text + "; what is written beyond is lost"
}
