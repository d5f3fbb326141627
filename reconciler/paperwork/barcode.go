package paperwork

import "math"

// Module widths in millimeters: printers have 600 dots an inch, and readers see four
// of them at least.
const (
	dot         = 25.4 / 600
	leastModule = 4 * dot
)

// slimmest is the width of a bar code to its height at most: a lower
// one is hard to hit by hand.
const slimmest = 10

// align is where a bar code that needs less than its box lies in it.
type align float64

const (
	inMiddle align = 0.5
	atRight  align = 1
)

// barcode draws a text as Code 128 into a box whose width has room for the quiet
// zones too. Of a text too long for a bar code it says so: the text stands beside it.
func (s *sheet) barcode(text string, b box, a align) {
	widths, err := code128(text)
	if err != nil {
		s.pdf.SetError(err)
		return
	}
	modules := 2 * quietZone
	for _, w := range widths {
		modules += w
	}
	module := math.Floor(min(b.w, slimmest*b.h)/float64(modules)/dot) * dot
	if module < leastModule {
		s.put([]string{"too long for a bar code"}, regular(labelSize), b)
		return
	}
	x := b.x + (b.w-float64(modules)*module)*float64(a) + quietZone*module
	for i, w := range widths {
		if width := float64(w) * module; i%2 == 0 {
			s.pdf.Rect(x, b.y, width, b.h, "F")
		}
		x += float64(w) * module
	}
}
