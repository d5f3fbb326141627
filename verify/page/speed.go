package page

import (
	"fmt"
	"time"

	"github.com/cargomedia/s3export/verify"
)

// speed is the throughput over time.
type speed struct {
	Bars     []bar
	Top      string // what the full height is
	End      string // when the last interval ends
	Height   int
	Baseline int
	TextY    int
	Says     string
}

type bar struct {
	X, Width string
	Y, H     int
}

// Heights are in pixels.
const (
	speedHeight = 120
	pointsMax   = 256 // bounds what a report can make the page draw
)

func newSpeed(s *verify.Speed) *speed {
	if s == nil || len(s.Points) == 0 || s.IntervalNanos <= 0 {
		return nil
	}
	points := s.Points[:min(len(s.Points), pointsMax)]
	var top, all int64
	for _, p := range points {
		top = max(top, p.Bytes)
		all += p.Bytes
	}
	out := &speed{Height: speedHeight + 2*textHeight, Baseline: speedHeight + textHeight, TextY: speedHeight + 2*textHeight - 2}
	for i, p := range points {
		if p.Bytes == 0 {
			continue
		}
		h := max(1, int(float64(p.Bytes)/float64(top)*speedHeight))
		out.Bars = append(out.Bars, bar{percent(i, len(points)), fmt.Sprintf("%.3f%%", 90/float64(len(points))), out.Baseline - h, h})
	}
	whole := int64(len(points)) * s.IntervalNanos
	out.Top, out.End = rate(top, s.IntervalNanos), span(time.Duration(whole))
	out.Says = fmt.Sprintf("%s in %s: %s on average, %s in the best %s. A gap is a time in which nothing was read.",
		size(all), out.End, rate(all, whole), out.Top, span(time.Duration(s.IntervalNanos)))
	return out
}
