package paperwork

// The look of a cell, in millimeters and points.
const (
	cellPad     = 1.8
	labelSize   = 6.5
	labelHeight = 3.6
	thinLine    = 0.2
	hairLine    = 0.1
)

// cell is a labeled value in a row of a form. A cell without a value is left white,
// to be filled in by hand.
type cell struct {
	label string
	value []string
	share float64 // of the width of the row; the shares of a row make 1
	font  font    // of the value, at most; regular 10 when it is not given
	room  float64 // height that the value takes before it is set smaller, 0: three lines
	lines int     // ruled lines to write on, below the value
	code  string  // a text to draw as bar code on the right half
	least float64 // height of the cell at least
}

const writingLine = 6.5 // height of a line to write on

// row draws cells side by side, all as high as the highest, on a new page if needed.
func (s *sheet) row(cells ...cell) {
	sets := make([]block, len(cells))
	height := 0.0
	for i, c := range cells {
		sets[i] = s.set(c)
		needs := cellPad + labelHeight + sets[i].height() + float64(c.lines)*writingLine + cellPad
		height = max(height, c.least, needs)
	}
	s.need(height)
	x := margin
	for i, c := range cells {
		b := box{x, s.y, c.share * s.inner(), height}
		s.cell(c, sets[i], b)
		x += b.w
	}
	s.y += height
}

func (s *sheet) set(c cell) block {
	f := c.font
	if f.size == 0 {
		f = regular(10)
	}
	room := c.room
	if room == 0 {
		room = 3 * f.lineHeight()
	}
	return s.fit(c.value, f, box{w: c.valueWidth(s), h: room}, 3*room)
}

func (c cell) valueWidth(s *sheet) float64 {
	width := c.share * s.inner()
	if c.code != "" {
		width *= 1 - codeShare
	}
	return width - 2*cellPad
}

// codeShare is the part of a cell that a bar code takes.
const codeShare = 0.55

func (s *sheet) cell(c cell, value block, b box) {
	s.frame(b, thinLine)
	s.write(b.x+cellPad, b.y+cellPad+1.8, c.label, regular(labelSize))
	y := b.y + cellPad + labelHeight
	s.draw(value, b.x+cellPad, y)
	y += value.height()
	for range c.lines {
		y += writingLine
		s.line(b.x+cellPad, y, b.x+b.w-cellPad, y, hairLine)
	}
	if c.code != "" {
		w := b.w * codeShare
		s.barcode(c.code, box{b.x + b.w - w, b.y + cellPad, w - cellPad, b.h - 2*cellPad}, atRight)
	}
}
